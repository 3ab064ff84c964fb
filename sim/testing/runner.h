// SimTestRunner: explores one test under GoogleTest, and gives GoogleTest the one result.
//
// While executions run, what they report (EXPECT_*, CO_ASSERT_*, in coroutines and in plain helpers) is
// kept from GoogleTest: the first failure ends its execution at the next scheduling point. In the end
// GoogleTest gets one failure, with the outcome, the interleaving and the command that replays it; or a
// skip; or nothing. Behind sim_test.h; tested by tests/testing/sim_test_test.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/testing/flags.h"

namespace fate::sim {

// Pins a regression: besides its search, the test follows this schedule, strictly, each time it runs, and
// fails if the schedule's execution fails or no longer fits. Call it in the body of a SIM_TEST.
void Replay(const std::string& schedule);

namespace internal {

// What a test does with its options before flags have their say.
using Adjust = std::function<void(ExploreOptions&)>;

// `program` makes a fresh fixture and gives its root.
void RunSimTest(const char* file, int line, std::function<Task<>()> program, const std::vector<Adjust>& adjust);

// The flags of this process, and the command it was started with; for main.cc.
struct Process {
  Flags flags;
  std::string command;
  std::vector<std::string> reports;  // JSON objects, in the order of the tests
};
Process& ThisProcess();
// Writes --fate_report. Errors say what could not be written.
absl::Status WriteReport();

}  // namespace internal
}  // namespace fate::sim
