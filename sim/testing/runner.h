// ExploreInTest: explores a program inside a GoogleTest test, and gives GoogleTest the one result.
//
//   Usage:
//     TEST_P(QueueTest, KeepsItsOrder) {
//       sim::ExploreInTest([&](sim::Roots& roots) { roots.Add(SendAndReceive(GetParam())); });
//     }
//
// Example: tests/examples/explore_in_test_example_test.cc
//
// What SIM_TEST (fate/sim/testing/sim_test.h) is made of, for tests that are written otherwise.
// What the executions report (EXPECT_*, CO_ASSERT_*, in coroutines and in plain helpers) is kept
// from GoogleTest. In the end that gets one failure, with the outcome, the interleaving and the
// command that replays it; or a skip; or nothing. What a pass is worth is printed, and put into the
// properties of the test. The flags of fate/sim/testing/flags.h are obeyed, and win over `adjust`.
// Tested by tests/testing/runner_test.cc.
#pragma once

#include <functional>
#include <string>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"

namespace fate::sim {

// What one test wants otherwise than the default.
using Adjust = std::function<void(ExploreOptions&)>;

void ExploreInTest(Program program, const Adjust& adjust = nullptr, Place place = Place::current());

// Pins a regression: before its search, the test follows this schedule, strictly, each time it
// runs, and fails if that execution fails or the schedule no longer fits; one by name (fate1n-...) is followed as far
// as it fits, and then searched near (old_schedule.h), which is up to 1000 executions. To be called in the body,
// with nothing before it but other calls of Replay; the search begins anew once the schedule was
// followed.
void Replay(const std::string& schedule, Place place = Place::current());

}  // namespace fate::sim
