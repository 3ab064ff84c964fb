#include "fate/sim/strategies/source_dpor.h"

namespace fate::sim {

bool SourceDpor::Reverse(uint32_t index) {
  Node& node = nodes_[index];
  TaskSet seen = 0;
  TaskSet initials = 0;
  TaskSet waiting = 0;
  for (size_t i = 0; i < steps_.size(); ++i) {
    const PlannedStep& step = steps_[i];
    bool first = (seen >> step.task & 1) == 0;
    seen |= Only(step.task);
    if (step.partner < kTasksMax) {
      first = first && (seen >> step.partner & 1) == 0;
      seen |= Only(step.partner);
    }
    for (size_t before = 0; first && before < i; ++before) {
      first = steps_[before].partner != step.task && !footprints_.Conflict(steps_[before].footprint, step.footprint);
    }
    if (!first) continue;
    // One that may only wait there is no good beginning, unless there is no other. What could run may not be known.
    const bool waits = step.doubtful && step.footprint.kind == OpKind::kYield && (node.enabled >> step.task & 1) == 0;
    (waits ? waiting : initials) |= Only(step.task);
  }
  if (initials == 0) initials = waiting;
  if ((initials & (Slept(node) | node.todo | Only(events_[index].task))) != 0) return true;
  node.todo |= initials & ~(initials - 1);
  return true;
}

bool SourceDpor::Next(Node& node) {
  TaskSet left = node.todo & ~Slept(node);
  if (left == 0) return false;
  node.again = static_cast<uint32_t>(std::countr_zero(left));
  return true;
}

}  // namespace fate::sim
