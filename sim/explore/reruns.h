// Reruns: runs a failing program again, within a budget, to learn more of the failure.
//
//   Reruns reruns(scheduler, program, failure, 400);
//   reruns.Grant(100);                       // the next part may use so many of them
//   while (reruns.Left()) if (reruns.Fails(strategy)) ...
//
// All with the draws of the failure. Bounded in executions and, since an execution may be long, in steps:
// never in time, so that what is learned is a function of the failure. Tested by
// tests/explore/reruns_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/shrinker.h"

namespace fate::sim {

class Reruns {
 public:
  // After so many steps in all of them nothing more is run.
  static constexpr uint64_t kStepsMax = 10'000'000;

  Reruns(Scheduler& scheduler, Program program, const Execution& failure, uint64_t executions_max)
      : scheduler_(scheduler),
        program_(program),
        number_(failure.number),
        seed_(failure.seed),
        identity_(FailureIdentity(failure)),
        executions_max_(executions_max) {}

  // From here on `executions` more, as far as the whole budget goes.
  void Grant(uint64_t executions) { limit_ = std::min(executions_max_, executions_ + executions); }
  bool Left() const { return executions_ < limit_ && steps_ < kStepsMax; }
  uint64_t left() const { return Left() ? limit_ - executions_ : 0; }
  uint64_t executions() const { return executions_; }

  // The execution stays valid until the next. REQUIRES: Left().
  const Execution& Run(Strategy& strategy) {
    ++executions_;
    const Execution& execution = scheduler_.Run(program_, strategy, number_, seed_);
    steps_ += execution.steps;
    return execution;
  }
  // Whether it fails as the failure did.
  bool Fails(const Execution& execution) const {
    return !execution.outcome.passed() && FailureIdentity(execution) == identity_;
  }
  Scheduler& scheduler() { return scheduler_; }

 private:
  Scheduler& scheduler_;
  Program program_;
  uint64_t number_;
  uint64_t seed_;
  std::string identity_;
  uint64_t executions_max_;
  uint64_t limit_ = 0;
  uint64_t executions_ = 0;
  uint64_t steps_ = 0;
};

}  // namespace fate::sim
