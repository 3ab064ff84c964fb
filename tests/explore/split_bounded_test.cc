#include "fate/sim/explore/split_bounded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/any_jobs.h"
#include "tests/explore/interrupts_parent.h"
#include "tests/explore/programs.h"
#include "tests/explore/report_text.h"
#include "tests/explore/select_program.h"

namespace fate::sim::split_bounded_test {
namespace {

using test::ExpectTheSame;
using test::WithoutTime;
using ::testing::HasSubstr;

class SplitBoundedTest : public testing::TestWithParam<std::string> {
 protected:
  static ExploreOptions InJobs(uint64_t jobs, uint64_t executions = 1'000'000) {
    ExploreOptions options;
    options.strategy = GetParam();
    options.executions = executions;
    options.jobs = jobs;
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Strategies, SplitBoundedTest, testing::Values("delay_bounded", "preemption_bounded"),
                         [](const auto& info) { return info.param; });

// 6 and 2520 interleavings: less than a part, and many parts.
TEST_P(SplitBoundedTest, AWholeSearchIsTheSameReport) {
  for (const ground_truth::Row& row : {ground_truth::Increments(2, 4), ground_truth::Increments(4, 576)}) {
    const Report report = ExpectTheSame(row.program, InJobs(1));
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.traces, row.traces) << row.name;
    EXPECT_EQ(report.blocked, 0u) << row.name;
  }
}

TEST_P(SplitBoundedTest, AFixedNumberOfExecutionsIsThatMany) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  for (const uint64_t executions : test::SomeOf<uint64_t>({2519, 1, 64, 65})) {
    const Report report = ExpectTheSame(row.program, InJobs(1, executions));
    EXPECT_EQ(report.executions, executions);
    EXPECT_FALSE(report.exhausted);
  }
  // As many as there are is all.
  EXPECT_TRUE(ExpectTheSame(row.program, InJobs(1, 2520)).exhausted);
}

TEST_P(SplitBoundedTest, TheFailureIsTheOneThatOneProcessFinds) {
  for (const sct::SctProgram& program : test::SomeOf(sct::SctPrograms())) {
    const Report report = ExpectTheSame(program.run, InJobs(1, 2000));
    EXPECT_EQ(report.outcome.kind, program.outcome) << program.name;
  }
}

// Where only a task that waits is left, and a draw costs nothing, all is in bound 0.
TEST_P(SplitBoundedTest, WhatIsFreeIsCutUp) {
  const auto program = []() -> Task<> {
    Random random;
    for (int i = 0; i < 6; ++i) {
      const int drawn = random.Uniform(0, 3, kExplorable);
      Atomic<int> cell;
      co_await cell.FetchAdd(drawn);
    }
  };
  const Report report = ExpectTheSame(program, InJobs(1));
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 4096u);
}

TEST_P(SplitBoundedTest, ACoarserInterleavingAndASelectAreSplitToo) {
  ExploreOptions options = InJobs(1);
  options.settings.interleaving = Interleaving::kLoop;
  EXPECT_TRUE(ExpectTheSame(ground_truth::MutexOrder(5, 120).program, options).exhausted);
  EXPECT_TRUE(ExpectTheSame(test::SelectsBetweenSends, InJobs(1)).exhausted);
}

TEST_P(SplitBoundedTest, ACrashIsAFinding) {
  const auto program = [](bool crashes) {
    return [crashes](Roots& roots) {
      roots.Add([](bool dies) -> Task<> {
        Atomic<int> counter;
        std::vector<JoinHandle<>> handles;
        for (int i = 0; i < 4; ++i) {
          JoinHandle<> handle = co_await Spawn(test::Increment(counter));
          handles.push_back(std::move(handle));
        }
        for (JoinHandle<>& handle : handles) co_await handle.Join();
        if (counter.Peek() == 1 && dies) ::_exit(4);
        FATE_CHECK(counter.Peek() != 1, "all but one are lost");
      }(crashes));
    };
  };
  const Report failure = Explore(program(false), InJobs(1));
  const Report report = Explore(program(true), InJobs(2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kCrashed);
  EXPECT_THAT(report.outcome.message, HasSubstr("ended with exit code 4"));
  EXPECT_EQ(report.failing_execution, failure.failing_execution);
  EXPECT_EQ(report.traces + 1, failure.traces);
  EXPECT_EQ(WithoutTime(Explore(program(true), InJobs(4))), WithoutTime(report));
  ExploreOptions replay;
  replay.replay = report.schedule;
  EXPECT_EXIT(Explore(program(true), replay), testing::ExitedWithCode(4), "");
}

TEST_P(SplitBoundedTest, WhatIsInterruptedIsReportedAsFarAsItCame) {
  const ground_truth::Row row = ground_truth::Increments(8, 0);
  test::InterruptsParent interrupt;
  int executions = 0;
  const auto program = [&](Roots& roots) {
    if (++executions == 100) interrupt.Once();
    row.program(roots);
  };
  const Report report = Explore(program, InJobs(2, uint64_t{1} << 40));
  EXPECT_TRUE(report.interrupted);
  EXPECT_FALSE(report.exhausted);
  EXPECT_GE(report.executions, 100u);
}

TEST_P(SplitBoundedTest, TimeEndsItAfterAtLeastOneExecution) {
  ExploreOptions options = InJobs(2, UINT64_MAX);
  options.budget = absl::Nanoseconds(1);
  const Report report = Explore(ground_truth::Increments(8, 0).program, options);
  EXPECT_TRUE(report.capped);
  EXPECT_GE(report.executions, 1u);
}

TEST_P(SplitBoundedTest, AProgramThatAsksOtherwiseInAWorkerDiverges) {
  // A worker begins with what the parent has, which runs nothing; the second execution of one asks otherwise.
  int executions = 0;
  const auto program = [&](Roots& roots) {
    const int tasks = ++executions == 1 ? 3 : 4;
    for (int i = 0; i < tasks; ++i) {
      roots.Add([]() -> Task<> { co_return; }());
    }
  };
  const Report report = Explore(program, InJobs(2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(report.outcome.message, HasSubstr("your program is not deterministic"));
}

}  // namespace
}  // namespace fate::sim::split_bounded_test
