#include "fate/time/sleep.h"

namespace fate::internal {

int64_t DeadlineOf(absl::Duration after) {
  int64_t now_ns = CurrentRuntime().now_ns();
  int64_t duration_ns = absl::ToInt64Nanoseconds(after);  // saturates
  if (duration_ns <= 0) return now_ns;
  if (duration_ns >= TimerQueue::kNever - now_ns) return TimerQueue::kNever;
  return now_ns + duration_ns;
}

int64_t DeadlineOf(absl::Time time) { return DeadlineOf(time - CurrentRuntime().Now()); }

}  // namespace fate::internal
