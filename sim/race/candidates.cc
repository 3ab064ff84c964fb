#include "fate/sim/race/candidates.h"

#include <bit>

#include "fate/sim/core/execution.h"

namespace fate::sim {

void Candidates::DropOne(const ChoicePoint& point) {
  changes_ = point.ready->changes();
  ready_ = point.options;
  const uint32_t slot = point.ready->left();
  const uint32_t moved = tasks_[ready_];
  set_ &= ~(TaskSet{1} << tasks_[slot]);
  tasks_[slot] = moved;
  slots_[moved] = slot;
}

void Candidates::CollectAnew(const ChoicePoint& point, TaskNumbers& tasks) {
  const ReadySet& ready = *point.ready;
  changes_ = ready.changes();
  ready_ = point.options;
  const Trace& trace = point.execution->trace;
  TaskSet set = 0;
  for (uint32_t slot = 0; slot < ready_; ++slot) {
    const TaskRecord& record = *ready.at(slot).task;
    const uint32_t task = tasks.Of(trace, record.id, record.path_hash);
    set |= TaskSet{1} << task;
    slots_[task] = slot;
    if (slot < TaskNumbers::kMax) tasks_[slot] = task;
  }
  set_ = set;
}

Candidates::TaskSet Candidates::Unstarted(const ChoicePoint& point) const {
  TaskSet unstarted = 0;
  for (TaskSet left = set_; left != 0; left &= left - 1) {
    const uint32_t task = static_cast<uint32_t>(std::countr_zero(left));
    if (RecordOf(point, task).pending == nullptr) unstarted |= TaskSet{1} << task;
  }
  return unstarted;
}

}  // namespace fate::sim
