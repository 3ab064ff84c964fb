// ChoiceSteps: follows a schedule, strictly, and notes at which step each choice was made.
//
//   ChoiceSteps noted(schedule);
//   scheduler.Run(program, noted);
//   noted.choices()[3].step      // of a choice of a task: the step it chose; else the step it was made in
//
// Tested by tests/explore/choice_steps_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/strategies/replay.h"

namespace fate::sim {

struct NotedChoice {
  uint64_t step;  // index into the trace
  Choice choice;
};

class ChoiceSteps final : public Strategy {
 public:
  explicit ChoiceSteps(Schedule schedule) : replay_(std::move(schedule)) {}

  void BeginExecution(uint64_t number) override {
    replay_.BeginExecution(number);
    choices_.clear();
  }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t option = replay_.Choose(point);
    const uint64_t steps = point.execution->trace.steps.size();
    const bool of_next = point.kind == ChoiceKind::kTask || steps == 0;
    choices_.push_back({of_next ? steps : steps - 1, {option, point.options, static_cast<uint32_t>(point.kind)}});
    return option;
  }
  bool EndExecution(const Execution& execution) override { return replay_.EndExecution(execution); }
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override { return replay_.StopReason(); }

  // Of the last execution, in order.
  const std::vector<NotedChoice>& choices() const { return choices_; }

 private:
  Replay replay_;
  std::vector<NotedChoice> choices_;
};

}  // namespace fate::sim
