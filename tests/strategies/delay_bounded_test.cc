#include "fate/sim/strategies/delay_bounded.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fate/sim/race/trace_hash.h"
#include "tests/core/simulated.h"
#include "tests/detect/ground_truth.h"
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
    EXPECT_EQ((CountOnce<DelayBounded>(program.run)), test::CountAll(program.run).executions) << program.name;
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

// The executions to the end or to the first failure, as numbers of traces.
std::vector<uint64_t> TracesOf(Program program, DelayBounded& search) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  TraceHash hash;
  std::vector<uint64_t> traces;
  for (uint64_t number = 0; number < 10'000; ++number) {
    const Execution& execution = scheduler.Run(program, search, number);
    traces.push_back(hash.Of(execution));
    if (!execution.outcome.passed() || !search.EndExecution(execution)) break;
  }
  return traces;
}

// The root of `account` spawns two tasks, of whom it has not heard yet: to put that off changes nothing.
TEST(DelayBoundedTest, WithRacesFirstWhatIsPutOffRaces) {
  const std::vector<sct::SctProgram> programs = sct::SctPrograms();
  const auto account = std::ranges::find(programs, std::string("account"), &sct::SctProgram::name);
  DelayBounded in_turn;
  EXPECT_EQ(TracesOf(account->run, in_turn).size(), 4u);
  DelayBounded races_first(BoundedSearch::Order::kRacesFirst);
  EXPECT_EQ(TracesOf(account->run, races_first).size(), 2u);
}

TEST(DelayBoundedTest, WithRacesFirstTheSameSchedulesAreRunInAnotherOrder) {
  const ground_truth::Row row = ground_truth::MutexOrder(3, 6);
  DelayBounded in_turn;
  DelayBounded races_first(BoundedSearch::Order::kRacesFirst);
  std::vector<uint64_t> traces = TracesOf(row.program, in_turn);
  std::vector<uint64_t> others = TracesOf(row.program, races_first);
  EXPECT_NE(traces, others);
  std::ranges::sort(traces);
  std::ranges::sort(others);
  EXPECT_EQ(traces, others);
}

}  // namespace
}  // namespace fate::sim
