#include "fate/sim/testing/property.h"

#include <string>
#include <utility>
#include <vector>

#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using test::Ended;
using test::RunTest;

Task<> Increment(Atomic<int>& counter, bool at_once) {
  if (at_once) {
    co_await counter.FetchAdd(1);
    co_return;
  }
  int before = co_await counter.Load();
  co_await counter.Store(before + 1);
}

Task<> IncrementAll(Atomic<int>& counter, size_t tasks, bool at_once) {
  std::vector<Task<>> all;
  for (size_t i = 0; i < tasks; ++i) all.push_back(Increment(counter, at_once));
  co_await WhenAll(std::move(all));
}

SIM_PROPERTY(Properties, CountsWhatWasAddedAtOnce, (std::vector<bool> tasks),
             [](PropertyOptions& options) { options.executions = 5; }) {
  Atomic<int> counter;
  co_await IncrementAll(counter, tasks.size(), true);
  CO_ASSERT_EQ(counter.Peek(), static_cast<int>(tasks.size()));
}

SIM_PROPERTY(Properties, DISABLED_LosesAnUpdate, (std::vector<bool> tasks)) {
  Atomic<int> counter;
  co_await IncrementAll(counter, tasks.size(), false);
  EXPECT_EQ(counter.Peek(), static_cast<int>(tasks.size())) << "an update was lost";
}

SIM_PROPERTY(Properties, DISABLED_Draws, (int n)) {
  co_await Yield();
  RC_ASSERT(n != *rc::gen::just(n) + 1);
}

SIM_PROPERTY(Properties, DISABLED_Skips, ([[maybe_unused]] int n)) {
  co_await Yield();
  CO_SKIP() << "not on this machine";
}

const char kLoses[] = "Properties.DISABLED_LosesAnUpdate";

TEST(PropertyTest, AFailingExpectationIsShrunkToTwoTasksAndPrintsItsArguments) {
  const Ended ended = RunTest(kLoses, "--fate_seed=1");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("an update was lost"));
  EXPECT_THAT(ended.output, HasSubstr("[false, false]"));
  EXPECT_THAT(ended.output, Not(HasSubstr("[false, false, false]")));
}

TEST(PropertyTest, TheSameSeedPrintsTheSameFailure) {
  const Ended first = RunTest(kLoses, "--fate_seed=3 --gtest_print_time=0");
  EXPECT_EQ(first.output, RunTest(kLoses, "--fate_seed=3 --gtest_print_time=0").output);
}

TEST(PropertyTest, TheReplayLineBringsArgumentsAndScheduleBack) {
  const Ended ended = RunTest(kLoses, "--fate_seed=2");
  const std::string line = test::ReplayLineOf(ended.output);
  ASSERT_THAT(line, HasSubstr("RC_PARAMS="));
  const Ended again = test::RunCommand(line);
  EXPECT_EQ(again.exit_code, 1) << line;
  EXPECT_THAT(again.output, HasSubstr("an update was lost"));
  EXPECT_THAT(again.output, HasSubstr("[false, false]"));
}

TEST(PropertyTest, DrawingInsideTheCoroutineIsMisuse) {
  const Ended ended = RunTest("Properties.DISABLED_Draws");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("your program"));
}

TEST(PropertyTest, ASkipSkipsTheTest) {
  const Ended ended = RunTest("Properties.DISABLED_Skips");
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, HasSubstr("not on this machine"));
}

}  // namespace
}  // namespace fate::sim
