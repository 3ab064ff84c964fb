// How tests of the simulator behave under GoogleTest's own flags.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using test::Ended;
using test::RunSelf;
using test::RunTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPasses[] = "Passing.DISABLED_KeepsUpdates";

std::string TakeFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::remove(path.c_str());
  return text.str();
}

std::string NewFile(const std::string& name) {
  return ::testing::TempDir() + name + "_" + std::to_string(getpid()) + ".json";
}

TEST(GoogleTestTest, ListingRunsNothingAndWritesNothing) {
  const std::string file = NewFile("fate_listing");
  const Ended ended = RunSelf("--gtest_list_tests --fate_report=json:" + file);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Passing.\n  DISABLED_KeepsUpdates\n"), Not(HasSubstr("Passed:"))));
  EXPECT_EQ(TakeFile(file), "");
}

TEST(GoogleTestTest, RepeatingExploresAgain) {
  const std::string file = NewFile("fate_repeating");
  const Ended ended = RunTest(kPasses, "--gtest_repeat=3 --fate_report=json:" + file);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(TakeFile(file))["tests"].size(), 3u);
}

TEST(GoogleTestTest, PropertiesSayWhatAPassIsWorth) {
  const std::string file = NewFile("gtest_properties");
  RunTest(kPasses, "--fate_executions=70 --gtest_output=json:" + file);
  const nlohmann::json output = nlohmann::json::parse(TakeFile(file));
  const nlohmann::json& test = output["testsuites"][0]["testsuite"][0];
  EXPECT_EQ(test["name"], "DISABLED_KeepsUpdates");
  EXPECT_EQ(test["fate_outcome"], "Passed");
  EXPECT_EQ(test["fate_executions"], "70");
  EXPECT_EQ(test["fate_executions_asked"], "70");
  EXPECT_EQ(test["fate_capped"], "false");
  EXPECT_EQ(test["fate_contested"], "true");
  EXPECT_EQ(test["fate_seed"], "1");
  // Where an editor finds the test.
  EXPECT_THAT(test["file"].get<std::string>(), HasSubstr("failing_tests.cc"));
}

TEST(GoogleTestTest, ABriefRunIsSilentAboutOrdinaryPasses) {
  EXPECT_THAT(RunTest(kPasses, "--gtest_brief=1").output, Not(HasSubstr("Passed:")));
  EXPECT_THAT(RunTest(kPasses, "--gtest_brief=1 --fate_executions=1000000000 --fate_budget=10ms").output,
              HasSubstr("executions short of 1000000000"));
}

TEST(GoogleTestTest, AFailureIsOneFatalFailureForGoogleTest) {
  const Ended ended = RunTest("Failing.DISABLED_LosesAnUpdate", "--gtest_fail_fast");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("1 FAILED TEST"));
}

}  // namespace
}  // namespace fate::sim
