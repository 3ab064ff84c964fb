#include "fate/sim/testing/property.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim::property_test {
namespace {

using test::Ended;
using test::RunTest;
using ::testing::HasSubstr;
using ::testing::Not;

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

// The variables hold what the line of a property would.
const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As many steps, broken or not.
Task<> IncrementSlowly(Atomic<int>& counter, bool broken) {
  int before = co_await counter.Load();
  if (broken) {
    co_await counter.Store(before + 1);
  } else {
    co_await counter.FetchAdd(1);
  }
}

SIM_PROPERTY(Properties, DISABLED_Pinned, (std::vector<bool> tasks)) {
  const std::string arguments = Variable("FATE_PINNED_ARGUMENTS");
  if (!arguments.empty()) Replay(arguments, Variable("FATE_PINNED_SCHEDULE"));
  Atomic<int> counter;
  std::vector<Task<>> all;
  for (size_t i = 0; i < tasks.size(); ++i) {
    all.push_back(IncrementSlowly(counter, Variable("FATE_PINNED_BROKEN")[0] != 0));
  }
  co_await WhenAll(std::move(all));
  EXPECT_EQ(counter.Peek(), static_cast<int>(tasks.size())) << "an update was lost";
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

// What stands between two marks.
std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t at = text.find(begin);
  if (at == std::string::npos) return "";
  return text.substr(at + begin.size(), text.find(end, at + begin.size()) - at - begin.size());
}

const char kPinned[] = "Properties.DISABLED_Pinned";
const char kBroken[] = "FATE_PINNED_BROKEN=1 ";

// What the failure says to write into the body, as variables.
std::string PinOf(const Ended& ended) {
  const std::string pin = Between(ended.output, "fate::sim::Replay(", ");");
  return "FATE_PINNED_ARGUMENTS=" + Between(pin, "\"", "\"") + " FATE_PINNED_SCHEDULE=fate1-" +
         Between(pin, "fate1-", "\"") + " ";
}

TEST(PropertyTest, APinnedCaseIsRunBeforeTheSearchWithItsArguments) {
  const std::string pin = PinOf(RunTest(kPinned, "--fate_seed=1", kBroken));
  ASSERT_THAT(pin, HasSubstr("reproduce="));
  // A quiet search would pass.
  EXPECT_EQ(RunTest(kPinned, "--fate_strategy=fifo", kBroken).exit_code, 0);
  const Ended broken = RunTest(kPinned, "--fate_strategy=fifo", kBroken + pin);
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.output, HasSubstr("The case pinned at testing/property_test.cc:"));
  EXPECT_THAT(broken.output, HasSubstr("[false, false]"));
  const Ended mended = RunTest(kPinned, "--fate_executions=5", pin);
  EXPECT_EQ(mended.exit_code, 0) << mended.output;
  EXPECT_THAT(mended.output, HasSubstr("Passed: 100 cases"));
}

TEST(PropertyTest, APinWhoseArgumentsCannotBeReadFailsTheTest) {
  const Ended refused =
      RunTest(kPinned, "", "FATE_PINNED_ARGUMENTS=reproduce=x FATE_PINNED_SCHEDULE=fate1-operation-s0-n0-c0");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("The case pinned at testing/property_test.cc:"));
}

TEST(PropertyDeathTest, ReplayOutsideAPropertyIsMisuse) {
  EXPECT_DEATH(sim::Replay("reproduce=x", "fate1-operation-s0-n0-c0"),
               "your program called Replay\\(arguments, schedule\\) outside a property");
}

TEST(PropertyTest, AnOldCaseOfTheCorpusIsTriedFirst) {
  const std::string file = ::testing::TempDir() + "/fate_property_corpus_" + std::to_string(getpid());
  const std::string flag = "--fate_corpus=" + file;
  EXPECT_EQ(RunTest(kLoses, flag + " --fate_corpus_write").exit_code, 1);
  const Ended again = RunTest(kLoses, flag + " --fate_strategy=fifo");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("it fails again, as it is"));
  EXPECT_THAT(again.output, HasSubstr("[false, false]"));
  std::remove(file.c_str());
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
}  // namespace fate::sim::property_test
