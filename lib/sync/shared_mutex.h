// SharedMutex: held by one writer, or by any number of readers.
//
//   Usage:
//     SharedMutex mutex;
//     {
//       SharedGuard guard = co_await mutex.LockShared();
//       total = co_await Sum(table);            // other readers may be in here too
//     }
//     ExclusiveGuard guard = co_await mutex.Lock();
//     table.push_back(total);                   // nobody else is
//     co_await guard.Unlock();
//
// Example: tests/examples/shared_mutex_example_test.cc
//
//   Order          FIFO, and fair: a reader that comes after a waiting writer waits behind it. When
//                  its turn comes, the oldest waiter goes on, and if it is a reader, so do the
//                  readers directly behind it.
//   Scheduling     Lock, LockShared and the unlocks are each a scheduling point; the try forms, the
//                  Now forms and the guards' destructors are not.
//   Cancellation   Lock and LockShared throw Cancelled and do not hold; those behind are looked at
//                  anew. A lock granted before the cancellation is held. Unlocking never throws.
//   Destruction    when nobody holds it or waits for it.
//
// Not recursive, not for readers either: one that locks again behind a waiting writer deadlocks
// with it. (The search keeps no queues, so only Interleaving::kFifo and kLoop show that one.)
// Unlocking what is not held is misuse. O(1), unlocking O(waiters served).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fate/runtime/awaitable.h"
#include "fate/sync/shapes.h"

namespace fate {

class SharedMutex;
enum class LockMode : bool { kExclusive, kShared };

template <LockMode mode>
class SharedMutexLock;
template <LockMode mode>
class SharedMutexUnlock;

// Holds a SharedMutex, in one of its two ways, until it goes out of scope. Move-only.
template <LockMode mode>
class [[nodiscard]] SharedMutexGuard {
 public:
  SharedMutexGuard() = default;
  SharedMutexGuard(SharedMutexGuard&& other) noexcept : mutex_(other.Release()) {}
  SharedMutexGuard& operator=(SharedMutexGuard&& other) noexcept;
  ~SharedMutexGuard() { UnlockIfHeld(); }

  bool holds() const { return mutex_ != nullptr; }
  // The mutex, no longer this guard's to unlock.
  SharedMutex* Release() { return std::exchange(mutex_, nullptr); }
  // Unlocks early, with a scheduling point. REQUIRES: holds().
  SharedMutexUnlock<mode> Unlock();

 private:
  friend class SharedMutex;
  friend class SharedMutexLock<mode>;
  explicit SharedMutexGuard(SharedMutex* mutex) : mutex_(mutex) {}
  void UnlockIfHeld();
  SharedMutex* mutex_ = nullptr;
};

using ExclusiveGuard = SharedMutexGuard<LockMode::kExclusive>;
using SharedGuard = SharedMutexGuard<LockMode::kShared>;

class SharedMutex final : public Object {
 public:
  explicit SharedMutex(Place place = Place::current()) : Object(ObjectKind::kSharedMutex, place) {}

  // co_await gives an ExclusiveGuard; a SharedGuard.
  SharedMutexLock<LockMode::kExclusive> Lock();
  SharedMutexLock<LockMode::kShared> LockShared();
  // The guard, or one that holds nothing if the task would have to wait.
  ExclusiveGuard TryLock();
  SharedGuard TryLockShared();
  // REQUIRES: held in that way. The caller has released the guard.
  SharedMutexUnlock<LockMode::kExclusive> Unlock();
  SharedMutexUnlock<LockMode::kShared> UnlockShared();
  void UnlockNow(Place place = Place::current());
  void UnlockSharedNow(Place place = Place::current());

  bool locked(Place place = Place::current()) const { return Seen(writing_, place); }
  size_t readers(Place place = Place::current()) const { return Seen(readers_, place); }
  // The task that writes; null if none does. As of a Mutex.
  const TaskRecord* holder() const { return writer_; }
  // Of readers only in a simulator.
  void ForEachHolder(absl::FunctionRef<void(uint32_t id)> visit) const override;

 private:
  template <LockMode mode>
  friend class SharedMutexGuard;
  template <LockMode mode>
  friend class SharedMutexLock;
  template <LockMode mode>
  friend class SharedMutexUnlock;
  bool Free(LockMode mode) const { return !writing_ && (mode == LockMode::kShared || readers_ == 0); }
  void Take(LockMode mode, TaskRecord* task);
  void Give(LockMode mode);
  void ForgetReader();
  template <LockMode mode>
  SharedMutexGuard<mode> Try();

  WaitList waiters_;  // readers and writers, oldest first
  TaskRecord* writer_ = nullptr;
  uint32_t holder_id_ = 0;
  size_t readers_ = 0;  // how many hold it; 0 while writing_
  bool writing_ = false;
  std::vector<uint32_t> reader_ids_;  // in a simulator: of who locked it, for reports
};

template <LockMode mode>
class [[nodiscard]] SharedMutexLock : public Awaitable<SharedMutexLock<mode>> {
 public:
  explicit SharedMutexLock(SharedMutex& mutex)
      : Awaitable<SharedMutexLock>(mode == LockMode::kShared ? OpKind::kLockShared : OpKind::kLock, &mutex),
        mutex_(mutex) {}
  bool CanProceed() const override { return mutex_.Free(mode); }
  bool Ready() { return mutex_.waiters_.empty() && mutex_.Free(mode); }
  bool WouldQueue() const override { return !this->FirstInList(); }
  void Perform() override { mutex_.Take(mode, this->task_ != nullptr ? this->task_ : context.task); }
  void Link() override { mutex_.waiters_.PushBack(this); }
  void Unlink() override {
    if (!this->linked()) return;
    this->UnlinkFromList();
    // A writer that gives up at the head of the queue sets free the readers behind it.
    if (context.search == nullptr) mutex_.waiters_.Serve();
  }
  SharedMutexGuard<mode> Result() { return SharedMutexGuard<mode>(&mutex_); }

 private:
  SharedMutex& mutex_;
};

template <LockMode mode>
class [[nodiscard]] SharedMutexUnlock : public internal::Action<SharedMutexUnlock<mode>> {
 public:
  explicit SharedMutexUnlock(SharedMutex& mutex)
      : internal::Action<SharedMutexUnlock>(mode == LockMode::kShared ? OpKind::kUnlockShared : OpKind::kUnlock,
                                            &mutex),
        mutex_(mutex) {}
  void Perform() override { mutex_.Give(mode); }

 private:
  SharedMutex& mutex_;
};

// ---------------------------------------------------------------------------------------------

template <LockMode mode>
SharedMutexGuard<mode>& SharedMutexGuard<mode>::operator=(SharedMutexGuard&& other) noexcept {
  if (this != &other) {
    UnlockIfHeld();
    mutex_ = other.Release();
  }
  return *this;
}

template <LockMode mode>
void SharedMutexGuard<mode>::UnlockIfHeld() {
  if (mutex_ == nullptr) return;
  SharedMutex& mutex = *Release();
  bool held = mode == LockMode::kShared ? mutex.readers_ > 0 : mutex.writing_;
  FATE_CHECK_IN_DESTRUCTOR(held, "your program unlocked a SharedMutex behind the back of its guard");
  if (held) SharedMutexUnlock<mode>(mutex).Now();
}

template <LockMode mode>
SharedMutexUnlock<mode> SharedMutexGuard<mode>::Unlock() {
  FATE_CHECK(holds(), "your program unlocked through a guard of a SharedMutex that holds nothing");
  return SharedMutexUnlock<mode>(*Release());
}

inline SharedMutexLock<LockMode::kExclusive> SharedMutex::Lock() {
  return SharedMutexLock<LockMode::kExclusive>(*this);
}
inline SharedMutexLock<LockMode::kShared> SharedMutex::LockShared() {
  return SharedMutexLock<LockMode::kShared>(*this);
}
inline SharedMutexUnlock<LockMode::kExclusive> SharedMutex::Unlock() {
  return SharedMutexUnlock<LockMode::kExclusive>(*this);
}
inline SharedMutexUnlock<LockMode::kShared> SharedMutex::UnlockShared() {
  return SharedMutexUnlock<LockMode::kShared>(*this);
}
inline void SharedMutex::UnlockNow(Place place) { Unlock().Now(place); }
inline void SharedMutex::UnlockSharedNow(Place place) { UnlockShared().Now(place); }

}  // namespace fate
