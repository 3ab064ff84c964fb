#include "fate/sim/strategies/preemption_bounded.h"

#include <map>
#include <set>
#include <string>

#include "fate/runtime/random.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"
#include "tests/strategies/searches.h"

namespace fate::sim::preemption_bounded_test {
namespace {

using Logs = std::set<std::string>;

// Of the 6 interleavings: to begin and to go on after the end of a task is free, and each other
// switch is a preemption.
TEST(PreemptionBoundedTest, SchedulesComeByTheNumberOfPreemptions) {
  EXPECT_EQ((LogsByBound<PreemptionBounded, Pair>()),
            (std::vector<Logs>{{"aabb", "bbaa"}, {"abba", "baab"}, {"abab", "baba"}}));
}

// A task that yields may be left for nothing, and to go on with it costs one while another could run: else a loop that
// yields would go on for ever within one bound.
struct Polite {
  std::string log;
  Cell cell{0};
  Task<> Yields() {
    co_await cell.FetchAdd(1);
    log += 'a';
    co_await Yield();
    log += 'A';
  }
  Task<> Goes() {
    co_await cell.FetchAdd(1);
    log += 'b';
  }
  std::vector<Task<>> Tasks() { return List(Yields(), Goes()); }
};

TEST(PreemptionBoundedTest, ToLeaveATaskThatYieldsIsFree) {
  EXPECT_EQ((LogsByBound<PreemptionBounded, Polite>()), (std::vector<Logs>{{"abA", "baA"}, {"aAb"}}));
}

// Waits, with a yield in each round, for what the other task does last.
struct Spins {
  std::string log;
  Cell flag{0};
  Task<> Waits() {
    for (;;) {
      const int seen = co_await flag.Load();
      if (seen != 0) break;
      log += 'w';
      co_await Yield();
    }
  }
  Task<> Sets() { co_await flag.Store(1); }
  std::vector<Task<>> Tasks() { return List(Waits(), Sets()); }
};

// Within a bound each further round costs one.
TEST(PreemptionBoundedTest, ALoopThatYieldsIsRunOnceMoreWithEachBound) {
  PreemptionBounded bounded;
  Runs<Spins> runs;
  std::map<std::string, uint32_t> bound_of;
  for (uint64_t i = 0; i < 8; ++i) {
    const uint32_t bound = bounded.bound();
    runs.Run(bounded, i);
    bound_of.emplace(runs.log(), bound);
  }
  EXPECT_EQ(bound_of, (std::map<std::string, uint32_t>{{"", 0}, {"w", 0}, {"ww", 1}, {"www", 2}, {"wwww", 3}}));
}

TEST(PreemptionBoundedTest, OverAllBoundsItRunsWhatPlainSearchRuns) {
  ExpectAllInterleavingsOnce<PreemptionBounded>();
  for (const sct::SctProgram& program : SmallPrograms()) {
    EXPECT_EQ((CountOnce<PreemptionBounded>(program.run)), test::CountAll(program.run).executions) << program.name;
  }
}

struct Dice {
  Cell cell{0};
  Task<> Main() {
    Random random;
    co_await cell.Store(random.Uniform(1, 4, kExplorable));
    co_await cell.Store(random.Uniform(1, 4, kExplorable));
  }
};

TEST(PreemptionBoundedTest, DrawsAreFree) {
  PreemptionBounded search;
  EXPECT_EQ(CountOnce(search, test::ProgramOf<Dice>()), 16u);
  EXPECT_EQ(search.bound(), 0u);
}

TEST(PreemptionBoundedTest, AProgramThatAsksOtherwiseTheSecondTimeDiverges) {
  int executions = 0;
  auto program = [&](Roots& roots) {
    const int tasks = ++executions == 1 ? 2 : 3;
    for (int i = 0; i < tasks; ++i) {
      roots.Add([]() -> Task<> { co_return; }());
    }
  };
  Scheduler scheduler;
  PreemptionBounded search;
  ASSERT_TRUE(search.EndExecution(scheduler.Run(program, search, 0)));
  EXPECT_EQ(scheduler.Run(program, search, 1).outcome.kind, OutcomeKind::kDiverged);
}

}  // namespace
}  // namespace fate::sim::preemption_bounded_test
