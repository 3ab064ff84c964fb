// Mutex: at most one task holds it, over awaits too.
//
//   Usage:
//     Mutex mutex;
//     {
//       MutexGuard guard = co_await mutex.Lock();
//       balance = co_await Fetch();           // still held
//     }                                       // unlocked by the guard
//
// Example: tests/examples/mutex_example_test.cc
//
//   Order          the unlocker hands over to the oldest waiter (FIFO; nobody barges in).
//   Scheduling     Lock and Unlock are each a scheduling point; TryLock and the guard's destructor
//                  (UnlockNow) are not.
//   Cancellation   Lock throws Cancelled and does not hold; a lock granted before the cancellation
//                  is held. Unlock never throws Cancelled.
//   Destruction    when nobody holds it or waits for it.
//
// Not recursive: a task that locks what it holds deadlocks, and the simulator says so. Unlocking
// what is not held is misuse. O(1). 72 bytes. On one thread tasks only interleave at awaits: a Mutex
// is needed for what must stay true across an await, and for nothing else.
#pragma once

#include <utility>

#include "fate/runtime/awaitable.h"

namespace fate {

class Mutex;

// Holds a Mutex until it goes out of scope. Move-only.
class [[nodiscard]] MutexGuard {
 public:
  MutexGuard() = default;
  MutexGuard(MutexGuard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  MutexGuard& operator=(MutexGuard&& other) noexcept;
  ~MutexGuard();

  bool holds() const { return mutex_ != nullptr; }
  // The mutex, no longer this guard's to unlock.
  Mutex* Release() { return std::exchange(mutex_, nullptr); }
  // Unlocks early, with a scheduling point: co_await guard.Unlock().
  class UnlockOperation Unlock();
  // Unlocks early, inside the running step. REQUIRES: holds(), here and above.
  void UnlockNow(Place place = Place::current());

 private:
  friend class Mutex;
  friend class LockOperation;
  friend class MutexRelock;
  explicit MutexGuard(Mutex* mutex) : mutex_(mutex) {}
  Mutex* mutex_ = nullptr;
};

class Mutex final : public Object {
 public:
  explicit Mutex(Place place = Place::current()) : Object(ObjectKind::kMutex, place) {}

  // co_await gives a MutexGuard.
  class LockOperation Lock();
  // The guard, or one that holds nothing if the mutex is held.
  MutexGuard TryLock(Place place = Place::current());
  // REQUIRES: held. The caller has released the guard.
  class UnlockOperation Unlock();
  void UnlockNow(Place place = Place::current());

  bool locked(Place place = Place::current()) const { return Seen(locked_, place); }
  // The task that locked it; null if nobody holds it. A task that has ended may hold it still: then the record is
  // another's by now.
  const TaskRecord* holder() const { return holder_; }
  void ForEachHolder(absl::FunctionRef<void(uint32_t id)> visit) const override {
    if (holder_ != nullptr) visit(holder_id_);
  }

 private:
  friend class MutexGuard;
  friend class LockOperation;
  friend class UnlockOperation;
  friend class MutexRelock;
  void Take(TaskRecord* task);
  void Give();
  void ReportUnlock(Place place);

  WaitList waiters_;  // oldest first
  TaskRecord* holder_ = nullptr;
  uint32_t holder_id_ = 0;
  bool locked_ = false;
};

class [[nodiscard]] LockOperation : public Awaitable<LockOperation> {
 public:
  explicit LockOperation(Mutex& mutex) : Awaitable(OpKind::kLock, &mutex), mutex_(mutex) {}
  bool CanProceed() const override { return !mutex_.locked_; }
  bool WouldQueue() const override { return !FirstInList(); }
  void Perform() override { mutex_.Take(task_ != nullptr ? task_ : context.task); }
  void Link() override { mutex_.waiters_.PushBack(this); }
  Openings OpenBefore() const override { return {CanProceed(), false}; }
  MutexGuard Result() { return MutexGuard(&mutex_); }

 private:
  Mutex& mutex_;
};

class [[nodiscard]] UnlockOperation : public Awaitable<UnlockOperation, Operation> {
 public:
  static constexpr bool kCancellable = false;
  explicit UnlockOperation(Mutex& mutex) : Awaitable(OpKind::kUnlock, &mutex), mutex_(mutex) {}
  void Perform() override { mutex_.Give(); }

 private:
  Mutex& mutex_;
};

// ---------------------------------------------------------------------------------------------

inline void Mutex::Take(TaskRecord* task) {
  locked_ = true;
  holder_ = task;
  holder_id_ = task == nullptr ? 0 : task->id;
  if (context.search != nullptr) [[unlikely]]
    waiters_.Serve();  // the others are disabled now
}

inline void Mutex::Give() {
  FATE_CHECK(locked_, "your program unlocked a Mutex that nobody holds");
  locked_ = false;
  holder_ = nullptr;
  waiters_.Serve();
}

inline LockOperation Mutex::Lock() { return LockOperation(*this); }
inline UnlockOperation Mutex::Unlock() { return UnlockOperation(*this); }
inline UnlockOperation MutexGuard::Unlock() {
  FATE_CHECK(mutex_ != nullptr, "your program unlocked through a MutexGuard that holds nothing");
  return UnlockOperation(*Release());
}
inline void MutexGuard::UnlockNow(Place place) {
  FATE_CHECK(mutex_ != nullptr, "your program unlocked through a MutexGuard that holds nothing");
  Release()->UnlockNow(place);
}
inline void Mutex::UnlockNow(Place place) {
  Give();
  if (context.simulation != nullptr) [[unlikely]]
    ReportUnlock(place);
}
inline MutexGuard::~MutexGuard() {
  if (mutex_ == nullptr) return;
  bool held = mutex_->locked_;
  FATE_CHECK_IN_DESTRUCTOR(held, "your program unlocked a Mutex behind the back of its guard");
  if (held) [[likely]]
    mutex_->UnlockNow(Place());
}

}  // namespace fate
