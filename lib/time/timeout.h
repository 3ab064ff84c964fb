// WithTimeout: a task that has to end in time, or is cancelled.
//
//   Usage:
//     absl::StatusOr<int> answer = co_await WithTimeout(absl::Seconds(5), Ask());
//     if (absl::IsDeadlineExceeded(answer.status())) co_return;
//     absl::Status sent = co_await WithDeadline(midnight, Send(*answer));
//
// Example: tests/examples/timeout_example_test.cc
//
// Gives the task's value, or DeadlineExceeded if it was cut short. A task that ends with a value
// despite the timeout has it returned; its exceptions are rethrown. What gives a Status or StatusOr
// already gives the same here. The duration counts from the await; a deadline that has passed
// cancels at once: the task runs up to its first cancellable await.
//
//   Order          nobody waits but the task itself.
//   Scheduling     none of its own. In the simulator the moment at which a due timeout strikes is a
//                  choice like that of a task.
//   Cancellation   from outside reaches the task, and is rethrown even if the timeout struck too.
//   Destruction    a WithTimeout that was never awaited destroys its task, which never ran.
//
// The task is waited for after the timeout, too: one that ignores its cancellation, or is shielded,
// is late. O(1).
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/timer_queue.h"
#include "fate/task/cancel.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"
#include "fate/time/sleep.h"

namespace fate {

namespace internal {

// What WithTimeout gives for a Task<T>.
template <class T>
struct TimeoutResult {
  using Type = absl::StatusOr<Slot<T>>;
};
template <>
struct TimeoutResult<void> {
  using Type = absl::Status;
};
template <>
struct TimeoutResult<absl::Status> {
  using Type = absl::Status;
};
template <class T>
struct TimeoutResult<absl::StatusOr<T>> {
  using Type = absl::StatusOr<T>;
};

// Cancels a scope at a time. One that has passed already cancels it at once.
class ScopeTimer final : private Timer {
 public:
  ScopeTimer(CancelScope& scope, int64_t deadline_ns);
  ~ScopeTimer() { Disarm(); }
  // From here on it does not strike any more.
  void Disarm();
  bool struck() const { return struck_; }

 private:
  void Fire() override;
  uint32_t scope() const override { return scope_.number(); }
  const TaskRecord* waiting_task() const override { return scope_.entered_by(); }

  Runtime& runtime_;
  CancelScope& scope_;
  bool waits_ = false;  // armed, or due and standing in a choice
  bool struck_ = false;
};

absl::Status DeadlineExceeded(Place place);

// When is a duration, or a point in time.
template <class When, class T>
Task<typename TimeoutResult<T>::Type> RunUntil(When when, Task<T> task) {
  Place place = co_await CallerPlace();
  ScopeBracket bracket;
  ScopeTimer timer(bracket.scope(), DeadlineOf(when));
  Settled<T> settled(std::move(task));
  co_await settled;
  timer.Disarm();
  bracket.Leave();
  if (settled.cancelled() && timer.struck() && !CancelRequested(place)) co_return DeadlineExceeded(place);
  if constexpr (std::is_void_v<T>) {
    settled.Take();
    co_return absl::OkStatus();
  } else {
    co_return settled.Take();
  }
}

}  // namespace internal

template <class T>
Task<typename internal::TimeoutResult<T>::Type> WithTimeout(absl::Duration duration, Task<T> task) {
  return internal::RunUntil(duration, std::move(task));
}

template <class T>
Task<typename internal::TimeoutResult<T>::Type> WithDeadline(absl::Time deadline, Task<T> task) {
  return internal::RunUntil(deadline, std::move(task));
}

}  // namespace fate
