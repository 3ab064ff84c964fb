#include "fate/sim/explore/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/explore/shared_memory.h"
#include "fate/sync/mutex.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/interruptible.h"
#include "tests/explore/learning_program.h"
#include "tests/explore/programs.h"
#include "tests/explore/report_text.h"
#include "tests/explore/select_program.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

using test::WithoutTime;
using ::testing::AllOf;
using ::testing::HasSubstr;

ExploreOptions With(const std::string& strategy, uint64_t executions, uint64_t jobs) {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = executions;
  options.jobs = jobs;
  return options;
}

class EveryStrategyInJobsTest : public testing::TestWithParam<std::string> {};

TEST_P(EveryStrategyInJobsTest, APassDoesNotDependOnHowManyThereAre) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  const Report alone = Explore(row.program, With(GetParam(), 300, 1));
  EXPECT_TRUE(alone.passed()) << alone.ToText();
  for (uint64_t jobs : {2u, 4u}) {
    const Report report = Explore(row.program, With(GetParam(), 300, jobs));
    EXPECT_EQ(report.jobs, jobs);
    EXPECT_EQ(WithoutTime(report), WithoutTime(alone));
  }
}

TEST_P(EveryStrategyInJobsTest, AFailureIsTheOneOfTheLowestNumber) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    if (std::string(program.name) != "reorder_3" && std::string(program.name) != "account") continue;
    const Report alone = Explore(program.run, With(GetParam(), 2000, 1));
    for (uint64_t jobs : {2u, 4u}) {
      EXPECT_EQ(WithoutTime(Explore(program.run, With(GetParam(), 2000, jobs))), WithoutTime(alone)) << program.name;
    }
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names = SamplingNames();
  names.push_back("portfolio");
  return names;
}
INSTANTIATE_TEST_SUITE_P(Strategies, EveryStrategyInJobsTest, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

TEST(JobsTest, AProofIsTheSameInAnyNumberOfThem) {
  for (const ground_truth::Row& row : {ground_truth::Readers(4, 16), ground_truth::MutexOrder(3, 6)}) {
    const Report alone = Explore(row.program, With("portfolio", 5000, 1));
    EXPECT_TRUE(alone.exhausted);
    const Report report = Explore(row.program, With("portfolio", 5000, 3));
    EXPECT_TRUE(report.exhausted);
    EXPECT_EQ(WithoutTime(report), WithoutTime(alone));
  }
}

// Optimal DPOR may miss traces of it, so plain depth-first search has the last word.
TEST(JobsTest, AProofOfAProgramWithASelectIsTheSameInAnyNumberOfThem) {
  const Report alone = Explore(test::SelectsBetweenSends, With("portfolio", 5000, 1));
  EXPECT_THAT(alone.claim, HasSubstr("proved: all " + std::to_string(alone.traces) + " traces"));
  for (uint64_t jobs : {2u, 4u}) {
    EXPECT_EQ(WithoutTime(Explore(test::SelectsBetweenSends, With("portfolio", 5000, jobs))), WithoutTime(alone));
  }
}

TEST(JobsTest, WhatWasLearnedOfStepsIsTheSameInAnyNumberOfThem) {
  const Report alone = Explore(test::TheLastWrites, With("portfolio", 5000, 1));
  EXPECT_EQ(alone.restarts, 2u);
  for (uint64_t jobs : {2u, 4u}) {
    EXPECT_EQ(WithoutTime(Explore(test::TheLastWrites, With("portfolio", 5000, jobs))), WithoutTime(alone));
  }
}

Task<> Draws() {
  co_await Yield();
  FATE_CHECK(Random().Uniform(0, 400) != 7, "seven was drawn");
}

TEST(JobsTest, TheDrawsOfAnExecutionAreThoseOfItsNumber) {
  for (const char* strategy : {"random", "portfolio"}) {
    const auto explored = [&](uint64_t jobs) { return Explore(Draws, With(strategy, 3000, jobs)); };
    EXPECT_THAT(explored(1).outcome.message, HasSubstr("seven was drawn"));
    EXPECT_EQ(WithoutTime(explored(2)), WithoutTime(explored(1)));
  }
}

TEST(JobsTest, ThereMayBeMoreOfThemThanExecutions) {
  const Report report = Explore(test::KeepsUpdates, With("random", 3, 8));
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.executions, 3u);
}

TEST(JobsTest, ZeroStandsForTheCores) {
  EXPECT_GE(*JobsOf(0), 1u);
  EXPECT_EQ(*JobsOf(7), 7u);
  EXPECT_THAT(JobsOf(kJobsMost + 1).status().message(), HasSubstr("--fate_jobs takes at most 256, not 257"));
  EXPECT_THAT(Explore(test::KeepsUpdates, With("random", 3, 1000)).outcome.message, HasSubstr("takes at most 256"));
}

// Two tasks; what ends the process does so if the second is the first to come.
enum class Death { kAbort, kKill, kExit, kNull };
void Die(Death how) {
  switch (how) {
    case Death::kAbort:
      std::abort();
    case Death::kKill:
      ::kill(::getpid(), SIGKILL);
      return;
    case Death::kExit:
      ::_exit(3);
    case Death::kNull:
      ::raise(SIGSEGV);
      return;
  }
}
Task<> DiesIfOvertaken(Death how) {
  Atomic<int> turn;
  auto first = [&]() -> Task<> { co_await turn.Store(1); };
  auto second = [&]() -> Task<> {
    const int seen = co_await turn.Load();
    if (seen == 0) Die(how);
  };
  JoinHandle<> one = co_await Spawn(first());
  JoinHandle<> other = co_await Spawn(second());
  co_await one.Join();
  co_await other.Join();
}

struct Crash {
  const char* name;
  Death how;
  testing::Matcher<std::string> words;
  std::function<bool(int)> ends_so;
};

class CrashInJobsTest : public testing::TestWithParam<Crash> {};

TEST_P(CrashInJobsTest, IsAFindingWithTheScheduleThatBringsItBack) {
  const auto program = [] { return DiesIfOvertaken(GetParam().how); };
  const Report report = Explore(program, With("random", 1000, 2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kCrashed);
  EXPECT_THAT(report.outcome.message, AllOf(HasSubstr("your program crashed"), GetParam().words));
  EXPECT_EQ(report.executions, report.failing_execution + 1);
  EXPECT_THAT(report.ToText(), HasSubstr("Crashed in execution " + std::to_string(report.failing_execution + 1)));
  EXPECT_EQ(WithoutTime(Explore(program, With("random", 1000, 4))), WithoutTime(report));
  ExploreOptions options;
  options.replay = report.schedule;
  EXPECT_EXIT(Explore(program, options), GetParam().ends_so, "");
}

// A build with a sanitizer ends otherwise where it handles the signal.
INSTANTIATE_TEST_SUITE_P(Deaths, CrashInJobsTest,
                         testing::Values(Crash{"Killed", Death::kKill, HasSubstr("was ended by signal 9 (Killed)"),
                                               testing::KilledBySignal(SIGKILL)},
                                         Crash{"Exits", Death::kExit, HasSubstr("ended with exit code 3"),
                                               testing::ExitedWithCode(3)},
                                         Crash{"Aborts", Death::kAbort, HasSubstr("the worker process that ran it"),
                                               [](int status) { return status != 0; }},
                                         Crash{"Faults", Death::kNull, HasSubstr("the worker process that ran it"),
                                               [](int status) { return status != 0; }}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(JobsTest, AFailureWithALowerNumberGoesBeforeACrash) {
  // By the number of the execution, which the draws tell: 9 fails, 10 and later crash.
  const auto program = []() -> Task<> {
    co_await Yield();
    const uint64_t number = CurrentScheduler()->execution().number;
    if (number >= 10) ::_exit(1);
    FATE_CHECK(number != 9, "the ninth fails");
  };
  for (uint64_t jobs : {2u, 4u}) {
    const Report report = Explore(program, With("random", 1000, jobs));
    EXPECT_THAT(report.outcome.message, HasSubstr("the ninth fails"));
    EXPECT_EQ(report.failing_execution, 9u);
  }
}

TEST(JobsTest, OfTwoCrashesThatWithTheLowerNumberIsReported) {
  // Execution 69 crashes when the parent has seen that 70 did, which is of the same round.
  const SharedMemory memory = *SharedMemory::Map(4096, 2);
  auto& died = *new (memory.data()) std::atomic<pid_t>(0);
  const auto program = [&died]() -> Task<> {
    co_await Yield();
    const uint64_t number = CurrentScheduler()->execution().number;
    if (number == 70) {
      died = ::getpid();
      ::_exit(70);
    }
    if (number != 69) co_return;
    while (died == 0 || ::kill(died, 0) == 0) ::sched_yield();
    ::_exit(69);
  };
  const Report report = Explore(program, With("random", 1000, 2));
  EXPECT_THAT(report.outcome.message, HasSubstr("ended with exit code 69"));
  EXPECT_EQ(report.failing_execution, 69u);
}

TEST(JobsTest, AStepWithoutEndIsACrash) {
  const auto program = []() -> Task<> {
    co_await Yield();
    static volatile bool for_ever = true;
    while (CurrentScheduler()->execution().number == 5 && for_ever) {
    }
  };
  ExploreOptions options = With("random", 1000, 2);
  options.step_timeout = absl::Milliseconds(100);
  const Report report = Explore(program, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kCrashed);
  EXPECT_EQ(report.failing_execution, 5u);
}

TEST(JobsTest, TimeEndsASearchThatDoesNotEnd) {
  ExploreOptions options = With("random", UINT64_MAX, 2);
  options.budget = absl::Milliseconds(50);
  const Report report = Explore(test::KeepsUpdates, options);
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.capped);
  EXPECT_GE(report.executions, 1u);
}

TEST(JobsTest, AnInterruptedSearchReportsWhatItCovered) {
  const test::Interruptible interruptible;
  const pid_t parent = ::getpid();
  const auto program = [parent]() -> Task<> {
    if (CurrentScheduler()->execution().number == 70) ::kill(parent, SIGINT);
    co_await Yield();
  };
  const Report report = Explore(program, With("random", UINT64_MAX, 2));
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.interrupted);
  EXPECT_GE(report.executions, 71u);
}

TEST(JobsTest, AProgramThatIsNotDeterministicDiverges) {
  // It fails in workers only.
  const pid_t parent = ::getpid();
  const auto program = [parent]() -> Task<> {
    co_await Yield();
    FATE_CHECK(::getpid() == parent, "another process");
  };
  const Report report = Explore(program, With("random", 100, 2));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(report.outcome.message,
              AllOf(HasSubstr("your program is not deterministic"),
                    HasSubstr("the second time in another process, it ended as Passed"), HasSubstr("another process")));
}

TEST(JobsTest, DeterminismIsCheckedInTheWorkers) {
  const auto program = [calls = 0]() mutable {
    return [](int call) -> Task<> {
      if (call % 2 == 1) co_await Yield();
      co_await Yield();
    }(++calls);
  };
  ExploreOptions options = With("random", 100, 2);
  options.check_determinism = true;
  auto counting = program;
  const Report report = Explore(counting, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_EQ(report.failing_execution, 0u);
}

TEST(JobsTest, TheLastExecutionIsToldIfThatIsWanted) {
  ExploreOptions options = With("pct", 100, 1);
  options.trace = true;
  const Report alone = Explore(test::KeepsUpdates, options);
  EXPECT_NE(alone.story, "");
  options.jobs = 3;
  EXPECT_EQ(WithoutTime(Explore(test::KeepsUpdates, options)), WithoutTime(alone));
}

}  // namespace
}  // namespace fate::sim
