// Ticker: beats at a fixed period, without drift.
//
//   Usage:
//     Ticker ticker(absl::Seconds(1));
//     for (;;) {
//       int64_t missed = co_await ticker.Next();
//       if (missed > 0) Log("late by ", missed);
//       Poll();
//     }
//
// Example: tests/examples/ticker_example_test.cc
//
// The ticks are at start + period, start + 2 * period, ..., whatever the time that is spent between
// them. Next waits for the first tick that was not given yet. A program that is late gets the tick
// at once; those it missed altogether are skipped, not made up for, and Next says how many.
//
//   Order          by time; see Sleep.
//   Scheduling     Next is a scheduling point.
//   Cancellation   Next throws Cancelled, and the tick is still to come.
//   Destruction    when no task waits in Next.
//
// A Ticker belongs to one task. O(1).
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "fate/runtime/sole_waiter.h"
#include "fate/time/sleep.h"

namespace fate {

class Ticker {
 public:
  // The first tick is one period from now. REQUIRES: period >= 1 ns; a runtime is running.
  explicit Ticker(absl::Duration period);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // co_await gives how many ticks were missed before this one. REQUIRES: no other task waits in it.
  class NextOperation Next();

 private:
  friend class NextOperation;
  int64_t period_ns_;
  int64_t next_ns_;
  bool awaited_ = false;
  internal::SoleWaiter waiter_;
};

class [[nodiscard]] NextOperation : public internal::TimedOperation<NextOperation> {
 public:
  explicit NextOperation(Ticker& ticker) : TimedOperation(ticker.next_ns_), ticker_(ticker) {}
  void Perform() override;
  void Link() override;
  void Unlink() override;
  int64_t Result() { return missed_; }

 private:
  Ticker& ticker_;
  int64_t missed_ = 0;
};

inline NextOperation Ticker::Next() { return NextOperation(*this); }

}  // namespace fate
