#include "fate/sim/strategies/preemption_bounded.h"

#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

uint32_t PreemptionBounded::OptionAt(const ChoicePoint& point, uint32_t rank) {
  if (point.preferred != nullptr) return rank;
  const uint32_t yielding = YieldingOption(point);
  if (rank < yielding) return rank;
  return rank + 1 < point.options ? rank + 1 : yielding;
}

uint32_t PreemptionBounded::YieldingOption(const ChoicePoint& point) {
  const Log<Step>& steps = point.execution->trace.steps;
  if (steps.empty()) return kNone;
  size_t last = steps.size() - 1;
  while (last > 0 && steps[last].joined) --last;
  for (uint32_t option = 0; option < point.options; ++option) {
    const TaskRecord& task = point.task(option);
    if (task.id != steps[last].task) continue;
    return task.pending != nullptr && task.pending->yields() ? option : kNone;
  }
  return kNone;
}

}  // namespace fate::sim
