// Latch: opens, for good, when it has been counted down to zero.
//
//   Usage:
//     Latch loaded(2);
//     JoinHandle<> users = co_await Spawn(Load("users", loaded));   // co_await loaded.CountDown();
//     JoinHandle<> rooms = co_await Spawn(Load("rooms", loaded));
//     co_await loaded.Wait();
//
// Example: tests/examples/latch_example_test.cc
//
//   Order          the last CountDown lets all waiters go on, oldest first.
//   Scheduling     CountDown and Wait are each a scheduling point; CountDownNow is not.
//   Cancellation   Wait throws Cancelled; a wait that the last CountDown has ended before returns.
//                  CountDown never throws Cancelled.
//   Destruction    when no task waits for it.
//
// Counting below zero is misuse. O(1), the last CountDown O(waiters). For a latch that closes again
// see Barrier.
#pragma once

#include <cstdint>

#include "fate/runtime/awaitable.h"
#include "fate/sync/shapes.h"

namespace fate {

class Latch final : public Object {
 public:
  // REQUIRES: count >= 0. A latch of zero is open.
  explicit Latch(int64_t count, Place place = Place::current()) : Object(ObjectKind::kLatch, place), count_(count) {
    FATE_CHECK(count >= 0, "your program made a Latch with a negative count");
  }

  class CountDownOperation;
  class WaitOperation;

  // REQUIRES: 0 <= n <= count().
  CountDownOperation CountDown(int64_t n = 1);
  void CountDownNow(int64_t n = 1, Place place = Place::current());
  // Goes on as soon as the count is zero.
  WaitOperation Wait();

  int64_t count(Place place = Place::current()) const { return Seen(count_, place); }

 private:
  WaitList waiters_;  // oldest first
  int64_t count_;     // never negative
};

class [[nodiscard]] Latch::CountDownOperation : public internal::Action<CountDownOperation> {
 public:
  CountDownOperation(Latch& latch, int64_t n) : Action(OpKind::kCountDown, &latch), latch_(latch), n_(n) {}
  void Perform() override {
    FATE_CHECK(n_ >= 0 && n_ <= latch_.count_, "your program counted a Latch down below zero");
    latch_.count_ -= n_;
    latch_.waiters_.Serve();
  }

 private:
  Latch& latch_;
  int64_t n_;
};

class [[nodiscard]] Latch::WaitOperation : public Awaitable<WaitOperation> {
 public:
  explicit WaitOperation(Latch& latch) : Awaitable(OpKind::kWait, &latch), latch_(latch) {}
  bool CanProceed() const override { return latch_.count_ == 0; }
  void Link() override { latch_.waiters_.PushBack(this); }

 private:
  Latch& latch_;
};

// ---------------------------------------------------------------------------------------------

inline Latch::CountDownOperation Latch::CountDown(int64_t n) { return CountDownOperation(*this, n); }
inline void Latch::CountDownNow(int64_t n, Place place) { CountDownOperation(*this, n).Now(place); }
inline Latch::WaitOperation Latch::Wait() { return WaitOperation(*this); }

}  // namespace fate
