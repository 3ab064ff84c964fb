#include "fate/sim/strategies/optimal_dpor.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sync/channel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

struct Counts {
  uint64_t executions = 0;
  uint64_t deadlocks = 0;
};

Counts Exhaust(OptimalDpor& search, const ground_truth::Row& row) {
  Scheduler scheduler;
  Counts counts;
  bool more = true;
  while (more && counts.executions <= 2 * row.traces) {
    const Execution& execution = scheduler.Run(row.program, search, counts.executions++, 1);
    if (execution.outcome.kind == OutcomeKind::kDeadlock) ++counts.deadlocks;
    more = search.EndExecution(execution);
  }
  EXPECT_FALSE(more) << row.name;
  return counts;
}

TEST(OptimalDporTest, RunsEachTraceOfTheGroundTruthOnceAndNothingElse) {
  for (const ground_truth::Row& row : ground_truth::AllRows()) {
    OptimalDpor search;
    EXPECT_EQ(Exhaust(search, row).executions, row.traces) << row.name;
    EXPECT_EQ(search.traces(), row.traces) << row.name;
    EXPECT_EQ(search.redundant(), 0u) << row.name;
    EXPECT_EQ(search.infeasible(), 0u) << row.name;
  }
}

// An execution ends at its failed assertion, so it matters which independent steps came before that.
TEST(OptimalDporTest, RunsEachTraceOfTheBugPrograms) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    OptimalDpor search;
    Scheduler scheduler;
    TraceHash hash;
    std::set<uint64_t> seen;
    std::set<uint64_t> bad;
    uint64_t executions = 0;
    bool more = true;
    while (more && executions < 100'000) {
      const Execution& execution = scheduler.Run(program.run, search, executions++, 1);
      uint64_t trace = hash.Of(execution);
      seen.insert(trace);
      if (!execution.outcome.passed()) bad.insert(trace);
      more = search.EndExecution(execution);
    }
    EXPECT_FALSE(more) << program.name;
    EXPECT_EQ(seen.size(), program.traces) << program.name;
    EXPECT_EQ(bad.size(), program.bad_traces) << program.name;
    EXPECT_EQ(search.traces(), program.traces) << program.name;
    // Where a step fails that holds a lock, tasks that have not begun are tried in vain.
    if (std::string(program.name) != "wronglock_3") {
      EXPECT_EQ(executions, program.traces) << program.name;
    }
  }
}

TEST(OptimalDporTest, DeadlocksAreExecutions) {
  OptimalDpor search;
  EXPECT_EQ(Exhaust(search, ground_truth::MutexDeadlock(3, 3)).deadlocks, 3u);
}

TEST(OptimalDporTest, TheExplorerReportsExhaustion) {
  ExploreOptions options;
  options.strategy = "optimal_dpor";
  ground_truth::Row row = ground_truth::Readers(4, 16);
  Report report = Explore(row.program, options);
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 16u);
}

Task<> Add(Shared<int>& balance, int amount) {
  co_await Yield();
  int seen = balance.Read();
  co_await Yield();
  balance.Write(seen + amount);
}

// Steps: read, write in each of two tasks; the lost update needs read-read before the first write.
// Orders of 2 reads and 2 writes that conflict: of the 6 interleavings of (r w) and (r w), the two reads
// commute, so 4 traces. A reversed step is unknown, so nothing more is promised than that all are seen.
TEST(OptimalDporTest, AccessesInsideStepsAreSeen) {
  std::set<int> sums;
  OptimalDpor search;
  Scheduler scheduler;
  bool more = true;
  uint64_t executions = 0;
  while (more && executions < 100) {
    auto balance = std::make_shared<Shared<int>>(0);
    auto program = [&](Roots& roots) {
      roots.Add(Add(*balance, 1));
      roots.Add(Add(*balance, 2));
    };
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    sums.insert(balance->Peek());
    more = search.EndExecution(execution);
  }
  EXPECT_FALSE(more);
  EXPECT_EQ(sums, (std::set<int>{1, 2, 3}));
  EXPECT_EQ(search.traces(), 4u);
}

Task<> SendOne(Channel<int>& channel, int value) { co_await channel.Send(value); }
Task<> ReceiveOne(Channel<int>& channel, std::vector<int>& got) {
  std::optional<int> value = co_await channel.Receive();
  got.push_back(value.value_or(-1));
}

// A rendezvous of two senders and two receivers: who meets whom, and in which order.
TEST(OptimalDporTest, ARendezvousMeetsEachPartner) {
  std::set<std::vector<int>> seen;
  OptimalDpor search;
  Scheduler scheduler;
  bool more = true;
  uint64_t executions = 0;
  while (more && executions < 1000) {
    std::vector<int> first;
    std::vector<int> second;
    auto channel = std::make_shared<Channel<int>>();
    auto program = [&](Roots& roots) {
      roots.Add(SendOne(*channel, 1));
      roots.Add(SendOne(*channel, 2));
      roots.Add(ReceiveOne(*channel, first));
      roots.Add(ReceiveOne(*channel, second));
    };
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    first.insert(first.end(), second.begin(), second.end());
    seen.insert(first);
    more = search.EndExecution(execution);
  }
  EXPECT_FALSE(more);
  EXPECT_EQ(seen, (std::set<std::vector<int>>{{1, 2}, {2, 1}}));
}

Task<> Child(Atomic<int>& x) { co_await x.FetchAdd(1); }
Task<> Parent(Atomic<int>& x) {
  JoinHandle<> left = co_await Spawn(Child(x));
  JoinHandle<> right = co_await Spawn(Child(x));
  co_await left.Join();
  co_await right.Join();
  co_await x.Store(7);
}

// The children's order is free, the store comes after both: 2 traces.
TEST(OptimalDporTest, JoinsOrderWhatComesAfterThem) {
  OptimalDpor search;
  Scheduler scheduler;
  bool more = true;
  uint64_t executions = 0;
  while (more && executions < 100) {
    auto x = std::make_shared<Atomic<int>>(0);
    auto program = [&](Roots& roots) { roots.Add(Parent(*x)); };
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(executions, 2u);
  EXPECT_EQ(search.infeasible(), 0u);
}

}  // namespace
}  // namespace fate::sim
