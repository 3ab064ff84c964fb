// Ten programs with a bug, each as it was when its failing schedule was recorded, and after five kinds of edit that
// leave the bug in.
#pragma once

#include <vector>

#include "fate/sim/core/scheduler.h"

namespace fate::sim::test {

enum class Edit {
  kNone,
  kLineMoved,          // its operations stand on other lines
  kAwaitAdded,         // a Yield in each task, before what races
  kTaskRenamed,        // tasks have other names
  kOperationInserted,  // each task does something to an object of its own first, of the kind that races
  kPrimitiveReplaced,  // the same bug with another primitive or operation
};
inline constexpr Edit kEdits[] = {Edit::kLineMoved, Edit::kAwaitAdded, Edit::kTaskRenamed, Edit::kOperationInserted,
                                  Edit::kPrimitiveReplaced};

struct EditedProgram {
  const char* name;
  Task<> (*main)(Edit edit);
};
const std::vector<EditedProgram>& EditedPrograms();

}  // namespace fate::sim::test
