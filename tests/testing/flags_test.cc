#include "fate/sim/testing/flags.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fate/sim/core/named_schedule.h"
#include "fate/sim/core/schedule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& flag) {
  Flags flags;
  std::vector<std::string> arguments = {flag};
  return std::string(flags.Parse(arguments).message());
}

ExploreOptions OptionsOf(std::vector<std::string> arguments) {
  Flags flags;
  absl::Status status = flags.Parse(arguments);
  EXPECT_TRUE(status.ok()) << status;
  ExploreOptions options;
  flags.ApplyTo(options);
  return options;
}

absl::Status FromEnvironment(Flags& flags, const std::map<std::string, std::string>& variables) {
  return flags.ParseEnvironment([&](const char* name) {
    auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  });
}

TEST(FlagsTest, EachFlagSetsItsOption) {
  const std::string schedule = Schedule().ToText();
  const ExploreOptions options =
      OptionsOf({"--fate_seed=0x2a", "--fate_strategy=depth_first", "--fate_executions=77", "--fate_budget=1500ms",
                 "--fate_interleaving=loop", "--fate_replay=" + schedule, "--fate_trace", "--fate_step_timeout=3s",
                 "--fate_jobs=4", "--fate_shrink=5", "--fate_story=0", "--fate_audit=7"});
  EXPECT_EQ(options.seed, 42u);
  EXPECT_EQ(options.strategy, "depth_first");
  EXPECT_EQ(options.executions, 77u);
  EXPECT_EQ(options.jobs, 4u);
  EXPECT_EQ(options.budget, absl::Milliseconds(1500));
  EXPECT_EQ(options.settings.interleaving, Interleaving::kLoop);
  EXPECT_EQ(options.replay, schedule);
  EXPECT_EQ(options.shrink_executions, 5u);
  EXPECT_EQ(options.story_executions, 0u);
  EXPECT_EQ(options.audit_executions, 7u);
  EXPECT_TRUE(options.trace);
  EXPECT_EQ(options.step_timeout, absl::Seconds(3));
}

TEST(FlagsTest, WhatIsNotGivenStaysAsTheTestWantsIt) {
  Flags flags;
  ExploreOptions options;
  options.seed = 5;
  options.executions = 6;
  options.trace = true;
  flags.ApplyTo(options);
  EXPECT_EQ(options.seed, 5u);
  EXPECT_EQ(options.executions, 6u);
  EXPECT_TRUE(options.trace);
}

TEST(FlagsTest, TakesItsOwnArgumentsAndLeavesTheOthers) {
  Flags flags;
  std::vector<std::string> arguments = {"--gtest_filter=A.*", "--fate_seed=1", "file", "--fatality"};
  EXPECT_TRUE(flags.Parse(arguments).ok());
  EXPECT_THAT(arguments, ElementsAre("--gtest_filter=A.*", "file", "--fatality"));
}

TEST(FlagsTest, AFlagThatDoesNotExistIsAnErrorThatListsThem) {
  EXPECT_THAT(ErrorOf("--fate_sede=1"), AllOf(HasSubstr("there is no flag --fate_sede"), HasSubstr("--fate_seed=N"),
                                              HasSubstr("--fate_step_timeout=DURATION")));
  EXPECT_THAT(ErrorOf("--fate_"), HasSubstr("there is no flag --fate_"));
}

TEST(FlagsTest, ABadValueSaysWhatTheFlagTakes) {
  EXPECT_EQ(ErrorOf("--fate_seed=x"), "--fate_seed takes a number from 0, not \"x\"");
  EXPECT_EQ(ErrorOf("--fate_seed=-1"), "--fate_seed takes a number from 0, not \"-1\"");
  EXPECT_EQ(ErrorOf("--fate_seed="), "--fate_seed takes a number from 0, not \"\"");
  EXPECT_EQ(ErrorOf("--fate_executions=0"), "--fate_executions takes a number from 1, not \"0\"");
  EXPECT_EQ(ErrorOf("--fate_executions=99999999999999999999"),
            "--fate_executions takes a number from 1, not \"99999999999999999999\"");
  EXPECT_EQ(ErrorOf("--fate_budget=10"), "--fate_budget takes a duration such as 500ms, 10s or 5m, not \"10\"");
  EXPECT_EQ(ErrorOf("--fate_budget=-1s"), "--fate_budget takes a duration such as 500ms, 10s or 5m, not \"-1s\"");
  EXPECT_EQ(ErrorOf("--fate_interleaving=thread"), "--fate_interleaving takes fifo, loop or operation, not \"thread\"");
  EXPECT_EQ(ErrorOf("--fate_trace=maybe"), "--fate_trace takes true or false, not \"maybe\"");
  EXPECT_EQ(ErrorOf("--fate_report=xml:a"), "--fate_report takes json:FILE, not \"xml:a\"");
  EXPECT_EQ(ErrorOf("--fate_report=json:"), "--fate_report takes json:FILE, not \"json:\"");
  EXPECT_THAT(ErrorOf("--fate_strategy=luck"),
              AllOf(HasSubstr("--fate_strategy takes one of portfolio, "), HasSubstr(", not \"luck\"")));
  EXPECT_THAT(ErrorOf("--fate_replay=fate2-x"),
              AllOf(HasSubstr("--fate_replay takes a schedule, not \"fate2-x\": "), HasSubstr("version 2")));
}

TEST(FlagsTest, AScheduleByNameIsOneToo) {
  const std::string schedule = NamedSchedule().ToText();
  EXPECT_EQ(OptionsOf({"--fate_replay=" + schedule}).replay, schedule);
  EXPECT_THAT(ErrorOf("--fate_replay=fate1n-x"), HasSubstr("not a schedule by name: "));
}

TEST(FlagsTest, TheCorpusIsAFile) {
  Flags flags;
  std::vector<std::string> arguments = {"--fate_corpus=a/b", "--fate_corpus_write"};
  ASSERT_TRUE(flags.Parse(arguments).ok());
  EXPECT_EQ(flags.corpus(), "a/b");
  EXPECT_TRUE(flags.corpus_write());
  EXPECT_EQ(ErrorOf("--fate_corpus="), "--fate_corpus takes a file, not \"\"");
  EXPECT_FALSE(Flags().corpus_write());
}

TEST(FlagsTest, AFlagThatNeedsAValueSaysSo) {
  EXPECT_EQ(ErrorOf("--fate_seed"), "--fate_seed needs a value: --fate_seed=N");
  EXPECT_EQ(ErrorOf("--fate_report"), "--fate_report needs a value: --fate_report=json:FILE");
}

TEST(FlagsTest, EachIsAnEnvironmentVariableToo) {
  Flags flags;
  ASSERT_TRUE(FromEnvironment(flags, {{"FATE_SEED", "9"},
                                      {"FATE_STRATEGY", "fifo"},
                                      {"FATE_STEP_TIMEOUT", "1s"},
                                      {"FATE_REPORT", "json:out/"},
                                      {"FATE_EXECUTIONS", ""},
                                      {"FATE_OTHER", "x"}})
                  .ok());
  ExploreOptions options;
  flags.ApplyTo(options);
  EXPECT_EQ(options.seed, 9u);
  EXPECT_EQ(options.strategy, "fifo");
  EXPECT_EQ(options.step_timeout, absl::Seconds(1));
  EXPECT_EQ(options.executions, 1000u) << "an empty variable is none";
  EXPECT_EQ(flags.report_file(), "out/");
}

TEST(FlagsTest, TheCommandLineWinsOverTheEnvironment) {
  Flags flags;
  ASSERT_TRUE(FromEnvironment(flags, {{"FATE_SEED", "9"}, {"FATE_EXECUTIONS", "8"}}).ok());
  std::vector<std::string> arguments = {"--fate_seed=1"};
  ASSERT_TRUE(flags.Parse(arguments).ok());
  ExploreOptions options;
  flags.ApplyTo(options);
  EXPECT_EQ(options.seed, 1u);
  EXPECT_EQ(options.executions, 8u);
}

TEST(FlagsTest, ABadVariableIsNamed) {
  Flags flags;
  EXPECT_EQ(std::string(FromEnvironment(flags, {{"FATE_BUDGET", "soon"}}).message()),
            "the environment variable FATE_BUDGET: --fate_budget takes a duration such as 500ms, 10s or 5m, not "
            "\"soon\"");
}

TEST(FlagsTest, HelpNamesThemAll) {
  for (const char* name : {"seed", "strategy", "executions", "budget", "interleaving", "replay", "trace", "report",
                           "step_timeout", "help"}) {
    EXPECT_THAT(Flags::Help(), HasSubstr(std::string("--fate_") + name));
  }
  Flags flags;
  std::vector<std::string> arguments = {"--fate_help"};
  EXPECT_FALSE(flags.help());
  ASSERT_TRUE(flags.Parse(arguments).ok());
  EXPECT_TRUE(flags.help());
}

}  // namespace
}  // namespace fate::sim
