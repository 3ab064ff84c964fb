// Budget: how much a search may cost, in executions and in real time.
//
// The one place of the simulator that reads a real clock; nothing that an execution does depends on
// it. Tested by tests/explore/budget_test.cc.
#pragma once

#include <chrono>
#include <cstdint>

#include "absl/time/time.h"

namespace fate::sim {

class Budget {
 public:
  Budget(uint64_t executions, absl::Duration time) : executions_(executions), time_(time), start_(Clock::now()) {}

  // Whether execution `number` (from 0) may still be run. Looks at the clock rarely when executions
  // are short: at every one of the first 16, then as often as keeps the overshoot under 1 %.
  bool Allows(uint64_t number);
  // For one that looks at the clock by itself: the real time that is left.
  absl::Duration left() const { return time_ - elapsed(); }
  bool has_executions(uint64_t number) const { return number < executions_; }
  // The same: time ran out before all was done.
  void RanOut() { capped_ = true; }
  // Whether it was time that ran out.
  bool capped() const { return capped_; }
  absl::Duration elapsed() const;

 private:
  using Clock = std::chrono::steady_clock;
  uint64_t executions_;
  absl::Duration time_;
  Clock::time_point start_;
  uint64_t next_look_ = 0;
  bool capped_ = false;
};

}  // namespace fate::sim
