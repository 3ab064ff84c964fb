#include "fate/sim/strategies/bounded_dpor.h"

#include <vector>

#include "fate/sim/explore/explorer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// Runs the search to its end; returns the number of executions.
uint64_t Exhaust(BoundedDpor& search, const std::function<void(Roots&)>& program, uint64_t most) {
  Scheduler scheduler;
  uint64_t executions = 0;
  bool more = true;
  while (more && executions < most) {
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    more = search.EndExecution(execution);
  }
  EXPECT_FALSE(more);
  return executions;
}

// Concuerror's numbers. A trace is the set of readers before the writer. Round robin has none of
// them there; the first delay puts all of them there; from then on each takes one away again: bound
// 1 + j adds the sets of 6 - j readers, 6 over j, for j up to 5.
TEST(BoundedDporTest, EachBoundOfReadersHasTheNumberOfExecutionsOfTheGroundTruth) {
  const ground_truth::Row row = ground_truth::Readers(6, 64);
  std::vector<uint64_t> executions;
  for (uint32_t bound = 0; bound <= 7; ++bound) {
    BoundedDpor search(bound);
    executions.push_back(Exhaust(search, row.program, 100));
    EXPECT_EQ(search.traces(), executions.back());
    EXPECT_EQ(search.redundant(), 0u);
    EXPECT_EQ(search.cut(), bound < 6);
  }
  EXPECT_THAT(executions, testing::ElementsAre(1, 2, 8, 23, 43, 58, 64, 64));
}

TEST(BoundedDporTest, TheLastBoundRunsEachTraceOfTheGroundTruthOnce) {
  for (const ground_truth::Row& row : ground_truth::AllRows()) {
    BoundedDpor search;
    Exhaust(search, row.program, 1'000'000);
    EXPECT_EQ(search.traces(), row.traces) << row.name << " at bound " << search.bound();
    EXPECT_EQ(search.redundant(), 0u) << row.name;
    EXPECT_FALSE(search.cut());
  }
}

// 1 + 2 + 8 + 23 + 43 + 58 + 64.
TEST(BoundedDporTest, TheExplorerReportsExhaustionAfterTheBoundThatLeftNothingOut) {
  ExploreOptions options;
  options.strategy = "bounded_dpor";
  options.executions = 1000;
  const Report report = Explore(ground_truth::Readers(6, 64).program, options);
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 199u);
}

}  // namespace
}  // namespace fate::sim
