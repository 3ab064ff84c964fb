#include "fate/sim/strategies/deviation_bounded.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/strategies/searches.h"

namespace fate::sim {
namespace {

TEST(DeviationBoundedTest, RunsEveryScheduleOnce) { ExpectAllInterleavingsOnce<DeviationBounded>(); }

// Two tasks of two steps: 6 interleavings. Their deviations, where a is quiet until it ends:
//   aabb 0; b first: baab (back at once) 2, bbaa 1, baba 3; a first: abba 1, abab 2. By bound: 1, 2, 2, 1.
TEST(DeviationBoundedTest, BeginsWithThoseThatDeviateLeast) {
  Scheduler scheduler;
  DeviationBounded search;
  std::vector<int> schedules;
  for (bool more = true; more;) {
    const uint32_t bound = search.bound();
    const Execution& execution = scheduler.Run(ground_truth::Increments(2, 0).program, search, 0, 1);
    EXPECT_EQ(execution.schedule().deviations.size(), bound);
    schedules.resize(bound + 1);
    ++schedules[bound];
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(schedules, (std::vector<int>{1, 2, 2, 1}));
}

}  // namespace
}  // namespace fate::sim
