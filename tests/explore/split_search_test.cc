#include "fate/sim/explore/split_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/explore/split_walk.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/interrupts_parent.h"
#include "tests/explore/learning_program.h"
#include "tests/explore/programs.h"
#include "tests/explore/report_text.h"
#include "tests/explore/select_program.h"

namespace fate::sim {
namespace {

using test::WithoutTime;
using ::testing::HasSubstr;
using ::testing::Not;

ExploreOptions InJobs(uint64_t jobs, uint64_t executions = 1'000'000, const std::string& strategy = "optimal_dpor") {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = executions;
  options.jobs = jobs;
  return options;
}

ground_truth::Row ManyTraces() {
  return test::kSanitized ? ground_truth::Increments(3, 36) : ground_truth::Increments(4, 576);
}

TEST(SplitSearchTest, EveryTraceIsRunOnceAndBlockedRunsAreReported) {
  for (const ground_truth::Row& row : {ManyTraces(), ground_truth::MutexOrder(4, 24)}) {
    const Report alone = Explore(row.program, InJobs(1));
    const Report report = Explore(row.program, InJobs(2));
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.traces, row.traces) << row.name;
    EXPECT_EQ(report.claim, alone.claim) << row.name;
    EXPECT_EQ(alone.blocked, 0u);
    EXPECT_EQ(report.executions, row.traces) << row.name;
    EXPECT_EQ(WithoutTime(Explore(row.program, InJobs(4))), WithoutTime(report)) << row.name;
    if (report.jobs == 1) continue;  // no level of it has enough branches
    EXPECT_THAT(report.ToText(), HasSubstr("; splitting it cost " + std::to_string(report.blocked) +
                                           " blocked runs, not counted above"));
  }
}

TEST(SplitSearchTest, WhatRunsIntoSleepingTasksIsCountedOnceAmongTheExecutions) {
  const Report report = Explore(ground_truth::LastZero(3, 12).program, InJobs(2));
  EXPECT_EQ(report.jobs, 2u);
  EXPECT_EQ(report.traces, 12u);
  EXPECT_EQ(report.executions, 22u);
  EXPECT_THAT(report.ToText(), HasSubstr("; 10 executions repeated a trace; splitting it cost 77 blocked runs, not "
                                         "counted above"));
}

// What is the same for any number of processes, one included.
std::string OfAnyJobs(Report report) {
  report.blocked = 0;
  return WithoutTime(report);
}

TEST(SplitSearchTest, WhatRunsInTheSameOrderIsTheSameReportForOneProcessToo) {
  for (const char* strategy : {"depth_first", "sleep_sets"}) {
    uint64_t jobs = 2;
    for (const ground_truth::Row& row : {ground_truth::Increments(3, 36), ground_truth::Readers(4, 16),
                                         ground_truth::MutexOrder(4, 24), ground_truth::LastZero(3, 24)}) {
      const Report alone = Explore(row.program, InJobs(1, 1'000'000, strategy));
      const Report report = Explore(row.program, InJobs(jobs, 1'000'000, strategy));
      EXPECT_TRUE(report.exhausted) << row.name;
      EXPECT_EQ(report.jobs, jobs) << row.name;
      EXPECT_GT(report.blocked, 0u);  // the walk
      EXPECT_EQ(OfAnyJobs(report), OfAnyJobs(alone)) << row.name << ", " << strategy;
      ++jobs;
    }
  }
}

TEST(SplitSearchTest, SourceSetsRunAllTracesWhateverTheNumberOfProcesses) {
  for (const ground_truth::Row& row : {ManyTraces(), ground_truth::MutexOrder(4, 24), ground_truth::LastZero(3, 24)}) {
    const Report alone = Explore(row.program, InJobs(1, 1'000'000, "source_dpor"));
    const Report report = Explore(row.program, InJobs(2, 1'000'000, "source_dpor"));
    EXPECT_TRUE(report.exhausted) << row.name;
    EXPECT_EQ(report.claim, alone.claim) << row.name;
    EXPECT_EQ(report.traces, alone.traces) << row.name;
    EXPECT_EQ(WithoutTime(Explore(row.program, InJobs(4, 1'000'000, "source_dpor"))), WithoutTime(report)) << row.name;
  }
}

TEST(SplitSearchTest, ACoarserInterleavingIsSplitByPlainSearch) {
  ExploreOptions options = InJobs(1, 1'000'000, "depth_first");
  options.settings.interleaving = Interleaving::kLoop;
  const ground_truth::Row row = ground_truth::MutexOrder(5, 120);
  const Report alone = Explore(row.program, options);
  EXPECT_TRUE(alone.exhausted);
  options.jobs = 2;
  const Report report = Explore(row.program, options);
  EXPECT_EQ(report.jobs, 2u);
  EXPECT_EQ(OfAnyJobs(report), OfAnyJobs(alone));
}

TEST(SplitSearchTest, ThereIsAnEstimateOfWhatIsLeft) {
  const ground_truth::Row row = ground_truth::Increments(5, 14'400);
  for (const std::string& strategy : WalkedStrategies()) {
    double before = 0;
    for (const uint64_t executions : {1'000u, test::kSanitized ? 4'000u : 8'000u}) {
      const Report alone = Explore(row.program, InJobs(1, executions, strategy));
      const Report report = Explore(row.program, InJobs(2, executions, strategy));
      EXPECT_FALSE(report.exhausted);
      EXPECT_GT(report.progress, before) << strategy;
      EXPECT_LT(report.progress, 1) << strategy;
      EXPECT_THAT(report.ToText(), HasSubstr(" executions in all, "));
      before = report.progress;
      // Behind by what a part has not told yet.
      if (strategy != "depth_first" && strategy != "sleep_sets") continue;
      EXPECT_LE(report.progress, alone.progress) << strategy;
      EXPECT_GT(report.progress, 0.9 * alone.progress) << strategy;
    }
  }
}

// A worker ends the search, which counts on from the walk that it was forked from: its part is unfinished.
TEST(SplitSearchTest, WhatIsInterruptedIsEstimatedByWhatThePartsHaveSeen) {
  const ground_truth::Row row = ground_truth::Increments(8, 0);
  test::InterruptsParent interrupt;
  int executions = 0;
  const auto program = [&](Roots& roots) {
    if (++executions == 500) interrupt.Once();
    row.program(roots);
  };
  const Report report = Explore(program, InJobs(2, uint64_t{1} << 40));
  EXPECT_TRUE(report.interrupted);
  EXPECT_GE(report.executions, 200u);
  EXPECT_GT(report.progress, 0);
  EXPECT_LT(report.progress, 0.1);
  EXPECT_THAT(report.ToText(), HasSubstr(" executions in all, "));
}

TEST(SplitSearchTest, ASearchThatIsWatchedRunsInOneProcessAndSaysSo) {
  ExploreOptions options = InJobs(2, 1000);
  options.check_determinism = true;
  const Report report = Explore(test::KeepsUpdates, options);
  EXPECT_EQ(report.jobs, 1u);
  EXPECT_THAT(report.ToText(),
              HasSubstr("; one process did it: our limit, --fate_jobs does not split a systematic search "
                        "with --fate_trace or a check of determinism"));
  EXPECT_THAT(Explore(test::LosesAnUpdate, options).ToText(),
              HasSubstr("In this search one process did it: our limit, "));
}

TEST(SplitSearchTest, ASelectIsProvedInAnyNumberOfProcesses) {
  const Report alone = Explore(test::SelectsBetweenSends, InJobs(1));
  const Report report = Explore(test::SelectsBetweenSends, InJobs(2));
  EXPECT_TRUE(report.exhausted);
  EXPECT_THAT(alone.claim, HasSubstr("proved: all "));
  EXPECT_EQ(report.claim, alone.claim);
}

TEST(SplitSearchTest, AFailureIsTheSameForAnyNumberFromTwoOn) {
  for (const char* strategy : {"optimal_dpor", "source_dpor"}) {
    for (const sct::SctProgram& program : test::SomeOf(sct::SctPrograms())) {
      const Report report = Explore(program.run, InJobs(2, 10'000, strategy));
      EXPECT_EQ(report.outcome.kind, program.outcome) << program.name << ", " << strategy;
      EXPECT_EQ(WithoutTime(Explore(program.run, InJobs(3, 10'000, strategy))), WithoutTime(report)) << program.name;
    }
  }
}

TEST(SplitSearchTest, AFailureThatOneProcessFindsIsTheOneThatIsFound) {
  for (const char* strategy : {"depth_first", "sleep_sets"}) {
    for (const sct::SctProgram& program : test::SomeOf(sct::SctPrograms())) {
      const Report alone = Explore(program.run, InJobs(1, 2000, strategy));
      const Report report = Explore(program.run, InJobs(2, 2000, strategy));
      EXPECT_EQ(report.outcome.kind, alone.outcome.kind) << program.name << ", " << strategy;
      EXPECT_EQ(report.schedule, alone.schedule) << program.name << ", " << strategy;
      EXPECT_EQ(report.executions, alone.executions) << program.name << ", " << strategy;
      EXPECT_EQ(report.traces, alone.traces) << program.name << ", " << strategy;
    }
  }
}

TEST(SplitSearchTest, AFixedNumberOfExecutionsIsThatMany) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  for (const char* strategy : {"depth_first", "optimal_dpor"}) {
    const Report report = Explore(row.program, InJobs(2, 300, strategy));
    EXPECT_EQ(report.executions, 300u) << strategy;
    EXPECT_FALSE(report.exhausted) << strategy;
    EXPECT_EQ(WithoutTime(Explore(row.program, InJobs(4, 300, strategy))), WithoutTime(report)) << strategy;
  }
}

TEST(SplitSearchTest, AsManyExecutionsAsThereAreIsAllAndOneFewerIsNotThoughOnlyTheLastPartMissesOne) {
  const ground_truth::Row row = ground_truth::Increments(3, 36);
  for (const std::string& strategy : WalkedStrategies()) {
    const Report all = Explore(row.program, InJobs(2, 1'000'000, strategy));
    EXPECT_TRUE(all.exhausted) << strategy;
    EXPECT_EQ(Explore(row.program, InJobs(2, all.executions, strategy)).claim, all.claim) << strategy;
    const Report fewer = Explore(row.program, InJobs(2, all.executions - 1, strategy));
    EXPECT_EQ(fewer.executions, all.executions - 1) << strategy;
    EXPECT_FALSE(fewer.exhausted) << strategy;
  }
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
  const Report alone = Explore(test::TheLastWrites, InJobs(1));
  const Report report = Explore(test::TheLastWrites, InJobs(2));
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.claim, alone.claim);
  EXPECT_EQ(report.jobs, 1u);
  EXPECT_EQ(alone.restarts, 2u);  // tasks that did not come last in the first execution
  EXPECT_GE(alone.before_restarts, 2u);
  EXPECT_EQ(report.restarts, alone.restarts);
  EXPECT_EQ(report.before_restarts, alone.before_restarts);
  EXPECT_THAT(report.ToText(),
              HasSubstr("; one process did it: our limit, to split a search it must be known what steps "
                        "do, and one did in a part of it what it did nowhere before"));
}

TEST(SplitSearchTest, WhatHasNoChoiceIsOneExecutionWhoeverMakesIt) {
  const auto alone = []() -> Task<> { co_await Yield(); };
  std::vector<std::string> strategies = SplitStrategies();
  strategies.push_back("fifo");
  for (const std::string& strategy : strategies) {
    const Report report = Explore(alone, InJobs(2, 1000, strategy));
    EXPECT_TRUE(report.exhausted) << strategy;
    EXPECT_EQ(report.executions, 1u) << strategy;
    EXPECT_THAT(report.ToText(), Not(HasSubstr("one process did it"))) << strategy;
  }
}

TEST(SplitSearchTest, WhatIsDoneWhenTimeIsOverWasNotEndedByTime) {
  ExploreOptions options = InJobs(2, 1);
  options.budget = absl::Nanoseconds(1);
  for (const std::string& strategy : SplitStrategies()) {
    options.strategy = strategy;
    const Report report = Explore(test::KeepsUpdates, options);
    EXPECT_EQ(report.executions, 1u) << strategy;
    EXPECT_FALSE(report.capped) << strategy;
  }
}

TEST(SplitSearchTest, WhatHasOneChoiceIsSearchedByOneWhichItSays) {
  const auto draws = []() -> Task<> {
    const int drawn = Random().Uniform(0, 2, kExplorable);
    FATE_CHECK(drawn >= 0, "less than was asked for");
    co_await Yield();
  };
  const Report report = Explore(draws, InJobs(2, 1000, "depth_first"));
  EXPECT_EQ(report.executions, 3u);
  EXPECT_THAT(report.ToText(), HasSubstr("; one process did it: our limit, an execution has no second choice, and the "
                                         "search is split after the first"));
}

TEST(SplitSearchTest, WhatTimeEndsAtOnceHasOneExecutionAllTheSame) {
  ExploreOptions options = InJobs(2, 1000);
  options.budget = absl::Nanoseconds(1);
  for (const std::string& strategy : SplitStrategies()) {
    options.strategy = strategy;
    const Report report = Explore(test::KeepsUpdates, options);
    EXPECT_TRUE(report.capped) << strategy;
    EXPECT_EQ(report.executions, 1u) << strategy;
    EXPECT_THAT(report.ToText(), Not(HasSubstr("one process did it"))) << strategy;
  }
}

Task<> OneAfterTheOther(int tasks) {
  const auto nothing = []() -> Task<> { co_return; };
  for (int i = 0; i < tasks; ++i) {
    JoinHandle<> handle = co_await Spawn(nothing());
    co_await handle.Join();
  }
}

TEST(SplitSearchTest, WithReductionItClaimsNoMoreThanItSees) {
  for (const char* strategy : {"sleep_sets", "source_dpor", "optimal_dpor"}) {
    ExploreOptions options;
    options.strategy = strategy;
    options.jobs = 2;
    const Report many = Explore([] { return OneAfterTheOther(70); }, options);
    EXPECT_FALSE(many.exhausted) << strategy;
    EXPECT_EQ(many.claim, "") << strategy;
    options.settings.interleaving = Interleaving::kLoop;
    const Report coarse = Explore([] { return OneAfterTheOther(2); }, options);
    EXPECT_EQ(coarse.claim, "all schedules of this strategy were run") << strategy;
  }
}

}  // namespace
}  // namespace fate::sim
