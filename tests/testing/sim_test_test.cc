#include "fate/sim/testing/sim_test.h"

#include <string>

#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate {
namespace {

using sim::test::Ended;
using sim::test::ReplayLineOf;
using sim::test::RunCommand;
using sim::test::RunTest;
using sim::test::ScheduleOf;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// --- tests that fail, in a process of their own (failing_tests.cc) -----------------------------

TEST(SimTestTest, AFailureTellsOutcomeStoryAndReplayLine) {
  const Ended ended = RunTest("Failing.DISABLED_LosesAnUpdate");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output,
              AllOf(ContainsRegex("testing/failing_tests.cc:[0-9]+: Failure"),
                    ContainsRegex("AssertionFailed in execution [0-9]+ \\(strategy random, interleaving "
                                  "operation, seed 1\\)"),
                    HasSubstr("an update was lost"), HasSubstr("The interleaving, step by step"),
                    ContainsRegex("\nstep  main +first +second +at\n"),
                    ContainsRegex("[(]preempted[)] +Load cell 1 = 0 +testing/failing_tests.cc:[0-9]+\n"),
                    ContainsRegex(" Store cell 1 := 1 .* testing/failing_tests.cc:[0-9]+\n"),
                    ContainsRegex("\nIt happens only if the await at testing/failing_tests.cc:[0-9]+ suspends.\n"),
                    HasSubstr("\nThe nearest schedule that passes has one pair of steps the other way round:\n"),
                    HasSubstr("\nHow likely it was, by 20 random walks from each choice: "),
                    ContainsRegex("Replay it:\n  .* --gtest_filter=Failing.DISABLED_LosesAnUpdate "
                                  "--gtest_also_run_disabled_tests --fate_replay=fate1-operation-"),
                    ContainsRegex("Pin it, at the start of the test:\n  fate::sim::Replay\\(\"fate1-")));
}

TEST(SimTestTest, AFailureIsReportedOnce) {
  const Ended ended = RunTest("Failing.DISABLED_LosesAnUpdate");
  const size_t first = ended.output.find(": Failure\n");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(ended.output.find(": Failure\n", first + 1), std::string::npos) << ended.output;
}

TEST(SimTestTest, TheReplayLineReproducesTheFailure) {
  for (const char* test : {"LosesAnUpdate", "ExpectsInAHelper", "CoAsserts", "Deadlocks", "Throws"}) {
    const Ended found = RunTest(std::string("Failing.DISABLED_") + test);
    ASSERT_EQ(found.exit_code, 1) << found.output;
    const Ended again = RunCommand(ReplayLineOf(found.output));
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_THAT(again.output, HasSubstr("strategy replay"));
    EXPECT_EQ(ReplayLineOf(again.output), ReplayLineOf(found.output));
    // The same story.
    const auto story = [](const std::string& text) {
      const size_t begin = text.find(":\n", text.find("step by step"));
      return text.substr(begin, text.find("\n\n", begin) - begin);
    };
    EXPECT_EQ(story(again.output), story(found.output)) << test;
  }
}

TEST(SimTestTest, EachOutcomeIsNamed) {
  EXPECT_THAT(RunTest("Failing.DISABLED_Deadlocks").output,
              AllOf(HasSubstr("Deadlock in execution 1 "), HasSubstr("your program deadlocked"),
                    ContainsRegex("waits in Lock on Mutex 1 made at testing/failing_tests.cc:[0-9]+, held by")));
  EXPECT_THAT(RunTest("Failing.DISABLED_Throws").output,
              AllOf(HasSubstr("UncaughtException in execution 1 "), HasSubstr("no such file")));
}

TEST(SimTestTest, AnExpectationInAPlainHelperEndsTheExecutionAtTheNextSchedulingPoint) {
  const Ended ended = RunTest("Failing.DISABLED_ExpectsInAHelper");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("in a helper"), Not(HasSubstr("not reached"))));
}

TEST(SimTestTest, AFixtureWhoseSetUpFailsRunsNoBody) {
  const Ended ended = RunTest("BrokenFixture.DISABLED_IsNotRun");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("in SetUp"), Not(HasSubstr("not reached"))));
}

TEST(SimTestTest, AFailureInTearDownCounts) {
  const Ended ended = RunTest("BadEnd.DISABLED_FailsInTearDown");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("in TearDown"));
}

// --- crashes -----------------------------------------------------------------------------------

void ExpectCrashThatReplays(const std::string& test, const std::string& says) {
  const std::string name = "Failing.DISABLED_" + test;
  const Ended crashed = RunTest(name, "--fate_step_timeout=300ms");
  EXPECT_NE(crashed.exit_code, 0) << crashed.output;
  EXPECT_THAT(crashed.output, HasSubstr("fate: Crashed: your program " + says));
  const std::string schedule = ScheduleOf(crashed.output);
  ASSERT_NE(schedule, "") << crashed.output;
  const Ended again = RunCommand(ReplayLineOf(crashed.output) + " --fate_step_timeout=300ms");
  EXPECT_EQ(again.exit_code, crashed.exit_code);
  EXPECT_EQ(ScheduleOf(again.output), schedule);
}

TEST(SimTestTest, AnAbortPrintsAScheduleThatReplays) { ExpectCrashThatReplays("Aborts", "aborted"); }

TEST(SimTestTest, ABadAccessPrintsAScheduleThatReplays) {
  ExpectCrashThatReplays("AccessesBadMemory", "accessed memory it may not (SIGSEGV)");
}

TEST(SimTestTest, AStepWithoutEndPrintsAScheduleThatReplays) {
  ExpectCrashThatReplays("LoopsForEver", "did not reach a scheduling point within --fate_step_timeout");
}

// --- fixtures ----------------------------------------------------------------------------------

// Counts its lives; TearDownTestSuite sees them all.
class FixtureTest : public ::testing::Test {
 protected:
  FixtureTest() { ++constructed; }
  ~FixtureTest() override { ++destroyed; }
  void SetUp() override {
    ++set_up;
    value = 1;
  }
  void TearDown() override {
    ++torn_down;
    EXPECT_EQ(value, 3) << "all tasks have ended, and this is the execution's own fixture";
  }
  static void SetUpTestSuite() { ++suites; }
  static void TearDownTestSuite() {
    EXPECT_EQ(suites, 1);
    EXPECT_GE(constructed, 1);
    EXPECT_EQ(destroyed, constructed);
    EXPECT_EQ(set_up, constructed);
    EXPECT_EQ(torn_down, constructed);
    EXPECT_EQ(bodies, constructed) << "the fixture is made once an execution";
  }

  Task<> Add() {
    co_await Yield();
    ++value;
  }
  int value = 0;
  static inline int suites = 0, constructed = 0, destroyed = 0, set_up = 0, torn_down = 0, bodies = 0;
};

SIM_TEST_F(FixtureTest, EachExecutionHasItsOwn) {
  ++bodies;
  EXPECT_EQ(value, 1);
  JoinHandle<> first = co_await Spawn(Add());
  JoinHandle<> second = co_await Spawn(Add());
  co_await first.Join();
  co_await second.Join();
}

SIM_TEST_F(FixtureTest, TearDownWaitsForTheTasksOfTheProgram) {
  ++bodies;
  co_await Spawn(Add(), {.lifetime = Lifetime::kProgram});
  co_await Spawn(Add(), {.lifetime = Lifetime::kProgram});
}

// --- bodies and options ------------------------------------------------------------------------

SIM_TEST(SimTestBodies, MayAwaitNothing) { co_return; }

SIM_TEST(SimTestBodies, KnowWhetherTheyHaveFailed) {
  co_await Yield();
  EXPECT_FALSE(HasFailure());
  EXPECT_FALSE(HasFatalFailure());
  EXPECT_FALSE(HasNonfatalFailure());
}

SIM_TEST(SimTestBodies, RunUnderTheOptionsOfTheTest, [](ExploreOptions& options) {
  options.settings.interleaving = Interleaving::kFifo;
  options.strategy = "fifo";
}) {
  co_await Yield();
  EXPECT_EQ(sim::CurrentScheduler()->settings().interleaving, sim::Interleaving::kFifo);
}

TEST(SimTestBodies, MayShareASuiteWithPlainTests) { EXPECT_EQ(sim::CurrentScheduler(), nullptr); }

}  // namespace
}  // namespace fate
