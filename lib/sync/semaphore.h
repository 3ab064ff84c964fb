// Semaphore: a number of permits that tasks acquire, some at a time, and give back.
//
//   Usage:
//     Semaphore connections(3);
//     {
//       SemaphorePermit permit = co_await connections.Acquire();
//       page = co_await Fetch();
//     }                                         // given back by the permit
//     SemaphorePermit two = co_await connections.Acquire(2);
//     co_await two.Release();                   // the same early, with a scheduling point
//
// Example: tests/examples/semaphore_example_test.cc
//
//   Order          FIFO: a waiter gets its permits before any that came later, even if the later
//                  one needs fewer. Permits given back go to the oldest waiter.
//   Scheduling     Acquire and Release are each a scheduling point; TryAcquire, ReleaseNow and the
//                  permit's destructor are not.
//   Cancellation   Acquire throws Cancelled and holds nothing; those behind it are looked at anew.
//                  Permits granted before the cancellation are held. Release never throws
//                  Cancelled.
//   Destruction    when no task waits for it and no permit is held.
//
// Permits need not come back through the task that acquired them: Release(n) of the semaphore adds
// n, whoever asks. A task that holds permits and acquires more may deadlock behind a larger request
// (the search keeps no queues, so only Interleaving::kFifo and kLoop show that one). O(1), Release
// O(waiters served).
#pragma once

#include <cstdint>
#include <limits>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/sync/shapes.h"

namespace fate {

class Semaphore;
class ReleaseOperation;

// Holds permits of a Semaphore until it goes out of scope. Move-only.
class [[nodiscard]] SemaphorePermit {
 public:
  SemaphorePermit() = default;
  SemaphorePermit(SemaphorePermit&& other) noexcept : semaphore_(other.semaphore_), count_(other.Forget()) {}
  SemaphorePermit& operator=(SemaphorePermit&& other) noexcept;
  ~SemaphorePermit();

  bool holds() const { return count_ > 0; }
  // How many permits it holds.
  int64_t count() const { return count_; }
  // Gives them back early, with a scheduling point. REQUIRES: holds().
  ReleaseOperation Release();
  // They are no longer this object's to give back. Returns how many.
  int64_t Forget() { return std::exchange(count_, 0); }

 private:
  friend class Semaphore;
  friend class AcquireOperation;
  SemaphorePermit(Semaphore* semaphore, int64_t count) : semaphore_(semaphore), count_(count) {}
  Semaphore* semaphore_ = nullptr;
  int64_t count_ = 0;
};

class Semaphore final : public Object {
 public:
  // REQUIRES: permits >= 0.
  explicit Semaphore(int64_t permits, Place place = Place::current())
      : Object(ObjectKind::kSemaphore, place), available_(permits) {
    FATE_CHECK(permits >= 0, "your program made a Semaphore with a negative number of permits");
  }

  // co_await gives a SemaphorePermit for n. REQUIRES: n > 0, here and below.
  class AcquireOperation Acquire(int64_t n = 1);
  // The permit, or one that holds nothing if fewer are available or others wait.
  SemaphorePermit TryAcquire(int64_t n = 1);
  // n more are available. They need not have been acquired.
  ReleaseOperation Release(int64_t n = 1);
  void ReleaseNow(int64_t n = 1, Place place = Place::current());

  int64_t available(Place place = Place::current()) const { return Seen(available_, place); }

 private:
  friend class AcquireOperation;
  friend class ReleaseOperation;
  void Take(int64_t n);
  // An operation on so many is made.
  void Count(int64_t n) { uneven_ = uneven_ || n != 1; }
  Openings OpenWith(int64_t available) const { return uneven_ ? Openings() : Openings(available > 0, false); }

  WaitList waiters_;  // oldest first
  int64_t available_;
  bool uneven_ = false;  // an operation is on more than one: what lets one through may not let another
};

class [[nodiscard]] AcquireOperation : public Awaitable<AcquireOperation> {
 public:
  AcquireOperation(Semaphore& semaphore, int64_t n)
      : Awaitable(OpKind::kAcquire, &semaphore), semaphore_(semaphore), n_(n) {
    FATE_CHECK(n > 0, "your program acquired fewer than one permit of a Semaphore");
    semaphore.Count(n);
  }
  bool CanProceed() const override { return semaphore_.available_ >= n_; }
  bool Ready() { return semaphore_.waiters_.empty() && CanProceed(); }
  bool WouldQueue() const override { return !FirstInList(); }
  void Perform() override { semaphore_.Take(n_); }
  void Link() override { semaphore_.waiters_.PushBack(this); }
  void Unlink() override;
  // It is made as a try form, or asked before.
  Openings OpenBefore() const override { return semaphore_.OpenWith(semaphore_.available_); }
  SemaphorePermit Result() { return SemaphorePermit(&semaphore_, n_); }

 private:
  Semaphore& semaphore_;
  int64_t n_;
};

class [[nodiscard]] ReleaseOperation : public internal::Action<ReleaseOperation> {
 public:
  ReleaseOperation(Semaphore& semaphore, int64_t n)
      : Action(OpKind::kRelease, &semaphore), semaphore_(semaphore), n_(n) {
    FATE_CHECK(n > 0, "your program released fewer than one permit of a Semaphore");
    semaphore.Count(n);
  }
  void Perform() override;
  Openings OpenBefore() const override {
    return semaphore_.OpenWith(semaphore_.available_ - (state() == State::kDone ? n_ : 0));
  }

 private:
  Semaphore& semaphore_;
  int64_t n_;
};

// ---------------------------------------------------------------------------------------------

inline void Semaphore::Take(int64_t n) {
  available_ -= n;
  if (context.search != nullptr) [[unlikely]]
    waiters_.Serve();  // some are disabled now
}

inline void ReleaseOperation::Perform() {
  FATE_CHECK(semaphore_.available_ <= std::numeric_limits<int64_t>::max() - n_,
             "your program released more permits than a Semaphore can count");
  semaphore_.available_ += n_;
  semaphore_.waiters_.Serve();
}

inline AcquireOperation Semaphore::Acquire(int64_t n) { return AcquireOperation(*this, n); }
inline ReleaseOperation Semaphore::Release(int64_t n) { return ReleaseOperation(*this, n); }
inline void Semaphore::ReleaseNow(int64_t n, Place place) { ReleaseOperation(*this, n).Now(place); }
inline ReleaseOperation SemaphorePermit::Release() {
  FATE_CHECK(holds(), "your program released through a SemaphorePermit that holds nothing");
  return ReleaseOperation(*semaphore_, Forget());
}
inline SemaphorePermit::~SemaphorePermit() {
  if (holds()) semaphore_->ReleaseNow(Forget(), Place());
}

}  // namespace fate
