#include "fate/task/combinator.h"

#include "fate/runtime/check.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"

namespace fate::internal {

Siblings::~Siblings() {
  FATE_CHECK_IN_DESTRUCTOR(running_ == 0 || context.runtime->tearing_down(),
                           "this is a bug in fate: tasks are left behind by the one that joins them");
}

void Siblings::TellGroup(const TaskRun& run) {
  if (group_ == kNoGroup) group_ = run.first->id;
  for (const TaskRecord* task = run.first;; task = task->next) {
    context.simulation->Grouped(*task, group_);
    if (task == run.last) return;
  }
}

void JoinSiblings::TellJoin() const {
  if (siblings_.group_ != Siblings::kNoGroup) context.simulation->JoinedGroup(siblings_.group_);
}

const TaskRecord* JoinSiblings::WaitsFor() const {
  const TaskRecord* first = nullptr;
  siblings_.ForEachSibling([&first](TaskRecord& task) {
    if (first == nullptr && !task.ended) first = &task;
  });
  return first;
}

}  // namespace fate::internal
