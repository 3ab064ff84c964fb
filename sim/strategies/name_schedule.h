// NameSchedule: follows a schedule, strictly, and names its deviations.
//
//   NameSchedule named(schedule);
//   scheduler.Run(program, named);
//   named.schedule().ToText()       // fate1n-...
//
// Names cost nothing while exploring: they are made by running a failing schedule once more.
// Tested by tests/strategies/follow_names_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "fate/sim/core/execution.h"
#include "fate/sim/core/named_schedule.h"
#include "fate/sim/strategies/replay.h"
#include "fate/sim/strategies/step_names.h"

namespace fate::sim {

class NameSchedule final : public Strategy {
 public:
  explicit NameSchedule(Schedule schedule)
      : seed_(schedule.seed), interleaving_(schedule.interleaving), replay_(std::move(schedule)) {}

  void BeginExecution(uint64_t number) override {
    replay_.BeginExecution(number);
    names_.Clear();
    named_ = {interleaving_, seed_, {}};
  }
  uint32_t Choose(const ChoicePoint& point) override {
    names_.CatchUp(point.execution->trace);
    const uint32_t option = replay_.Choose(point);
    if (option != 0 && option != kStop) {
      const bool of_task = point.kind == ChoiceKind::kTask;
      named_.deviations.push_back({point.kind, names_.task(), names_.last(), names_.steps(), names_.ordinal(),
                                   names_.Before(point), of_task ? StepNames::PathOf(point, option) : "",
                                   of_task ? 0 : option, of_task ? 0 : point.options});
    }
    names_.CountChoice();
    return option;
  }
  bool EndExecution(const Execution& execution) override { return replay_.EndExecution(execution); }
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override { return replay_.StopReason(); }

  const std::string& misfit() const { return replay_.misfit(); }
  // Of the last execution.
  const NamedSchedule& schedule() const { return named_; }

 private:
  uint64_t seed_;
  Interleaving interleaving_;
  Replay replay_;
  StepNames names_;
  NamedSchedule named_;
};

}  // namespace fate::sim
