// Describe: words about tasks that wait, for reports. Cold: never called while exploring.
// Tested by tests/core/scheduler_test.cc.
#pragma once

#include <string>

#include "fate/runtime/runtime.h"

namespace fate::sim {

// One paragraph a live task: where it waits, on what, who holds it, and its await chain.
std::string DescribeTasks(const Runtime& runtime);

}  // namespace fate::sim
