#include "fate/sim/explore/portfolio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

// Who makes each execution, and the schedules that came of it.
struct Search {
  std::vector<std::string> arms;
  std::vector<std::string> schedules;
  bool exhausted = false;
};

Search Searched(Program program, uint64_t seed, uint64_t executions,
                Interleaving interleaving = Interleaving::kOperation) {
  Settings settings;
  settings.interleaving = interleaving;
  Scheduler scheduler(settings);
  Coverage coverage;
  Portfolio portfolio(seed, coverage);
  Search search;
  for (uint64_t i = 0; i < executions && !search.exhausted; ++i) {
    search.arms.push_back(portfolio.current());
    const Execution& execution = scheduler.Run(program, portfolio, i, seed);
    coverage.Note(execution, !portfolio.fixed_draws());
    search.schedules.push_back(execution.schedule().ToText());
    search.exhausted = !portfolio.EndExecution(execution);
  }
  return search;
}

TEST(PortfolioTest, TheFirstExecutionIsTheQuietOne) {
  Search search = Searched(ground_truth::Increments(3, 36).program, 5, 1);
  // No deviations between the length and the check sum.
  EXPECT_THAT(search.schedules[0], testing::ContainsRegex("^fate1-operation-s5-n[0-9]+-c[0-9a-f]+$"));
}

TEST(PortfolioTest, IsAFunctionOfItsSeed) {
  ground_truth::Row row = ground_truth::Increments(4, 576);
  Search first = Searched(row.program, 7, 300);
  Search second = Searched(row.program, 7, 300);
  EXPECT_EQ(first.arms, second.arms);
  EXPECT_EQ(first.schedules, second.schedules);
  EXPECT_NE(first.schedules, Searched(row.program, 8, 300).schedules);
}

TEST(PortfolioTest, EveryStrategyHasItsShare) {
  std::map<std::string, int> executions;
  for (const std::string& arm : Searched(ground_truth::Increments(5, 14400).program, 1, 256).arms) ++executions[arm];
  for (const char* arm :
       {"optimal_dpor", "delay_bounded", "rff", "surw", "urw", "random", "pos", "pct", "pct_chains"}) {
    EXPECT_GE(executions[arm], 1) << arm;
  }
  EXPECT_GE(executions["rff"], 128);
}

// Half of the first executions, 4 / (n + 8) of those numbered n: the sum of that up to 63 is 8.3.
TEST(PortfolioTest, DelayBoundingHasEverLess) {
  const std::vector<std::string> arms = Searched(ground_truth::Increments(3, 36).program, 1, 64).arms;
  EXPECT_GE(std::count(arms.begin(), arms.begin() + 8, "delay_bounded"), 2);
  EXPECT_LE(std::count(arms.begin() + 8, arms.end(), "delay_bounded"), 7);
}

// After n executions shares have moved n / (n + 1000) of the way. Partial order sampling moves from 1 to 20 in 100 of
// what samples, if all bring as many new traces.
TEST(PortfolioTest, SharesMoveOnToWhatFindsTheRare) {
  const std::vector<std::string> arms = Searched(ground_truth::Increments(6, 0).program, 1, 4000).arms;
  const auto share = [&](const char* arm, size_t from, size_t to) {
    const auto begin = arms.begin();
    return std::count(begin + static_cast<ptrdiff_t>(from), begin + static_cast<ptrdiff_t>(to), arm);
  };
  EXPECT_LE(share("pos", 0, 250), 12);
  EXPECT_GE(share("rff", 0, 250), 160);
  EXPECT_GE(share("pos", 3000, 4000), 110);
  EXPECT_LE(share("rff", 3000, 4000), 680);
}

// Two tasks that have nothing to do with each other, in a program that draws, so that one trace is not all there is to
// see. Their stores oblige nobody to anything.
Task<> StoreAlone(std::string& log, char name) {
  Atomic<int> cell;
  for (int i = 0; i < 4; ++i) {
    co_await cell.Store(i);
    log += name;
  }
  static_cast<void>(Random().Uniform(0, 1));
}

// Of 70 interleavings two do not mix the tasks: 1 in 35 as long as all are as likely. Where the rest is ordered by
// partial order sampling it is 1 in 8: a task that has not begun draws again after each of the four steps of the
// other. After 8000 executions eight of nine are so ordered.
TEST(PortfolioTest, WhatIsFreeIsUniformAtFirstAndOrderedByPartialOrderSamplingLater) {
  Scheduler scheduler;
  Coverage coverage;
  Portfolio portfolio(1, coverage);
  std::map<bool, int> rff;      // by whether it is late
  std::map<bool, int> unmixed;  // of those
  std::string log;
  for (uint64_t number = 0; number < 9000; ++number) {
    const bool is_rff = portfolio.current() == std::string("rff");
    log.clear();
    const auto program = [&](Roots& roots) {
      roots.Add(StoreAlone(log, 'a'));
      roots.Add(StoreAlone(log, 'b'));
    };
    const Execution& execution = scheduler.Run(program, portfolio, number, number);
    coverage.Note(execution, !portfolio.fixed_draws());
    ASSERT_TRUE(portfolio.EndExecution(execution));
    if (!is_rff || (number >= 200 && number < 8000)) continue;
    ++rff[number >= 8000];
    unmixed[number >= 8000] += log == "aaaabbbb" || log == "bbbbaaaa";
  }
  EXPECT_GT(rff[false], 50);
  EXPECT_GT(rff[true], 300);
  EXPECT_LT(unmixed[false], rff[false] / 15);
  EXPECT_GT(unmixed[true], rff[true] / 11);
}

TEST(PortfolioTest, EndsWhenAllTracesWereSeenAndSaysHowMany) {
  ExploreOptions options;
  for (const ground_truth::Row& row :
       {ground_truth::Readers(4, 16), ground_truth::Increments(4, 576), ground_truth::MutexOrder(3, 6)}) {
    options.executions = 100 * row.traces;
    Report report = Explore(row.program, options);
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.traces, row.traces) << row.name;
    EXPECT_THAT(report.ToText(), testing::HasSubstr("proved: all " + std::to_string(row.traces) +
                                                    " traces of the observed operations, for these draws "
                                                    "and this time model"));
  }
}

TEST(PortfolioTest, UnderACoarserInterleavingAllSchedulesAreRun) {
  Search search = Searched(ground_truth::MutexOrder(3, 6).program, 1, 1000, Interleaving::kLoop);
  EXPECT_TRUE(search.exhausted);
  EXPECT_EQ(search.arms[0], "optimal_dpor");  // until it is known better
  EXPECT_THAT(search.arms, testing::Contains("depth_first"));
}

Task<> Draws(int& highest) {
  co_await Yield();
  highest = std::max(highest, Random().Uniform(0, 1000));
}

TEST(PortfolioTest, GoesOnWithOtherDrawsIfTheProgramDraws) {
  int highest = 0;
  ExploreOptions options;
  options.executions = 500;
  Report report = Explore([&](Roots& roots) { roots.Add(Draws(highest)); }, options);
  EXPECT_FALSE(report.exhausted);
  EXPECT_EQ(report.executions, 500u);
  EXPECT_GT(highest, 950);
}

Task<> Child(Atomic<int>& cell) { co_await cell.FetchAdd(1); }
Task<> SpawnsMany(int children) {
  Atomic<int> cell;
  std::vector<JoinHandle<>> handles;
  for (int i = 0; i < children; ++i) {
    JoinHandle<> handle = co_await Spawn(Child(cell));
    handles.push_back(std::move(handle));
  }
  for (JoinHandle<>& handle : handles) co_await handle.Join();
}

TEST(PortfolioTest, SamplesWhereThereAreTooManyTasksForTheSystematicSearch) {
  ExploreOptions options;
  options.executions = 200;
  Report report = Explore([](Roots& roots) { roots.Add(SpawnsMany(100)); }, options);
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_EQ(report.executions, 200u);
  EXPECT_FALSE(report.exhausted);
}

TEST(PortfolioTest, FindsTheBugsOfTheGroundTruth) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    for (uint64_t seed = 1; seed <= test::Samples(20); ++seed) {
      ExploreOptions options;
      options.seed = seed;
      options.executions = 10'000;
      Report report = Explore(program.run, options);
      EXPECT_EQ(report.outcome.kind, program.outcome) << program.name << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace fate::sim
