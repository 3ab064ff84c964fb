#include "fate/time/timeout.h"

#include "absl/strings/str_cat.h"

namespace fate::internal {

ScopeTimer::ScopeTimer(CancelScope& scope, int64_t deadline_ns) : runtime_(CurrentRuntime()), scope_(scope) {
  if (deadline_ns == TimerQueue::kNever) return;
  if (deadline_ns <= runtime_.now_ns()) {
    Fire();
    return;
  }
  waits_ = true;
  runtime_.timers().Arm(*this, deadline_ns);
}

void ScopeTimer::Disarm() {
  if (!waits_) return;
  waits_ = false;
  runtime_.CancelTimer(*this);
}

void ScopeTimer::Fire() {
  waits_ = false;
  struck_ = true;
  scope_.Cancel();
}

absl::Status DeadlineExceeded(Place place) {
  return absl::DeadlineExceededError(absl::StrCat("what is awaited at ", ToString(place), " did not end in time"));
}

}  // namespace fate::internal
