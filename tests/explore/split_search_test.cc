#include "fate/sim/explore/split_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/programs.h"
#include "tests/explore/report_text.h"
#include "tests/explore/select_program.h"

namespace fate::sim {
namespace {

using ::testing::HasSubstr;
using test::WithoutTime;

ExploreOptions InJobs(uint64_t jobs, uint64_t executions = 1'000'000) {
  ExploreOptions options;
  options.strategy = "optimal_dpor";
  options.executions = executions;
  options.jobs = jobs;
  return options;
}

TEST(SplitSearchTest, EveryTraceIsRunOnceAndBlockedRunsAreReported) {
  for (const ground_truth::Row& row : {ground_truth::Increments(4, 576), ground_truth::Readers(8, 256),
                                       ground_truth::MutexOrder(4, 24)}) {
    const Report alone = Explore(row.program, InJobs(1));
    const Report report = Explore(row.program, InJobs(2));
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.traces, row.traces) << row.name;
    EXPECT_EQ(report.claim, alone.claim) << row.name;
    EXPECT_EQ(alone.blocked, 0u);
    EXPECT_LE(report.executions, row.traces + report.blocked) << row.name;
    EXPECT_EQ(WithoutTime(Explore(row.program, InJobs(4))), WithoutTime(report)) << row.name;
    if (report.jobs == 1) continue;  // no level of it has enough branches
    EXPECT_THAT(report.ToText(), HasSubstr("; to split it cost " + std::to_string(report.blocked) + " blocked runs"));
  }
}

TEST(SplitSearchTest, ASelectIsProvedInAnyNumberOfProcesses) {
  const Report alone = Explore(test::SelectsBetweenSends, InJobs(1));
  const Report report = Explore(test::SelectsBetweenSends, InJobs(2));
  EXPECT_TRUE(report.exhausted);
  EXPECT_THAT(alone.claim, HasSubstr("proved: all "));
  EXPECT_EQ(report.claim, alone.claim);
}

TEST(SplitSearchTest, AFailureIsTheSameForAnyNumberFromTwoOn) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    const Report report = Explore(program.run, InJobs(2, 10'000));
    EXPECT_EQ(report.outcome.kind, program.outcome) << program.name;
    EXPECT_EQ(WithoutTime(Explore(program.run, InJobs(3, 10'000))), WithoutTime(report)) << program.name;
  }
}

TEST(SplitSearchTest, AFixedNumberOfExecutionsIsThatMany) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  const Report report = Explore(row.program, InJobs(2, 300));
  EXPECT_EQ(report.executions, 300u);
  EXPECT_FALSE(report.exhausted);
  EXPECT_EQ(WithoutTime(Explore(row.program, InJobs(4, 300))), WithoutTime(report));
  // Just as many as there are is all; one fewer is not, though only the last part misses one.
  const Report all = Explore(row.program, InJobs(2));
  EXPECT_EQ(Explore(row.program, InJobs(2, all.executions)).claim, all.claim);
  EXPECT_FALSE(Explore(row.program, InJobs(2, all.executions - 1)).exhausted);
}

TEST(SplitSearchTest, ACrashInAPartIsAFinding) {
  // At its end, which is below the levels.
  const auto program = []() -> Task<> {
    Atomic<int> counter;
    std::vector<JoinHandle<>> handles;
    for (int i = 0; i < 4; ++i) {
      JoinHandle<> handle = co_await Spawn(test::Increment(counter));
      handles.push_back(std::move(handle));
    }
    for (JoinHandle<>& handle : handles) co_await handle.Join();
    if (counter.Peek() == 2) ::_exit(4);
  };
  const Report report = Explore(program, InJobs(2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kCrashed);
  EXPECT_THAT(report.outcome.message, HasSubstr("ended with exit code 4"));
  ExploreOptions replay;
  replay.replay = report.schedule;
  EXPECT_EXIT(Explore(program, replay), testing::ExitedWithCode(4), "");
}

TEST(SplitSearchTest, WhatStepsDoInsideMakesOneWorkerSearchAllOfIt) {
  const auto program = []() -> Task<> {
    Shared<int> cell(0);
    Atomic<int> other;
    std::vector<JoinHandle<>> handles;
    for (int i = 0; i < 3; ++i) {
      const auto work = [&]() -> Task<> {
        co_await other.FetchAdd(1);
        cell.Write(cell.Read() + 1);
        co_await other.FetchAdd(1);
      };
      JoinHandle<> handle = co_await Spawn(work());
      handles.push_back(std::move(handle));
    }
    for (JoinHandle<>& handle : handles) co_await handle.Join();
  };
  const Report alone = Explore(program, InJobs(1));
  const Report report = Explore(program, InJobs(2));
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.claim, alone.claim);
  EXPECT_EQ(report.jobs, 1u);
  EXPECT_THAT(report.ToText(), HasSubstr("one process did it: our limit, its tree has no levels to split it at, or its "
                                         "steps do inside them what nobody could foresee"));
}

}  // namespace
}  // namespace fate::sim
