// Barrier: lets a number of tasks go on together, again and again.
//
//   Usage:
//     Barrier barrier{2};
//     // In each of the two tasks:
//     for (int round = 0; round < 3; ++round) {
//       Compute(round);
//       co_await barrier.ArriveAndWait();       // goes on when the other has arrived too
//     }
//
// Example: tests/examples/barrier_example_test.cc
//
//   Order          the last to arrive goes on at once; it lets the others go on in the order in
//                  which they came, and the next generation begins.
//   Scheduling     Arrive and Wait are each a scheduling point; ArriveAndWait is both.
//   Cancellation   Wait throws Cancelled, and the arrival counts. ArriveAndWait throws Cancelled
//                  and takes its arrival back; once the generation is complete it returns. Arrive
//                  and ArriveAndDrop never throw Cancelled: a task that ends for good tells the
//                  others so by ArriveAndDrop, or they wait for it for ever.
//   Destruction    when no task waits for it.
//
// O(1), the last arrival O(participants).
#pragma once

#include <cstddef>
#include <cstdint>

#include "fate/runtime/awaitable.h"
#include "fate/sync/shapes.h"
#include "fate/task/task.h"

namespace fate {

class Barrier final : public Object {
 public:
  // REQUIRES: participants > 0.
  explicit Barrier(size_t participants, Place place = Place::current())
      : Object(ObjectKind::kBarrier, place), participants_(participants) {
    FATE_CHECK(participants > 0, "your program made a Barrier for nobody");
  }

  // The generation that an arrival belongs to.
  enum class Token : uint64_t {};
  class ArriveOperation;
  class WaitOperation;

  // Arrives and goes on; gives the token to wait with, later or never.
  ArriveOperation Arrive();
  // Goes on when all have arrived in the generation of `token`.
  WaitOperation Wait(Token token);
  Task<> ArriveAndWait();
  // Arrives for the last time: later generations do without this participant.
  ArriveOperation ArriveAndDrop();
  void ArriveAndDropNow(Place place = Place::current());

  size_t participants(Place place = Place::current()) const { return Seen(participants_, place); }
  // How many have arrived in this generation.
  size_t arrived(Place place = Place::current()) const { return Seen(arrived_, place); }

 private:
  class EnterOperation;
  class StayOperation;
  Token Count(bool drop);

  WaitList waiters_;  // oldest first
  uint64_t generation_ = 0;
  size_t participants_;
  size_t arrived_ = 0;  // in this generation; less than participants_, unless all have dropped out
};

class [[nodiscard]] Barrier::ArriveOperation : public internal::Action<ArriveOperation> {
 public:
  ArriveOperation(Barrier& barrier, bool drop) : Action(OpKind::kArrive, &barrier), barrier_(barrier), drop_(drop) {}
  void Perform() override { token_ = barrier_.Count(drop_); }
  Token Result() { return token_; }

 private:
  Barrier& barrier_;
  Token token_{};
  bool drop_;
};

class [[nodiscard]] Barrier::WaitOperation : public Awaitable<WaitOperation> {
 public:
  WaitOperation(Barrier& barrier, Token token) : Awaitable(OpKind::kWait, &barrier), barrier_(barrier), token_(token) {}
  bool CanProceed() const override { return Token{barrier_.generation_} != token_; }
  void Link() override { barrier_.waiters_.PushBack(this); }

 private:
  Barrier& barrier_;
  Token token_;
};

// ---------------------------------------------------------------------------------------------

inline Barrier::ArriveOperation Barrier::Arrive() { return ArriveOperation(*this, false); }
inline Barrier::WaitOperation Barrier::Wait(Token token) { return WaitOperation(*this, token); }
inline Barrier::ArriveOperation Barrier::ArriveAndDrop() { return ArriveOperation(*this, true); }
inline void Barrier::ArriveAndDropNow(Place place) { ArriveAndDrop().Now(place); }

}  // namespace fate
