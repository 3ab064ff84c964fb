#include "fate/sim/testing/runner.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "fate/sim/core/schedule.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing/subprocess.h"

namespace fate {
namespace {

using sim::test::Ended;
using sim::test::RunTest;
using sim::test::ScheduleOf;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLoses[] = "Failing.DISABLED_LosesAnUpdate";
constexpr char kPasses[] = "Passing.DISABLED_KeepsUpdates";

// --- what a pass is worth ------------------------------------------------------------------------

TEST(RunnerTest, APassSaysWhatItIsWorth) {
  const Ended ended = RunTest(kPasses);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, ContainsRegex("\\[   fate   \\] Passed: 1000 executions, [0-9]+ steps in .* "
                                          "\\(strategy random, interleaving operation, seed 1\\); 2 different traces, "
                                          "a further one is new with probability 0\n"));
}

TEST(RunnerTest, APassWithoutConcurrencyWarns) {
  EXPECT_THAT(RunTest("Passing.DISABLED_IsAlone").output, HasSubstr("no two tasks were ever ready together"));
}

TEST(RunnerTest, ASearchThatTimeCutShortSaysByHowMuch) {
  EXPECT_THAT(RunTest(kPasses, "--fate_executions=1000000000 --fate_budget=20ms").output,
              ContainsRegex("the time budget ended it [0-9]+ executions short of 1000000000"));
}

TEST(RunnerTest, ASkipSkipsTheTest) {
  const Ended ended = RunTest("Failing.DISABLED_Skips");
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("[  SKIPPED ] 1 test"), HasSubstr("not on this machine"), Not(HasSubstr("not reached"))));
}

// --- flags and variables -------------------------------------------------------------------------

TEST(RunnerTest, FlagsReachTheSearch) {
  EXPECT_THAT(RunTest(kPasses, "--fate_strategy=depth_first --fate_seed=7").output,
              AllOf(HasSubstr("strategy depth_first"), HasSubstr("seed 7"),
                    HasSubstr("all schedules of this strategy were run")));
  EXPECT_THAT(RunTest(kPasses, "--fate_executions=17 --fate_interleaving=loop").output,
              AllOf(HasSubstr("Passed: 17 executions"), HasSubstr("interleaving loop")));
  EXPECT_THAT(RunTest(kPasses, "--fate_trace").output,
              AllOf(HasSubstr("The last execution, step by step:"), HasSubstr("FetchAdd cell 1")));
}

TEST(RunnerTest, ByDefaultTheSearchEndsWithAProofIfThereAreFewTraces) {
  EXPECT_THAT(RunTest(kPasses, "--fate_strategy=portfolio").output,
              AllOf(HasSubstr("Passed: "), HasSubstr("strategy portfolio"),
                    HasSubstr("proved: all 2 traces of the observed operations")));
}

TEST(RunnerTest, VariablesReachTheSearchAndTheCommandLineWins) {
  EXPECT_THAT(RunTest(kPasses, "", "FATE_EXECUTIONS=17 FATE_SEED=3").output,
              AllOf(HasSubstr("Passed: 17 executions"), HasSubstr("seed 3")));
  EXPECT_THAT(RunTest(kPasses, "--fate_seed=4", "FATE_SEED=3").output, HasSubstr("seed 4"));
}

TEST(RunnerTest, AScheduleReplaysThroughTheEnvironment) {
  const std::string schedule = ScheduleOf(RunTest(kLoses).output);
  const Ended again = RunTest(kLoses, "", "FATE_REPLAY=" + schedule);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, AllOf(HasSubstr("strategy replay"), HasSubstr("an update was lost")));
}

TEST(RunnerTest, AScheduleThatDoesNotFitIsNoPass) {
  const std::string schedule = ScheduleOf(RunTest(kLoses).output);
  const Ended ended = RunTest("Passing.DISABLED_IsAlone", "--fate_replay=" + schedule);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Diverged"), HasSubstr("the schedule does not fit the program")));
}

TEST(RunnerTest, AScheduleIsForOneTest) {
  const std::string schedule = ScheduleOf(RunTest(kLoses).output);
  const Ended ended = RunTest("'Passing.*'", "--fate_replay=" + schedule);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("follows the schedule of one test, and 2 tests are to be run"),
                                  HasSubstr("--gtest_filter=Passing.DISABLED_KeepsUpdates")));
}

// --- reports -------------------------------------------------------------------------------------

TEST(RunnerTest, TheReportFileHoldsEachTest) {
  const std::string file = ::testing::TempDir() + "fate_report_" + std::to_string(getpid()) + ".json";
  RunTest("'Passing.*:Failing.DISABLED_LosesAnUpdate:Failing.DISABLED_Skips'", "--fate_report=json:" + file);
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::remove(file.c_str());
  const nlohmann::json report = nlohmann::json::parse(text.str(), nullptr, false);
  ASSERT_FALSE(report.is_discarded()) << text.str();
  ASSERT_EQ(report["tests"].size(), 4u);
  std::map<std::string, nlohmann::json> tests;
  for (const nlohmann::json& test : report["tests"]) tests[test["test"].get<std::string>()] = test;
  EXPECT_EQ(tests[kPasses]["result"], "passed");
  EXPECT_EQ(tests[kPasses]["executions"], 1000);
  EXPECT_EQ(tests["Failing.DISABLED_Skips"]["result"], "skipped");
  EXPECT_THAT(tests["Failing.DISABLED_Skips"]["message"].get<std::string>(), HasSubstr("not on this machine"));
  const nlohmann::json& failed = tests[kLoses];
  EXPECT_EQ(failed["result"], "failed");
  EXPECT_EQ(failed["outcome"], "AssertionFailed");
  EXPECT_TRUE(sim::Schedule::Parse(failed["schedule"].get<std::string>()).ok());
  EXPECT_THAT(failed["story"].get<std::string>(), HasSubstr("Load cell"));
}

TEST(RunnerTest, AReportThatCannotBeWrittenEndsTheProcessAtOnce) {
  const Ended ended = RunTest(kPasses, "--fate_report=json:/no/such/directory/report.json");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("--fate_report cannot write /no/such/directory/report.json"));
}

// --- pinned schedules ----------------------------------------------------------------------------

SIM_TEST(RunnerPins, FollowAScheduleAndThenSearch) {
  // Of a program without choices; it is followed each time.
  Replay(sim::Schedule().ToText());
  co_await Yield();
}

TEST(RunnerTest, APinnedScheduleThatIsNoneFailsTheTest) {
  const Ended ended = RunTest("Failing.DISABLED_PinsAStrangeSchedule");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(ContainsRegex("The schedule pinned at testing/failing_tests.cc:[0-9]+ does "
                                                "not pass: replay is strict"),
                                  HasSubstr("the checksum does not fit")));
}

// --- ExploreInTest -------------------------------------------------------------------------------

class ByHand : public ::testing::TestWithParam<int> {};

TEST_P(ByHand, ExploresInsideAnOrdinaryTest) {
  int executions = 0;
  sim::ExploreInTest(
      [&](sim::Roots& roots) {
        ++executions;
        roots.Add([](int yields) -> Task<> {
          for (int i = 0; i < yields; ++i) co_await Yield();
        }(GetParam()));
      },
      [](sim::ExploreOptions& options) { options.executions = 5; });
  // A flag of the command line or the environment may say otherwise.
  EXPECT_GE(executions, 1);
}

INSTANTIATE_TEST_SUITE_P(Yields, ByHand, ::testing::Values(0, 1, 5));

}  // namespace
}  // namespace fate
