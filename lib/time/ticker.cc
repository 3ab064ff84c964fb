#include "fate/time/ticker.h"

#include "fate/runtime/check.h"

namespace fate {

Ticker::Ticker(absl::Duration period)
    : period_ns_(absl::ToInt64Nanoseconds(period)), next_ns_(internal::DeadlineOf(period)) {
  FATE_CHECK(period_ns_ >= 1, "your program made a Ticker whose period is less than a nanosecond");
}

void NextOperation::Perform() {
  int64_t now_ns = context.runtime->now_ns();
  missed_ = (now_ns - ticker_.next_ns_) / ticker_.period_ns_;
  const int64_t last_ns = ticker_.next_ns_ + missed_ * ticker_.period_ns_;  // not after now
  ticker_.next_ns_ =
      ticker_.period_ns_ < TimerQueue::kNever - last_ns ? last_ns + ticker_.period_ns_ : TimerQueue::kNever;
}

void NextOperation::Link() {
  ticker_.waiter_.Come();
  FATE_CHECK(!ticker_.awaited_, "your program awaits a Ticker in two tasks at once");
  ticker_.awaited_ = true;
  TimedOperation::Link();
}

void NextOperation::Unlink() {
  ticker_.awaited_ = false;
  TimedOperation::Unlink();
}

}  // namespace fate
