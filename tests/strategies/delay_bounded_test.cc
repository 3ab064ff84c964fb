#include "fate/sim/strategies/delay_bounded.h"

#include <set>

#include "tests/core/simulated.h"
#include "tests/strategies/searches.h"

namespace fate::sim {
namespace {

using Logs = std::set<std::string>;

// `a` goes first and goes on; each delay gives the turn to the other, which then goes on, as long
// as both are left.
TEST(DelayBoundedTest, SchedulesComeByTheNumberOfDelays) {
  EXPECT_EQ((LogsByBound<DelayBounded, Pair>()),
            (std::vector<Logs>{{"aabb"}, {"abba", "bbaa"}, {"abab", "baab"}, {"baba"}}));
}

struct Three {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    co_await cell.FetchAdd(1);
    log += name;
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b'), Work('c')); }
};

// One step each, so each choice is whose turn is next. After `b` it is that of `c`, after `c` of
// `a`.
TEST(DelayBoundedTest, TheTurnGoesRoundInOrderOfCreation) {
  EXPECT_EQ((LogsByBound<DelayBounded, Three>()),
            (std::vector<Logs>{{"abc"}, {"acb", "bca"}, {"bac", "cab"}, {"cba"}}));
}

TEST(DelayBoundedTest, OverAllBoundsItRunsWhatPlainSearchRuns) {
  ExpectAllInterleavingsOnce<DelayBounded>();
  for (const sct::SctProgram& program : SmallPrograms()) {
    EXPECT_EQ((CountOnce<DelayBounded>(program.run)), test::CountAll(program.run).executions)
        << program.name;
  }
}

// All are found within a thousand schedules of at most 4 delays.
TEST(DelayBoundedTest, TheFirstBugOfAProgramHasFewDelays) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    Scheduler scheduler;
    DelayBounded search;
    uint64_t number = 0;
    while (number < 1000) {
      const Execution& execution = scheduler.Run(program.run, search, number++);
      if (!execution.outcome.passed() || !search.EndExecution(execution)) break;
    }
    EXPECT_EQ(scheduler.execution().outcome.kind, program.outcome) << program.name;
    EXPECT_LE(search.bound(), 4u) << program.name << " after " << number;
  }
}

}  // namespace
}  // namespace fate::sim
