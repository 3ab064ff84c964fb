// A test says the same, however many processes search.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using test::Ended;
using test::RunTest;

// Without `begin`, `end` and what is between them, wherever they are on one line.
std::string Without(std::string text, const std::string& begin, const std::string& end) {
  for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const size_t stop = text.find(end, at + begin.size());
    if (stop < text.find('\n', at)) text.erase(at, stop + end.size() - at);
  }
  return text;
}

// Without times and the number of processes.
std::string Same(const std::string& output) {
  return Without(Without(Without(output, "(", " ms"), " steps in ", "s ("), ", 2 jo", "bs");
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
                                         "BadEnd.DISABLED_FailsInTearDown", "Failing.DISABLED_PinsAStrangeSchedule",
                                         "Pinned.DISABLED_Broken", "Pinned.DISABLED_Fixed", "Pinned.DISABLED_Changed"));

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
  EXPECT_THAT(RunTest("Passing.DISABLED_KeepsUpdates", "--fate_jobs=2").output,
              testing::HasSubstr(", seed 1, 2 jobs)"));
}

}  // namespace
}  // namespace fate::sim
