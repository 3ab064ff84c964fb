// Describe: words about tasks, for reports. Cold: never called while exploring.
// Tested by tests/core/scheduler_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "fate/runtime/object.h"
#include "fate/runtime/runtime.h"
#include "fate/sim/core/trace.h"

namespace fate::sim {

// The name of a task: what the program called it, else its path of spawn ordinals from the root, of which eight are
// kept. O(1).
std::string TaskName(const Trace& trace, uint32_t task);

// One paragraph a live task: where it waits, on what, who holds it, and its await chain. Objects have the numbers that
// they have in stories.
std::string DescribeTasks(const Runtime& runtime, const ObjectNumbers& numbers);

}  // namespace fate::sim
