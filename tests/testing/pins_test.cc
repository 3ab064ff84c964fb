// Schedules pinned in the body of a test, which its failing runs have printed.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "fate/sim/testing/runner.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::pins_test {
namespace {

using sim::test::Ended;
using sim::test::ReplayLineOf;
using sim::test::RunCommand;
using sim::test::RunTest;
using sim::test::ScheduleOf;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// --- what is run in a process of its own -------------------------------------------------------

Task<> Increment(Atomic<int>& counter) {
  int before = co_await counter.Load();
  co_await counter.Store(before + 1);
}

Task<> AddAtOnce(Atomic<int>& counter) {
  co_await counter.FetchAdd(0);
  co_await counter.FetchAdd(1);
}

Task<> Twice(Atomic<int>& counter, Task<> (*add)(Atomic<int>&)) {
  JoinHandle<> first = co_await Spawn(add(counter));
  JoinHandle<> second = co_await Spawn(add(counter));
  co_await first.Join();
  co_await second.Join();
}

// The variables hold what a line of the test would: FATE_PINS is "fate1-... fate1-...".
std::string Pin(int number) {
  const char* pins = std::getenv("FATE_PINS");
  std::string rest = pins == nullptr ? "" : pins;
  for (int i = 0; i < number && !rest.empty(); ++i) {
    rest = rest.substr(std::min(rest.find(' '), rest.size() - 1) + 1);
  }
  return rest.substr(0, rest.find(' '));
}

SIM_TEST(Pinned, DISABLED_Broken) {
  for (int i = 0; !Pin(i).empty(); ++i) Replay(Pin(i));
  Atomic<int> counter;
  co_await Twice(counter, Increment);
  EXPECT_EQ(counter.Peek(), 2) << "an update was lost";
}

// The same steps, without the bug.
SIM_TEST(Pinned, DISABLED_Fixed) {
  for (int i = 0; !Pin(i).empty(); ++i) Replay(Pin(i));
  Atomic<int> counter;
  co_await Twice(counter, AddAtOnce);
  EXPECT_EQ(counter.Peek(), 2) << "an update was lost";
}

// One task more.
SIM_TEST(Pinned, DISABLED_Changed) {
  for (int i = 0; !Pin(i).empty(); ++i) Replay(Pin(i));
  Atomic<int> counter;
  JoinHandle<> third = co_await Spawn(AddAtOnce(counter));
  co_await Twice(counter, AddAtOnce);
  co_await third.Join();
}

// Runs it with these schedules pinned.
Ended RunPinned(const std::string& test, const std::string& pins, const std::string& arguments = "") {
  return RunTest("Pinned.DISABLED_" + test, arguments, "FATE_PINS='" + pins + "'");
}

std::string FailingSchedule(const std::string& seed) {
  return ScheduleOf(RunTest("Pinned.DISABLED_Broken", "--fate_seed=" + seed).output);
}

// --- the contract ------------------------------------------------------------------------------

TEST(PinsTest, APinnedScheduleThatStillFailsFailsTheTestBeforeAnySearch) {
  const std::string schedule = FailingSchedule("1");
  // A quiet search would pass.
  EXPECT_EQ(RunPinned("Broken", "", "--fate_strategy=fifo").exit_code, 0);
  const Ended ended = RunPinned("Broken", schedule, "--fate_strategy=fifo");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(ContainsRegex("The schedule pinned at testing/pins_test.cc:[0-9]+ does not pass"),
                                  HasSubstr("AssertionFailed in execution 1 (strategy replay"),
                                  HasSubstr("an update was lost"), HasSubstr("step by step")));
  EXPECT_EQ(ScheduleOf(ended.output), schedule);
}

TEST(PinsTest, TheReplayLineOfAPinnedScheduleWorks) {
  const Ended ended = RunPinned("Broken", FailingSchedule("1"));
  const Ended again = RunCommand(ReplayLineOf(ended.output));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, AllOf(HasSubstr("an update was lost"), Not(HasSubstr("pinned at"))));
}

TEST(PinsTest, APinnedScheduleThatPassesIsFollowedByTheWholeSearch) {
  const Ended ended = RunPinned("Fixed", FailingSchedule("1"));
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("Passed: 1000 executions, 8000 steps"));
  // The search is the same as without pins.
  const auto search = [](const std::string& text) {
    const size_t begin = text.find("Passed: ");
    return text.substr(begin, text.find(" steps", begin) - begin);
  };
  EXPECT_EQ(search(ended.output), search(RunPinned("Fixed", "").output));
}

TEST(PinsTest, EachOfSeveralPinnedSchedulesIsFollowed) {
  const std::string schedule = FailingSchedule("1");
  const std::string other = FailingSchedule("2");
  ASSERT_NE(schedule, other);
  EXPECT_EQ(RunPinned("Fixed", schedule + " " + other).exit_code, 0);
  EXPECT_EQ(RunPinned("Fixed", schedule + " " + schedule).exit_code, 0);
  const std::string malformed = schedule.substr(0, schedule.size() - 1);
  const Ended ended = RunPinned("Fixed", schedule + " " + other + " " + malformed);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Nothing was run\n"), HasSubstr("not a schedule")));
}

TEST(PinsTest, APinnedScheduleThatNoLongerFitsFailsTheTest) {
  const Ended ended = RunPinned("Changed", FailingSchedule("1"));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("does not pass: replay is strict"), HasSubstr("Diverged"),
                                  HasSubstr("the schedule does not fit the program: at choice")));
}

TEST(PinsTest, TheScheduleOfTheCommandLineIsFollowedAlone) {
  const Ended ended = RunPinned("Fixed", FailingSchedule("1"), "--fate_replay=" + FailingSchedule("2"));
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("Passed: 1 execution, "));
}

TEST(PinsTest, OneByNameIsFollowedAsFarAsItFits) {
  const std::string output = RunTest("Pinned.DISABLED_Broken", "--fate_seed=1").output;
  const size_t begin = output.find("fate1n-");
  ASSERT_NE(begin, std::string::npos) << output;
  const std::string named = output.substr(begin, output.find('\n', begin) - begin);
  const Ended broken = RunPinned("Broken", named, "--fate_strategy=fifo");
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.output,
              AllOf(ContainsRegex("The schedule pinned at testing/pins_test.cc:[0-9]+ does not pass.\n"),
                    HasSubstr("The old schedule: followed 1 of 1 deviation; it fails again, as it is.")));
  // It fits no more, and nothing near it fails: that is no pass.
  const Ended changed = RunPinned("Changed", named);
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_THAT(changed.output,
              AllOf(HasSubstr("Diverged"), HasSubstr("that is no pass"), HasSubstr("followed 0 of 1 deviation")));
}

TEST(PinsDeathTest, ReplayOutsideATestIsMisuse) {
  EXPECT_DEATH(sim::Replay("fate1-operation-s0-n0-c0"), "your program called Replay outside a SIM_TEST");
}

}  // namespace
}  // namespace fate::pins_test
