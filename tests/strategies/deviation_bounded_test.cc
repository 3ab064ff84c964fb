#include "fate/sim/strategies/deviation_bounded.h"

#include <set>

#include "tests/strategies/searches.h"

namespace fate::sim {
namespace {

using Logs = std::set<std::string>;

// Of the 6 interleavings of two tasks: the quiet one; those that leave it at one choice, after which the task
// that took over is the quiet one; and the one that leaves it twice.
TEST(DeviationBoundedTest, SchedulesComeByTheNumberOfDeviations) {
  EXPECT_EQ((LogsByBound<DeviationBounded, Pair>()),
            (std::vector<Logs>{{"aabb"}, {"abba", "bbaa"}, {"abab", "baab"}, {"baba"}}));
}

TEST(DeviationBoundedTest, OverAllBoundsItRunsWhatPlainSearchRuns) { ExpectAllInterleavingsOnce<DeviationBounded>(); }

}  // namespace
}  // namespace fate::sim
