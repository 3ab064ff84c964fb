// StepNames: names the steps of an execution under way as a NamedSchedule does.
//
//   names.CatchUp(point.execution->trace);
//   names.task(), names.last(), names.steps()     // "0.1", its first Load, which was its second step
//   names.PathOf(trace, id, timer)                // "0.2"
//
// O(log tasks) a step. Tested by tests/strategies/follow_names_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "fate/runtime/task_record.h"
#include "fate/sim/core/named_schedule.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/core/trace.h"

namespace fate::sim {

class StepNames {
 public:
  void Clear();
  // Takes note of the steps since the last call.
  void CatchUp(const Trace& trace);
  // A choice was made.
  void CountChoice() { ++ordinal_; }

  // The last step's task; empty before the first step.
  const std::string& task() const { return task_; }
  const NthOperation& last() const { return last_; }
  uint64_t steps() const { return steps_; }
  // How many choices were made since the last step.
  uint32_t ordinal() const { return ordinal_; }
  // How many operations of a kind a task has made.
  uint64_t MadeBy(const std::string& task, OpKind kind) const;

  // What the task that could go on stands before, at a choice among tasks; none: nobody could, or it is not known.
  std::optional<NthOperation> Before(const ChoicePoint& point) const;
  // The path of a task; of a timer, by what tells it from the others.
  static std::string PathOf(const Trace& trace, uint32_t task, uint64_t timer);
  // The task behind an option. REQUIRES: the choice is among tasks.
  static std::string PathOf(const ChoicePoint& point, uint32_t option);

 private:
  size_t seen_ = 0;  // steps
  std::map<std::string, uint64_t> steps_of_;
  std::map<std::pair<std::string, OpKind>, uint64_t> made_;
  std::string task_;
  NthOperation last_;
  uint64_t steps_ = 0;
  uint32_t ordinal_ = 0;
};

}  // namespace fate::sim
