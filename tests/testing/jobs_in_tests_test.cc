// A test says the same, however many processes search.
#include <regex>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using test::Ended;
using test::RunTest;

// Without times and the number of processes.
std::string Same(const std::string& output) {
  static const auto* times = new std::regex(R"re(\([0-9]+ ms( total)?\)| in [0-9.]+[mun]?s|, [0-9]+ jobs)re");
  return std::regex_replace(output, *times, "");
}

class JobsInTestsTest : public testing::TestWithParam<const char*> {};

TEST_P(JobsInTestsTest, ATestSaysTheSame) {
  const Ended alone = RunTest(GetParam());
  const Ended split = RunTest(GetParam(), "--fate_jobs=2");
  EXPECT_EQ(split.exit_code, alone.exit_code);
  EXPECT_EQ(Same(split.output), Same(alone.output));
}

INSTANTIATE_TEST_SUITE_P(Tests, JobsInTestsTest,
                         testing::Values("Passing.DISABLED_KeepsUpdates", "Passing.DISABLED_IsAlone",
                                         "Failing.DISABLED_LosesAnUpdate", "Failing.DISABLED_Skips",
                                         "Failing.DISABLED_Deadlocks", "Failing.DISABLED_Throws",
                                         "Failing.DISABLED_ExpectsInAHelper", "BrokenFixture.DISABLED_IsNotRun",
                                         "BadEnd.DISABLED_FailsInTearDown",
                                         "Failing.DISABLED_PinsAStrangeSchedule", "Pinned.DISABLED_Broken",
                                         "Pinned.DISABLED_Fixed", "Pinned.DISABLED_Changed"));

// One process would be gone, and the tests after it.
TEST(JobsInTestsTest, ACrashFailsItsTestAndTheNextTestIsRun) {
  for (const std::string crashing : {"Failing.DISABLED_Aborts", "Failing.DISABLED_AccessesBadMemory"}) {
    const Ended ended = RunTest("'" + crashing + ":Passing.DISABLED_KeepsUpdates'", "--fate_jobs=2");
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.output, testing::AllOf(testing::HasSubstr("Crashed in execution 1 ("),
                                             testing::HasSubstr("your program crashed: the worker process that ran it"),
                                             testing::HasSubstr(" --fate_replay=fate1-operation-"),
                                             testing::HasSubstr("OK ] Passing.DISABLED_KeepsUpdates")));
  }
}

TEST(JobsInTestsTest, APassNamesThem) {
  EXPECT_THAT(RunTest("Passing.DISABLED_KeepsUpdates", "--fate_jobs=2").output, testing::HasSubstr(", seed 1, 2 jobs)"));
}

}  // namespace
}  // namespace fate::sim
