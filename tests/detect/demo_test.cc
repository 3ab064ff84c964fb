// The demo as a user runs it: what it prints, and what it says to bad arguments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/base/samples.h"

namespace fate::demo {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Ended {
  int exit_code;
  std::string output;  // stdout, or with all of stderr if it was asked for
};

Ended RunDemo(const std::string& arguments) {
  const char* demo = std::getenv("FATE_DEMO");
  if (demo == nullptr) {
    ADD_FAILURE() << "the build sets FATE_DEMO to the path of fate_demo";
    return {-1, ""};
  }
  const std::string command = std::string(demo) + " " + arguments;
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

// The schedule that it prints for a bug.
std::string PrintedSchedule(const std::string& output, const std::string& row) {
  const std::string before = "tools/demo --bug=" + row + " --fate_replay=";
  const size_t start = output.find(before) + before.size();
  return output.substr(start, output.find('\n', start) - start);
}

// The program is refused, with a message that holds `what`.
void ExpectRefused(const std::string& arguments, const std::string& what) {
  const Ended ended = RunDemo(arguments + " 2>&1");
  EXPECT_NE(ended.exit_code, 0) << arguments;
  EXPECT_THAT(ended.output, HasSubstr(what)) << arguments;
}

// Words are a function of the seed: the same on every compiler, and on both runtimes.
TEST(DemoTest, ASeedPrintsTheSameWordsEverywhere) {
  const Ended ended = RunDemo("--runtime=sim --seed=1 --for=10s 2>/dev/null");
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.output,
            "SEMI\nOAK\nCOUPE\nCYPRESS\nCOUPE\nALDER\nCOMBI\nOAK\nSEMI\nCYPRESS\n"
            "COUPE\nCATALPA\nROADSTER\nCATALPA\nTRUCK\nCATALPA\nROADSTER\nWALNUT\nCOMBI\nCATALPA\n");
}

TEST(DemoTest, AnotherSeedPrintsOtherWords) {
  EXPECT_NE(RunDemo("--seed=2 2>/dev/null").output, RunDemo("--seed=1 2>/dev/null").output);
}

TEST(DemoTest, LibuvPrintsTheWordsOfTheSimulator) {
  const Ended ended = RunDemo("--runtime=uv --seed=1 --for=1ms 2>/dev/null");
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.output, "SEMI\n");
}

// In one test, so that the whole demo runs once: it prints the schedule.
TEST(DemoTest, WithoutArgumentsItFindsAllSixAndPrintsCommandsThatReplayThem) {
  if (sim::test::kSanitized) GTEST_SKIP() << "bugs_test explores the same programs";
  const Ended whole = RunDemo("");
  EXPECT_EQ(whole.exit_code, 0);
  EXPECT_THAT(whole.output, AllOf(HasSubstr("20 lines, the same in both runs"), HasSubstr("All six were found")));

  const std::string schedule = PrintedSchedule(whole.output, "B03");
  const Ended replayed = RunDemo("--bug=B03 --fate_replay=" + schedule);
  EXPECT_EQ(replayed.exit_code, 0);
  EXPECT_THAT(replayed.output, HasSubstr("B03, buggy: AssertionFailed"));

  const Ended of_another = RunDemo("--bug=B58 --fate_replay=" + schedule);
  EXPECT_EQ(of_another.exit_code, 1);
  EXPECT_THAT(of_another.output, HasSubstr("B58, buggy: Diverged"));
}

TEST(DemoTest, BadArgumentsAreNamed) {
  ExpectRefused("--tempo=fast", "tempo");
  ExpectRefused("fast", "what is \"fast\"?");
  ExpectRefused("--runtime=windows", "the runtimes are sim and uv");
  ExpectRefused("--seed=many", "many");
  ExpectRefused("--for=ever", "ever");
  ExpectRefused("--for=-1s", "--for needs a time");
  ExpectRefused("--for=inf", "--for needs a time");
  ExpectRefused("--bug=B99 --fate_replay=fate1", "--fate_replay:");
  ExpectRefused("--bug=B03", "--bug needs the schedule");
  ExpectRefused("--fate_replay=fate1", "--bug=B03");
  ExpectRefused("--bug=B03 --variant=new --fate_replay=x", "the variants are buggy and fixed");
  ExpectRefused("--bug=B03 --fate_replay=hello", "--fate_replay: ");
}

}  // namespace
}  // namespace fate::demo
