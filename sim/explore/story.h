// Story: an execution in words: one line a step. Cold: made after a failure.
#pragma once

#include <string>

#include "fate/sim/core/execution.h"

namespace fate::sim {

// Columns: number of the step, virtual time, task, operation and object, file:line; a '>' where
// another task than before takes over. What a step drew explorably, and its accesses, if they were recorded, follow it.
// If the execution was told (Settings::tell), values stand with operations, and the reason of a switch, and who is
// woken, in brackets at the end. See story_table.h for few tasks.
// Beyond `max_steps` the middle is left out.
std::string TellStory(const Execution& execution, uint64_t max_steps = 400);

// How two executions that should be equal differ first, both sides; empty: they do not. Addresses that
// messages quote count for nothing.
std::string FirstDifference(const Execution& a, const Execution& b);

}  // namespace fate::sim
