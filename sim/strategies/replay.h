// Replay: follows a schedule, strictly: the first choice that does not fit ends the execution.
//
// One execution. A misfit says at which choice, what the schedule expected and what is there; it is
// the outcome Diverged, never Passed. A run that ends before the schedule does is a misfit too, which
// only the end can show: see misfit(). Tested by tests/strategies/replay_test.cc.
#pragma once

#include <string>
#include <utility>

#include "fate/sim/core/schedule.h"
#include "fate/sim/core/strategy.h"

namespace fate::sim {

class Replay : public Strategy {
 public:
  explicit Replay(Schedule schedule) : schedule_(std::move(schedule)) {}

  void BeginExecution(uint64_t) override;
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution& execution) override;
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override { return misfit_; }

  // What did not fit, after the execution; empty: all did.
  const std::string& misfit() const { return misfit_; }

 private:
  Schedule schedule_;
  uint64_t index_ = 0;
  size_t next_ = 0;  // into the deviations
  std::string misfit_;
};

}  // namespace fate::sim
