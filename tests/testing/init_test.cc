#include "fate/sim/testing/init.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using test::Ended;
using test::RunSelf;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(InitTest, AnUnknownFlagEndsTheProcessAndListsThem) {
  const Ended ended = RunSelf("--fate_sede=1");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("fate: there is no flag --fate_sede"), HasSubstr("--fate_seed=N")));
}

TEST(InitTest, ABadValueEndsTheProcess) {
  const Ended ended = RunSelf("--fate_budget=soon");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("fate: --fate_budget takes a duration"));
}

TEST(InitTest, ABadVariableEndsTheProcess) {
  const Ended ended = RunSelf("", "FATE_SEED=x");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("fate: the environment variable FATE_SEED: --fate_seed"));
}

TEST(InitTest, AMalformedScheduleEndsTheProcess) {
  const Ended ended = RunSelf("--fate_replay=fate1-operation-s1-n3");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("it is truncated: the checksum at its end is missing"));
}

TEST(InitTest, AnArgumentNobodyKnowsEndsTheProcess) {
  for (const char* argument : {"--verbose", "file.txt", "--gtest_filtre=a", "--fatality"}) {
    const Ended ended = RunSelf(argument);
    EXPECT_EQ(ended.exit_code, 2) << argument;
    EXPECT_THAT(ended.output, HasSubstr(std::string("unknown argument \"") + argument + "\"")) << argument;
  }
}

TEST(InitTest, HelpListsTheFlags) {
  const Ended ours = RunSelf("--fate_help");
  EXPECT_EQ(ours.exit_code, 0);
  EXPECT_THAT(ours.output, HasSubstr("--fate_replay=SCHEDULE"));
  EXPECT_THAT(RunSelf("--help").output, AllOf(HasSubstr("--gtest_filter"), HasSubstr("--fate_replay=SCHEDULE")));
}

TEST(InitTest, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(internal::ShellQuoted("./build/a_test"), "./build/a_test");
  EXPECT_EQ(internal::ShellQuoted("my tests/a_test"), "'my tests/a_test'");
  EXPECT_EQ(internal::ShellQuoted("it's"), "'it'\\''s'");
  EXPECT_EQ(internal::ShellQuoted("*"), "'*'");
  EXPECT_EQ(internal::ShellQuoted(""), "''");
}

}  // namespace
}  // namespace fate::sim
