// RoundRobin: the deterministic order in which tasks take turns where nothing else is said.
//
// The current task as long as it can go on, then the tasks after it in order of creation, then the
// oldest again; a due timer stands behind the youngest task. O(1) a question, but O(joined steps)
// to begin.
//
// Tested by tests/strategies/delay_bounded_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/core/execution.h"
#include "fate/sim/core/strategy.h"

namespace fate::sim {

class RoundRobin {
 public:
  // REQUIRES: point.kind is kTask.
  explicit RoundRobin(const ChoicePoint& point) : point_(point) {
    const Log<Step>& steps = point.execution->trace.steps;
    size_t last = steps.size();
    while (last > 0 && steps[last - 1].joined) --last;
    if (last > 0) current_ = steps[last - 1].task;
  }
  // How many turns away the task behind an option is, at most; it is 0 for the one that is next.
  uint64_t PlaceOf(uint32_t option) const {
    const TaskRecord& task = point_.task(option);
    if (&task == point_.preferred) return 0;
    return uint64_t{1} + static_cast<uint32_t>(task.id - current_ - 1);
  }

 private:
  const ChoicePoint& point_;
  uint32_t current_ = Step::kTimerTask;  // the task that ran last; at first the one before the oldest
};

}  // namespace fate::sim
