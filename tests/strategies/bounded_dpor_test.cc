#include "fate/sim/strategies/bounded_dpor.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sync/atomic.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

using Cell = Atomic<int>;

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
    if (test::kSanitized && row.traces > 1'000) continue;
    BoundedDpor search;
    Exhaust(search, row.program, 1'000'000);
    EXPECT_EQ(search.traces(), row.traces) << row.name << " at bound " << search.bound();
    EXPECT_EQ(search.redundant(), 0u) << row.name;
    EXPECT_FALSE(search.cut());
  }
}

// The setters and the checker of the reorder programs, without the check, so that each execution is
// complete. With one reader, a trace is the order of the operations on each cell.
struct Setters {
  Cell a{0}, b{0};
  std::string on_a, on_b;
  Task<> Set(char name) {
    co_await a.Store(1);
    on_a += name;
    co_await b.Store(-1);
    on_b += name;
  }
  Task<> Check() {
    int seen = co_await a.Load();
    on_a += 'r';
    if (seen == 0) {
      seen = co_await b.Load();
      on_b += 'r';
      if (seen == 0) co_return;
    }
    seen = co_await a.Load();
    on_a += 'r';
    if (seen != 1) co_return;
    co_await b.Load();
    on_b += 'r';
  }
  Task<> Main() { return sct::internal::Together(Set('1'), Set('2'), Check()); }
};

// The traces a search runs.
template <class Search>
std::set<std::string> TracesOf(Search& search) {
  std::set<std::string> traces;
  std::optional<Setters> world;
  auto program = [&](Roots& roots) {
    world.emplace();
    roots.Add(world->Main());
  };
  Scheduler scheduler;
  uint64_t executions = 0;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    traces.insert(world->on_a + "|" + world->on_b);
    more = search.EndExecution(execution);
  }
  return traces;
}

TEST(BoundedDporTest, NoTraceIsLostThatPlainSearchRuns) {
  DepthFirst plain;
  const std::set<std::string> all = TracesOf(plain);
  EXPECT_EQ(all.size(), 56u);
  BoundedDpor search;
  EXPECT_EQ(TracesOf(search), all);
  EXPECT_EQ(search.traces(), all.size());
}

// All bounds together, up to the one that finds it.
TEST(BoundedDporTest, TheBugProgramsFailWithinFewExecutions) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    BoundedDpor search;
    Scheduler scheduler;
    uint64_t executions = 0;
    while (executions < 1000) {
      const Execution& execution = scheduler.Run(program.run, search, executions++, 1);
      if (!execution.outcome.passed() || !search.EndExecution(execution)) break;
    }
    EXPECT_EQ(scheduler.execution().outcome.kind, program.outcome) << program.name;
    EXPECT_LE(search.bound(), 4u) << program.name << " after " << executions;
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
