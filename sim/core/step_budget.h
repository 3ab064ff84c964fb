// StepBudget: how many steps an execution has made, and how many more before somebody looks whether it is over.
//
// The loop of the scheduler spends; it asks whether the program is over when nothing is left. That comes at the step
// limit, or earlier where there is cause: nothing is granted then.
// Tested by tests/core/step_budget_test.cc.
#pragma once

#include <cstdint>

namespace fate::sim {

class StepBudget {
 public:
  // None made, so many to be made.
  void Restart(uint64_t steps) { granted_ = left_ = steps; }
  // So many more instead of what was left.
  void Grant(uint64_t steps) {
    granted_ = done() + steps;
    left_ = steps;
  }
  // One is made. REQUIRES: !spent().
  void Spend() { --left_; }
  bool spent() const { return left_ == 0; }
  // How many were made.
  uint64_t done() const { return granted_ - left_; }

 private:
  uint64_t granted_ = 0;  // in all: those made, and those left
  uint64_t left_ = 0;
};

}  // namespace fate::sim
