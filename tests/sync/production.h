// The production loop, for the tests of primitives: none of them needs the outside world.
#pragma once

#include <vector>

#include "fate/task/task.h"

namespace fate::test {

// Runs the tasks to their end; they begin in the order of the list.
void RunInProduction(std::vector<Task<>> tasks);

}  // namespace fate::test
