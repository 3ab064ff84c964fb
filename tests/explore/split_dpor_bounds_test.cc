#include "fate/sim/explore/split_dpor_bounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "fate/sim/explore/explorer.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/any_jobs.h"
#include "tests/explore/learning_program.h"
#include "tests/explore/programs.h"
#include "tests/explore/report_text.h"

namespace fate::sim::split_dpor_bounds_test {
namespace {

using test::ExpectTheSame;
using test::WithoutTime;
using ::testing::HasSubstr;

ExploreOptions InJobs(uint64_t jobs, uint64_t executions = 1'000'000) {
  ExploreOptions options;
  options.strategy = "bounded_dpor";
  options.executions = executions;
  options.jobs = jobs;
  return options;
}

TEST(SplitDporBoundsTest, AWholeSearchIsTheSameReport) {
  for (const ground_truth::Row& row :
       {ground_truth::Increments(2, 4), ground_truth::Increments(4, 576), ground_truth::Readers(6, 64)}) {
    const Report report = ExpectTheSame(row.program, InJobs(1));
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.traces, row.traces) << row.name;
    EXPECT_EQ(report.blocked, 0u) << row.name;
  }
}

TEST(SplitDporBoundsTest, AFixedNumberOfExecutionsIsThatMany) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  const uint64_t all = Explore(row.program, InJobs(1)).executions;
  for (const uint64_t executions : {uint64_t{1}, uint64_t{2}, uint64_t{63}, uint64_t{300}, all - 1}) {
    const Report report = ExpectTheSame(row.program, InJobs(1, executions));
    EXPECT_EQ(report.executions, executions);
    EXPECT_FALSE(report.exhausted);
  }
  EXPECT_TRUE(ExpectTheSame(row.program, InJobs(1, all)).exhausted);
}

TEST(SplitDporBoundsTest, TheFailureIsTheOneThatOneProcessFinds) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    const Report alone = Explore(program.run, InJobs(1, 2000));
    const Report report = Explore(program.run, InJobs(2, 2000));
    EXPECT_EQ(report.outcome.kind, alone.outcome.kind) << program.name;
    EXPECT_EQ(report.schedule, alone.schedule) << program.name;
    EXPECT_EQ(report.executions, alone.executions) << program.name;
  }
}

// Each bound learns it anew, so there are more executions, of the same traces.
TEST(SplitDporBoundsTest, WhatStepsDoInsideIsLearnedByEachBound) {
  const Report alone = Explore(test::TheLastWrites, InJobs(1));
  const Report report = Explore(test::TheLastWrites, InJobs(2));
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.claim, alone.claim);
  EXPECT_EQ(report.traces, alone.traces);
  EXPECT_EQ(alone.restarts, 2u);  // tasks that did not come last in the first execution
  EXPECT_GT(report.restarts, alone.restarts);
  EXPECT_GT(report.before_restarts, alone.before_restarts);
  EXPECT_EQ(WithoutTime(Explore(test::TheLastWrites, InJobs(4))), WithoutTime(report));
}

TEST(SplitDporBoundsTest, ACrashIsAFinding) {
  const auto program = []() -> Task<> {
    Atomic<int> counter;
    std::vector<JoinHandle<>> handles;
    for (int i = 0; i < 4; ++i) {
      JoinHandle<> handle = co_await Spawn(test::Increment(counter));
      handles.push_back(std::move(handle));
    }
    for (JoinHandle<>& handle : handles) co_await handle.Join();
    if (counter.Peek() == 1) ::_exit(4);
  };
  const Report report = Explore(program, InJobs(2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kCrashed);
  EXPECT_THAT(report.outcome.message, HasSubstr("ended with exit code 4"));
}

// Those that it has run before time was over, and no more.
TEST(SplitDporBoundsTest, WhatTimeEndsIsToldAsFarAsItCame) {
  ExploreOptions options = InJobs(2, uint64_t{1} << 40);
  options.budget = absl::Milliseconds(50);
  const Report report = Explore(ground_truth::Increments(8, 0).program, options);
  EXPECT_TRUE(report.capped);
  EXPECT_FALSE(report.exhausted);
  EXPECT_GE(report.executions, 1u);
  EXPECT_EQ(report.progress, 0);  // how many executions later bounds have is not known
}

}  // namespace
}  // namespace fate::sim::split_dpor_bounds_test
