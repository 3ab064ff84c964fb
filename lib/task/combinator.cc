#include "fate/task/combinator.h"

#include "fate/runtime/check.h"
#include "fate/runtime/runtime.h"

namespace fate::internal {

Siblings::~Siblings() {
  FATE_CHECK_IN_DESTRUCTOR(running_ == 0 || context.runtime->tearing_down(),
                           "this is a bug in fate: tasks are left behind by the one that joins them");
}

const TaskRecord* JoinSiblings::WaitsFor() const {
  const TaskRecord* first = nullptr;
  siblings_.ForEachSibling([&first](TaskRecord& task) {
    if (first == nullptr && !task.ended) first = &task;
  });
  return first;
}

}  // namespace fate::internal
