// ConditionVariable: lets tasks that hold a Mutex wait until another task says that something
// changed.
//
//   Usage:
//     // The consumer:
//     MutexGuard guard = co_await mutex.Lock();
//     auto has_work = [&] { return !queue.empty(); };
//     co_await changed.Wait(guard, has_work);
//     // The producer, which holds the mutex too:
//     queue.push_back(1);
//     co_await changed.NotifyOne();
//
// Example: tests/examples/condition_variable_example_test.cc
//
// Wait unlocks and begins to wait in one step, so that no notification gets lost between the two;
// when it returns the mutex is held again. Nobody wakes without a notification, but what was true
// at the notification may have changed before the mutex is held: use the form with a predicate.
//
//   Order          NotifyOne wakes the task that has waited longest. Who is woken queues for the
//                  mutex behind those that wait for it already.
//   Scheduling     Wait is two: one before it unlocks (ConditionWait), one before it goes on with
//                  the mutex (ConditionWake). NotifyOne and NotifyAll are one each; the Now forms
//                  none.
//   Cancellation   Wait always holds the mutex when it ends: it takes it again, shielded, and then
//                  throws Cancelled. A task that was notified before the cancellation returns. One
//                  that is cancelled first takes no notification from the others.
//   Destruction    when no task waits for it; those already notified no longer do.
//
// Wait and NotifyOne O(1), NotifyAll O(waiters). A wait costs a frame, from the pool.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "fate/runtime/awaitable.h"
#include "fate/runtime/wait_list.h"
#include "fate/sync/mutex.h"
#include "fate/sync/shapes.h"
#include "fate/task/task.h"

namespace fate {

class ConditionVariable final : public Object {
 public:
  explicit ConditionVariable(Place place = Place::current()) : Object(ObjectKind::kConditionVariable, place) {}

  // Unlocks, waits for a notification, locks. The guard holds nothing meanwhile; it must outlive
  // the await. REQUIRES: guard.holds().
  Task<> Wait(MutexGuard& guard);
  // Waits until predicate(), which is called with the mutex held and must outlive the await too. An
  // exception of it leaves the mutex held.
  Task<> Wait(MutexGuard& guard, absl::FunctionRef<bool()> predicate);

  class NotifyOperation;
  // Wake one waiter, or all that wait now. The mutex need not be held.
  NotifyOperation NotifyOne();
  NotifyOperation NotifyAll();
  void NotifyOneNow(Place place = Place::current());
  void NotifyAllNow(Place place = Place::current());

 private:
  friend class MutexRelock;
  // Wakes at most `limit` waiters. Returns how many.
  uint32_t Notify(uint32_t limit);

  WaitList waiters_;  // not notified yet, oldest first
};

class [[nodiscard]] ConditionVariable::NotifyOperation : public internal::Action<NotifyOperation> {
 public:
  NotifyOperation(ConditionVariable& condition, OpKind kind) : Action(kind, &condition), condition_(condition) {}
  void Perform() override { Found(condition_.Notify(kind() == OpKind::kNotifyOne ? 1 : 0xffffffff)); }

 private:
  ConditionVariable& condition_;
};

// ---------------------------------------------------------------------------------------------

inline ConditionVariable::NotifyOperation ConditionVariable::NotifyOne() {
  return NotifyOperation(*this, OpKind::kNotifyOne);
}
inline ConditionVariable::NotifyOperation ConditionVariable::NotifyAll() {
  return NotifyOperation(*this, OpKind::kNotifyAll);
}
inline void ConditionVariable::NotifyOneNow(Place place) { NotifyOne().Now(place); }
inline void ConditionVariable::NotifyAllNow(Place place) { NotifyAll().Now(place); }

}  // namespace fate
