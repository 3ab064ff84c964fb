#include "fate/sim/explore/shrinker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/runtime/check.h"
#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim::shrinker_test {
namespace {

using testing::HasSubstr;

Settings Recording() {
  Settings settings;
  settings.record_accesses = true;
  return settings;
}

// The first failing execution of a walk.
Execution FirstFailure(Program program, uint64_t seed) {
  Scheduler scheduler(Recording());
  RandomWalk walk(seed);
  for (uint64_t i = 0; i < 100'000; ++i) {
    const Execution& execution = scheduler.Run(program, walk, i, 1);
    if (!execution.outcome.passed()) return execution;
  }
  ADD_FAILURE() << "does not fail";
  return Execution();
}

// The fewest preemptions with which the program fails like that, by exhaustive search.
uint64_t FewestPreemptions(Program program, const std::string& identity) {
  Scheduler scheduler(Recording());
  PreemptionBounded search;
  for (uint64_t i = 0; i < 1'000'000; ++i) {
    uint64_t bound = search.bound();
    const Execution& execution = scheduler.Run(program, search, i, 1);
    if (!execution.outcome.passed() && FailureIdentity(execution) == identity) return bound;
    if (!search.EndExecution(execution)) break;
  }
  ADD_FAILURE() << "not found again";
  return 0;
}

TEST(ShrinkerTest, TheBugProgramsFailWithTheFewestPreemptionsPossible) {
  int programs = 0;
  int fewest = 0;
  std::string missed;
  std::vector<uint64_t> executions;
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(std::string(program.name) + ", seed " + std::to_string(seed));
      Execution failure = FirstFailure(program.run, seed);
      Scheduler scheduler(Recording());
      Shrinker shrinker(scheduler, program.run, 200);
      Schedule schedule = shrinker.Shrink(failure);
      Replay replay(schedule);
      const Execution& shrunk = scheduler.Run(program.run, replay, failure.number, failure.seed);
      EXPECT_EQ(FailureIdentity(shrunk), FailureIdentity(failure));
      EXPECT_LE(shrinker.cost(), shrinker.first_cost());
      EXPECT_LE(shrinker.executions(), 201u);
      executions.push_back(shrinker.executions());
      ++programs;
      uint64_t possible = FewestPreemptions(program.run, FailureIdentity(failure));
      if (shrinker.cost().preemptions == possible) {
        ++fewest;
      } else {
        absl::StrAppend(&missed, " ", program.name, " ", shrinker.cost().preemptions, " for ", possible);
      }
    }
  }
  EXPECT_GE(fewest, programs * 95 / 100) << "of " << programs << ", not:" << missed;
  std::sort(executions.begin(), executions.end());
  EXPECT_LE(executions[executions.size() / 2], 200u);
}

TEST(ShrinkerTest, IsAFunctionOfTheFailure) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    Execution failure = FirstFailure(program.run, 7);
    std::vector<std::string> schedules;
    for (int i = 0; i < 2; ++i) {
      Scheduler scheduler(Recording());
      Shrinker shrinker(scheduler, program.run, 100);
      schedules.push_back(shrinker.Shrink(failure).ToText());
    }
    EXPECT_EQ(schedules[0], schedules[1]) << program.name;
  }
}

// Of two bugs it follows the one it was given.
Task<> Store(Atomic<int>& cell, int value) { co_await cell.Store(value); }
Task<> TwoBugs() {
  Atomic<int> a;
  Atomic<int> b;
  JoinHandle<> first = co_await Spawn(Store(a, 1));
  JoinHandle<> second = co_await Spawn(Store(b, 1));
  int seen_b = co_await b.Load();
  int seen_a = co_await a.Load();
  if (seen_b == 1) FATE_CHECK(seen_a == 1, "the second store was seen before the first");
  FATE_CHECK(seen_a == 0 || seen_b == 0, "both stores were seen");
  co_await first.Join();
  co_await second.Join();
}

TEST(ShrinkerTest, NeverSlipsToAnotherBug) {
  std::set<std::string> identities;
  auto program = [](Roots& roots) { roots.Add(TwoBugs()); };
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Execution failure = FirstFailure(program, seed);
    Scheduler scheduler(Recording());
    Shrinker shrinker(scheduler, program, 200);
    Replay replay(shrinker.Shrink(failure));
    const Execution& shrunk = scheduler.Run(program, replay, failure.number, failure.seed);
    EXPECT_EQ(shrunk.outcome.message, failure.outcome.message);
    identities.insert(FailureIdentity(failure));
  }
  EXPECT_EQ(identities.size(), 2u);
}

Task<> Transfer(std::vector<Atomic<int>>& accounts, size_t from, size_t to) {
  if (from == to) co_return;
  int source = co_await accounts[from].Load();
  co_await accounts[from].Store(source - 1);  // another transfer may have come between
  co_await accounts[to].FetchAdd(1);
}
Task<> Bank() {
  std::vector<Atomic<int>> accounts(5);
  std::vector<JoinHandle<>> transfers;
  for (int i = 0; i < 20; ++i) {
    size_t from = Random().Uniform<size_t>(0, 4);
    size_t to = Random().Uniform<size_t>(0, 4);
    transfers.push_back(SpawnNow(Transfer(accounts, from, to)));
  }
  for (JoinHandle<>& transfer : transfers) co_await transfer.Join();
  int sum = 0;
  for (Atomic<int>& account : accounts) sum += account.Peek();
  FATE_CHECK(sum == 0, "money was made or lost");
}

TEST(ShrinkerTest, ABankOfTwentyTransfersShrinksToOnePreemption) {
  Report report = Explore(Bank);
  ASSERT_FALSE(report.passed());
  EXPECT_EQ(report.cost.preemptions, 1u) << report.ToText();
  EXPECT_GT(report.found_cost.preemptions, 1u);
  EXPECT_THAT(report.ToText(), HasSubstr("step by step (1 preemption, "));
}

TEST(ShrinkerTest, WithoutABudgetTheFailureIsToldAsItWasFound) {
  ExploreOptions options;
  options.shrink_executions = 0;
  Report report = Explore(Bank, options);
  ASSERT_FALSE(report.passed());
  EXPECT_EQ(report.shrink_executions, 0u);
  EXPECT_THAT(report.ToText(), HasSubstr("step by step:\n"));
}

}  // namespace
}  // namespace fate::sim::shrinker_test
