// Sleep: waits for a duration to pass, or for a point in time.
//
//   Usage:
//     co_await Sleep(absl::Milliseconds(500));
//     co_await SleepUntil(midnight);
//     auto first = co_await Select(events.Receive(), After(absl::Seconds(5)));
//
// Example: tests/examples/sleep_example_test.cc
//
// The duration counts from the call. In the simulator time jumps: an hour costs what a second does.
// Sleep(absl::InfiniteDuration()) waits for cancellation.
//
//   Order          by deadline; equal ones in the order in which they began (production loop); in
//                  the simulator that is a choice.
//   Scheduling     a scheduling point, and in production always a turn of the loop, even for 0.
//   Cancellation   throws Cancelled at once. A sleep that was over before returns normally.
//   Destruction    nothing to destroy.
//
// O(1), amortised; no allocation in steady state.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"
#include "fate/runtime/awaitable.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/timer_queue.h"

namespace fate {

namespace internal {

// Nanoseconds on the clock of the running runtime; TimerQueue::kNever for infinity.
// One that has passed becomes now.
int64_t DeadlineOf(absl::Duration after);
int64_t DeadlineOf(absl::Time time);

// An operation that can take effect from a point in time on.
template <class Derived>
class TimedOperation : public Awaitable<Derived>, private Timer {
 public:
  explicit TimedOperation(int64_t wake_ns) : Awaitable<Derived>(OpKind::kSleep, nullptr), wake_ns_(wake_ns) {}
  ~TimedOperation() { Disarm(); }

  bool Ready() { return false; }
  bool CanProceed() const override { return context.runtime->now_ns() >= wake_ns_; }
  // What counts for a try form, in both worlds.
  bool CanProceedNow() const { return CanProceed(); }
  void Link() override;
  void Unlink() override { Disarm(); }

 private:
  void Fire() override {
    waits_ = false;
    this->ProceedOrRefresh();
  }
  bool only_wakes() const override { return true; }
  const TaskRecord* waiting_task() const override { return this->task_; }
  void Prefetch() const override { __builtin_prefetch(this->task_, 1); }
  void Disarm() {
    if (!waits_) return;
    waits_ = false;
    this->task_->runtime->CancelTimer(*this);
  }

  bool waits_ = false;  // the timer is armed, or due and standing in a choice; in what is left of Timer's last word
  int64_t wake_ns_;
};

}  // namespace internal

class [[nodiscard]] SleepOperation : public internal::TimedOperation<SleepOperation> {
 public:
  using TimedOperation::TimedOperation;
};

inline SleepOperation Sleep(absl::Duration duration) { return SleepOperation(internal::DeadlineOf(duration)); }
inline SleepOperation SleepUntil(absl::Time time) { return SleepOperation(internal::DeadlineOf(time)); }
// The same as Sleep, as it reads in a Select.
inline SleepOperation After(absl::Duration duration) { return Sleep(duration); }

// ---------------------------------------------------------------------------------------------

template <class Derived>
void internal::TimedOperation<Derived>::Link() {
  Runtime& runtime = *context.runtime;
  if (wake_ns_ == TimerQueue::kNever) return;
  if (context.search != nullptr && CanProceed()) return;
  waits_ = true;
  runtime.timers().Arm(*this, std::max(wake_ns_, runtime.now_ns()));
}

}  // namespace fate
