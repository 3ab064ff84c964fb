#include "fate/sync/condition_variable.h"

#include "fate/runtime/simulation.h"

namespace fate {

namespace {

// The first event of Wait: the mutex is free. What follows up to the Link of the second is the same
// step, so nobody can notify in between.
class ConditionWaitOperation : public internal::Inner<ConditionWaitOperation, Operation> {
 public:
  ConditionWaitOperation(ConditionVariable& condition, MutexGuard& guard)
      : Inner(OpKind::kConditionWait, &condition), guard_(guard) {}
  void Perform() override { guard_.Release()->UnlockNow(Place()); }

 private:
  MutexGuard& guard_;
};

}  // namespace

// The second event of Wait: it was notified, or cancelled, and has the mutex. At first it waits at
// the condition; woken, it becomes one of those that wait for the mutex.
class MutexRelock : public internal::Inner<MutexRelock> {
 public:
  static constexpr bool kCancellable = false;  // the mutex comes first

  MutexRelock(ConditionVariable& condition, Mutex& mutex)
      : Inner(OpKind::kConditionWake, &condition), condition_(condition), mutex_(mutex) {}

  bool CanProceed() const override { return woken_ && !mutex_.locked_; }
  bool Ready() { return false; }
  bool WouldQueue() const override { return !FirstInList(); }
  void Perform() override { mutex_.Take(task_); }
  void Link() override { condition_.waiters_.PushBack(this); }
  void OnCancel() override {
    if (woken_) {
      // It comes too late: in another order it would not.
      if (context.simulation != nullptr) context.simulation->Access(condition_, OpKind::kRead, Place());
      return;
    }
    cancelled_ = true;
    if (context.simulation != nullptr) internal::ReportImmediate(*this);
    Wake();
  }
  MutexGuard Result() { return MutexGuard(&mutex_); }

  static Mutex& MutexOf(MutexGuard& guard) {
    FATE_CHECK(guard.holds(), "your program waits on a ConditionVariable without holding the mutex");
    return *guard.mutex_;
  }
  void Wake() {
    woken_ = true;
    Unlink();
    object_ = &mutex_;  // that is what it waits for now
    if (context.simulation != nullptr) [[unlikely]]
      context.simulation->Notified(*task_);
    mutex_.waiters_.PushBack(this);
    mutex_.waiters_.Serve();
  }
  // Whether the cancellation came before any notification.
  bool cancelled() const { return cancelled_; }

 private:
  ConditionVariable& condition_;
  Mutex& mutex_;
  bool woken_ = false;
  bool cancelled_ = false;
};

Task<> ConditionVariable::Wait(MutexGuard& guard) {
  ConditionWaitOperation unlock(*this, guard);
  MutexRelock relock(*this, MutexRelock::MutexOf(guard));
  co_await unlock;
  guard = co_await relock;
  if (relock.cancelled()) throw Cancelled{};
}

Task<> ConditionVariable::Wait(MutexGuard& guard, absl::FunctionRef<bool()> predicate) {
  // As above in a loop, and not a call of it: Inner looks one frame up for the place.
  while (!predicate()) {
    ConditionWaitOperation unlock(*this, guard);
    MutexRelock relock(*this, MutexRelock::MutexOf(guard));
    co_await unlock;
    guard = co_await relock;
    if (relock.cancelled()) throw Cancelled{};
  }
}

uint32_t ConditionVariable::Notify(uint32_t limit) {
  uint32_t woken = 0;
  for (; woken < limit && !waiters_.empty(); ++woken) {
    static_cast<MutexRelock*>(waiters_.first())->Wake();
  }
  return woken;
}

}  // namespace fate
