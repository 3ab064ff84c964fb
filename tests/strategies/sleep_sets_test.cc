#include "fate/sim/strategies/sleep_sets.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// That the traces are the same ones is what tests/race/differential_test.cc compares.
TEST(SleepSetsTest, CoversEachTraceOfTheGroundTruthOnce) {
  for (const ground_truth::Row& row : ground_truth::AllRows()) {
    // Repetitions would make it long.
    if (row.traces > 130 || row.name.find("system") != std::string::npos ||
        row.name.find("indexer") != std::string::npos)
      continue;
    SleepSets search;
    Scheduler scheduler;
    uint64_t executions = 0;
    bool more = true;
    while (more && executions < 1'000'000) {
      const Execution& execution = scheduler.Run(row.program, search, executions++, 1);
      more = search.EndExecution(execution);
    }
    EXPECT_FALSE(more) << row.name;
    EXPECT_EQ(search.traces(), row.traces) << row.name;
    EXPECT_EQ(executions, search.traces() + search.redundant()) << row.name;
  }
}

}  // namespace
}  // namespace fate::sim
