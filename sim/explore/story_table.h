// StoryTable: an execution as a table: a row a step, a column a task.
//
//   step  main          first                second                at
//      1  Spawn first                                              explore/programs.h:18
//      ...
//      4                (preempted)          Load cell 1 = 0       explore/programs.h:13
//
// What a task does stands in its column; in brackets, what befell it: that it was left for the task of
// the row because it was preempted (it could have gone on: the schedule chose so), had blocked, yielded,
// ended, or was queued (it could have gone on, but production would have let older ones go first);
// that the row woke it. Accesses inside a step follow it without a number. A row with a time: the
// clock moved. A first step stands at the line that spawned its task; a guard's unlock at the end of its scope.
//
// Cold. Tested by tests/explore/story_table_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "fate/sim/core/execution.h"

namespace fate::sim {

// "" if the tasks do not fit into `width` characters side by side: then the list (story.h) tells it
// better. Beyond `max_steps` the middle is left out.
std::string TellTable(const Execution& execution, uint64_t max_steps = 400, size_t width = 100);

}  // namespace fate::sim
