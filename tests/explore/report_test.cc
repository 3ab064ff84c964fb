#include "fate/sim/explore/report.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/schedule.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Report Pass() {
  Report report;
  report.strategy = "random";
  report.seed = 7;
  report.executions = 1000;
  report.executions_asked = 1000;
  report.steps = 12'345;
  report.traces = 300;
  report.samples = 1000;
  report.unseen = 0.123;
  report.contested = true;
  report.elapsed = absl::Microseconds(2500);
  return report;
}

Report Failure() {
  Report report = Pass();
  report.outcome = {OutcomeKind::kAssertionFailed, "your program cannot count", Place::current()};
  report.executions = 17;
  report.failing_execution = 16;
  report.schedule = "fate1-operation-s1-n1-0t1/2-c0";
  report.story = ">     1  0  main  Yield\n";
  report.replay_line = "./program --fate_replay=" + report.schedule;
  report.trace_hash = 0xabc;
  return report;
}

TEST(ReportTest, APassSaysWhatItIsWorth) {
  EXPECT_EQ(Pass().ToText(),
            "Passed: 1000 executions, 12345 steps in 2.5ms (strategy random, interleaving "
            "operation, seed 7); 300 different traces, a further one is new with probability 0.12\n");
}

TEST(ReportTest, OfWhatThereIsOneItSpeaksInTheSingular) {
  Report report = Pass();
  report.executions = report.steps = report.traces = report.blocked = 1;
  report.executions_asked = 2;
  report.capped = true;
  EXPECT_EQ(
      report.ToText(),
      "Passed: 1 execution, 1 step in 2.5ms (strategy random, interleaving operation, seed 7); 1 different trace, a "
      "further one is new with probability 0.12; the time budget ended it 1 execution short of 2; splitting it cost 1 "
      "blocked run, not counted above\n");
}

TEST(ReportTest, ARunThatDoesNotComeBackIsNotSaidToReplay) {
  Report report = Failure();
  report.outcome.kind = OutcomeKind::kDiverged;
  EXPECT_THAT(report.ToText(), Not(HasSubstr("Replay it")));
  EXPECT_THAT(report.ToText(),
              HasSubstr("Its schedule, which need not bring the same run back:\n  " + report.replay_line));
}

TEST(ReportTest, APassThatSawEveryScheduleSaysSo) {
  Report report = Pass();
  report.exhausted = true;
  report.claim = "all schedules of this strategy were run";
  EXPECT_THAT(report.ToText(), HasSubstr("seed 7); all schedules of this strategy were run\n"));
}

TEST(ReportTest, ASystematicSearchSaysWhatIsLeft) {
  Report report = Pass();
  report.samples = 0;
  report.progress = 0.25;
  EXPECT_THAT(report.ToText(),
              HasSubstr("; 300 different traces; about 4e+03 executions in all, 0.0075 s left; 700 executions "
                        "repeated a trace\n"));
}

TEST(ReportTest, ASystematicSearchSaysWhatItMadeBesidesOneExecutionOfEachTrace) {
  Report report = Pass();
  report.samples = 0;
  report.executions = 300;
  EXPECT_THAT(report.ToText(), Not(HasSubstr("repeated")));
  report.executions = 310;
  report.again = 2;
  EXPECT_THAT(report.ToText(), HasSubstr("; 8 executions repeated a trace; our limit, 2 of the executions"));
  report.restarts = 1;
  report.before_restarts = 5;
  EXPECT_THAT(report.ToText(), HasSubstr("; 3 executions repeated a trace; the search began again once, with what it "
                                         "had learned of steps, and dropped 5 executions; "));
  report.restarts = 3;
  EXPECT_THAT(report.ToText(), HasSubstr("; the search began again 3 times, "));
  EXPECT_THAT(report.ToJson(), HasSubstr("\"restarts\": 3,\n  \"before_restarts\": 5,"));
  report.traces_exact = false;
  EXPECT_THAT(report.ToText(), Not(HasSubstr("repeated")));
  report.samples = 1;
  EXPECT_THAT(report.ToText(), Not(HasSubstr("began again")));
}

TEST(ReportTest, WhatCouldNotBeRememberedIsSaid) {
  Report report = Pass();
  report.traces_exact = false;
  EXPECT_THAT(report.ToText(), HasSubstr("; about 300 different traces, a further one"));
  EXPECT_THAT(report.ToJson(), HasSubstr("\"traces_exact\": false"));
  EXPECT_THAT(report.ToText(), Not(HasSubstr("again")));
  report.again = 12;
  const std::string said =
      "our limit, 12 of the executions were made again, since not all that a search has made can "
      "be remembered\n";
  EXPECT_THAT(report.ToText(), HasSubstr("; " + said));
  EXPECT_THAT(report.ToJson(), HasSubstr("\"again\": 12"));
  Report failure = Failure();
  failure.again = 12;
  EXPECT_THAT(failure.ToText(), HasSubstr("In this search " + said));
}

TEST(ReportTest, APassThatTimeCutShortSaysByHowMuch) {
  Report report = Pass();
  report.capped = true;
  report.executions = 400;
  EXPECT_THAT(report.ToText(), HasSubstr("; the time budget ended it 600 executions short of 1000"));
}

TEST(ReportTest, APassInWhichNothingWasEverReadyTogetherIsAWarning) {
  Report report = Pass();
  report.contested = false;
  EXPECT_THAT(report.ToText(), HasSubstr("; warning: no two tasks were ever ready together, so no "
                                         "interleaving was tested"));
}

TEST(ReportTest, AFailureSaysWhatWhereHowAndHowToSeeItAgain) {
  EXPECT_THAT(Failure().ToText(),
              AllOf(StartsWith("AssertionFailed in execution 17 (strategy random, interleaving operation, seed 7)\n"
                               "explore/report_test.cc:"),
                    HasSubstr(": your program cannot count\n\nThe interleaving, step by step:\n>     1  0  main"),
                    HasSubstr("\nReplay it:\n  ./program --fate_replay=fate1-operation-s1-n1-0t1/2-c0\n"),
                    Not(HasSubstr("Passed"))));
}

TEST(ReportTest, ACheckOfTheLibraryIsToldAtTheStepOfTheProgram) {
  Report report = Failure();
  report.outcome.step_place = Place::current();
  const std::string step = ToString(report.outcome.step_place);
  EXPECT_THAT(report.ToText(), HasSubstr(absl::StrCat("\n", step, ": your program cannot count\n  in the step that ",
                                                      "begins there; the check is at explore/report_test.cc:")));
  EXPECT_EQ(nlohmann::json::parse(report.ToJson())["place"], step);
}

TEST(ReportTest, BadOptionsAreNoExecution) {
  Report report;
  report.outcome = {OutcomeKind::kAssertionFailed, "there is no strategy \"luck\"\n", Place()};
  EXPECT_EQ(report.ToText(), "Nothing was run\nthere is no strategy \"luck\"\n");
}

TEST(ReportTest, APassThatWasToldHasItsStoryAndSchedule) {
  Report report = Failure();
  report.outcome = Outcome();
  EXPECT_THAT(report.ToText(), AllOf(StartsWith("Passed: "), HasSubstr("The last execution, step by step:\n>     1"),
                                     HasSubstr("--fate_replay=fate1-operation")));
}

TEST(ReportTest, JsonHoldsEveryField) {
  const nlohmann::json json = nlohmann::json::parse(Failure().ToJson());
  EXPECT_EQ(json["outcome"], "AssertionFailed");
  EXPECT_EQ(json["message"], "your program cannot count");
  EXPECT_THAT(json["place"].get<std::string>(), StartsWith("explore/report_test.cc:"));
  EXPECT_EQ(json["strategy"], "random");
  EXPECT_EQ(json["interleaving"], "operation");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["executions"], 17);
  EXPECT_EQ(json["executions_asked"], 1000);
  EXPECT_EQ(json["steps"], 12'345);
  EXPECT_EQ(json["exhausted"], false);
  EXPECT_EQ(json["capped"], false);
  EXPECT_EQ(json["contested"], true);
  EXPECT_EQ(json["seconds"], 0.0025);
  EXPECT_EQ(json["schedule"], "fate1-operation-s1-n1-0t1/2-c0");
  EXPECT_EQ(json["replay"], "./program --fate_replay=fate1-operation-s1-n1-0t1/2-c0");
  EXPECT_EQ(json["trace_hash"], "0000000000000abc");
  EXPECT_EQ(json["story"], ">     1  0  main  Yield\n");
}

TEST(ReportTest, WhatIsKnownOfAFailureIsInBothForms) {
  Report report = Failure();
  EXPECT_TRUE(nlohmann::json::parse(report.ToJson())["facts"].is_null());
  report.facts.executions = 60;
  report.facts.setting = {Interleaving::kLoop,   false, 12,
                          "fate1-loop-s1-n0-c0", "",    "needs another order of ready tasks"};
  report.facts.nearest = {"fate1-operation-s1-n0-c0", {{2, 4, false, "one"}, {2, 7, true, "two"}}, 8};
  report.facts.likelihood = {{0, 1, false, 20, 5}, {1, 2, true, 20, 20}};
  EXPECT_THAT(report.ToText(), HasSubstr("main  Yield\n\nIt needs another order of ready tasks.\n"));
  EXPECT_THAT(report.ToText(), HasSubstr("25% before step 2, 100% from step 3 on.\n\nReplay it:\n"));
  const nlohmann::json facts = nlohmann::json::parse(report.ToJson())["facts"];
  EXPECT_EQ(facts["executions"], 60);
  EXPECT_EQ(facts["setting"]["interleaving"], "loop");
  EXPECT_EQ(facts["setting"]["words"], "needs another order of ready tasks");
  EXPECT_EQ(facts["setting"]["certain"], false);
  EXPECT_EQ(facts["setting"]["executions"], 12);
  EXPECT_EQ(facts["setting"]["schedule"], "fate1-loop-s1-n0-c0");
  EXPECT_EQ(facts["nearest_pass"]["schedule"], "fate1-operation-s1-n0-c0");
  EXPECT_EQ(facts["nearest_pass"]["executions"], 8);
  EXPECT_EQ(facts["nearest_pass"]["reversed"][0]["earlier_step"], 3);
  EXPECT_EQ(facts["nearest_pass"]["reversed"][0]["later_step"], 5);
  EXPECT_TRUE(facts["nearest_pass"]["reversed"][1]["later_step"].is_null());
  EXPECT_EQ(facts["nearest_pass"]["reversed"][1]["words"], "two");
  EXPECT_EQ(facts["likelihood"][1]["choice"], 1);
  EXPECT_EQ(facts["likelihood"][1]["step"], 3);
  EXPECT_EQ(facts["likelihood"][1]["inside"], true);
  EXPECT_EQ(facts["likelihood"][1]["walks"], 20);
  EXPECT_EQ(facts["likelihood"][1]["failures"], 20);
}

// A replay is no search: nothing is said of what a search has seen.
TEST(ReportTest, AReplayThatPassesSaysSoWithItsOwnSeed) {
  ExploreOptions options;
  options.replay = Schedule{Interleaving::kFifo, 7, 0, {}}.ToText();
  const Report report = Explore([]() -> Task<> { co_await Yield(); }, options);
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_EQ(report.seed, 7u);
  EXPECT_GT(report.elapsed, absl::ZeroDuration());
  EXPECT_THAT(report.ToText(), HasSubstr("(strategy replay, interleaving fifo, seed 7)"));
  EXPECT_THAT(report.ToText(), Not(HasSubstr("trace")));
}

TEST(ReportTest, ASkipIsNeitherAPassNorAFailure) {
  Report report = Failure();
  report.skipped = true;
  report.outcome.message = "not on this machine";
  EXPECT_EQ(report.ToText(), "Skipped: not on this machine\n");
  EXPECT_EQ(nlohmann::json::parse(report.ToJson())["skipped"], true);
}

TEST(ReportTest, JsonSurvivesBytesThatAreNoText) {
  Report report = Failure();
  report.outcome.message = "quote \" newline \n and \xff\xfe";
  const nlohmann::json json = nlohmann::json::parse(report.ToJson());
  EXPECT_THAT(json["message"].get<std::string>(), StartsWith("quote \" newline \n and "));
}

}  // namespace
}  // namespace fate::sim
