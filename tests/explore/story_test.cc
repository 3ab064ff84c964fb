#include "fate/sim/explore/story.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/describe.h"
#include "fate/sim/explore/story_words.h"
#include "fate/sim/strategies/replay.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim::story_test {
namespace {

using test::ProgramOf;
using test::RunQuietly;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

struct Program {
  Mutex mutex;
  Shared<int> count{0};
  Task<> Child() {
    MutexGuard guard = co_await mutex.Lock();
    count.Write(count.Read() + 1);
    co_await Sleep(absl::Milliseconds(3));
  }
  Task<> Main() {
    JoinHandle<> named = co_await Spawn(Child(), {.name = "writer"});
    JoinHandle<> nameless = co_await Spawn(Child());
    co_await named.Join();
    co_await nameless.Join();
  }
};

// The quiet run, with its footprints.
Execution Told() {
  Scheduler scheduler;
  Schedule quiet;
  quiet.choices = RunQuietly(ProgramOf<Program>()).choices.size();
  Replay replay(quiet);
  return scheduler.Run(ProgramOf<Program>(), replay);
}

TEST(StoryTest, IsOneLineAStepWithTimeTaskOperationAndPlace) {
  const std::string story = TellStory(Told());
  const std::vector<std::string> lines = absl::StrSplit(story, '\n');
  const std::string place = "explore/story_test.cc:[0-9]+";
  // The second child is begun while the first sleeps, and stops at the lock.
  const char* const expected[] = {
      ">     1  0          main    Spawn                    ", "      2  0          main    Spawn                    ",
      ">     3  0          writer  Lock Mutex 1             ", "                              Read cell 2            ",
      "                              Write cell 2           ",
  };
  ASSERT_GE(lines.size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_THAT(lines[i], MatchesRegex(expected[i] + place)) << story;
  }
  EXPECT_THAT(story, AllOf(HasSubstr("3ms        writer  Sleep"), HasSubstr("main.2  Lock Mutex 1"),
                           HasSubstr("6ms        main.2  Sleep"), HasSubstr("main    Join")));
}

TEST(StoryTest, ATaskWithoutANameIsCalledByItsPath) {
  const Execution execution = Told();
  EXPECT_EQ(TaskName(execution.trace, 0), "main");
  EXPECT_EQ(TaskName(execution.trace, 1), "writer");
  EXPECT_EQ(TaskName(execution.trace, 2), "main.2");
  EXPECT_EQ(TaskName(execution.trace, Step::kTimerTask), "timer");
}

TEST(StoryTest, LeavesOutTheMiddleOfALongOne) {
  struct Long {
    Atomic<int> cell;
    Task<> Main() {
      for (int i = 0; i < 1000; ++i) co_await cell.Store(i);
    }
  };
  const std::string story = TellStory(RunQuietly(ProgramOf<Long>()), 10);
  EXPECT_THAT(story, HasSubstr("  ... 990 steps left out ...\n"));
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(story, '\n')), SizeIs(10 + 1 + 1));
  EXPECT_THAT(story, AllOf(HasSubstr("    5  "), HasSubstr("  996  "), HasSubstr(" 1000  ")));
  EXPECT_THAT(story, Not(HasSubstr("   6  ")));
}

TEST(StoryTest, NoStepsAreNoStory) { EXPECT_EQ(TellStory(Execution()), ""); }

// --- differences -----------------------------------------------------------------------------

TEST(StoryTest, EqualRunsDoNotDiffer) { EXPECT_EQ(FirstDifference(Told(), Told()), ""); }

TEST(StoryTest, TheFirstStepThatDiffersIsSaidWithBothSides) {
  const Execution first = Told();
  Execution second = first;
  second.trace.steps[2].kind = OpKind::kUnlock;
  EXPECT_THAT(FirstDifference(first, second),
              MatchesRegex("step 3 was first \"writer Lock Mutex 1 at .*\" and then \"writer "
                           "Unlock Mutex 1 at .*\""));
  second = first;
  second.trace.steps.pop_back();
  EXPECT_THAT(FirstDifference(first, second), HasSubstr("and then \"the end\""));
  second = first;
  second.trace.clock_moves[0].now_ns += 1;
  EXPECT_THAT(FirstDifference(first, second), HasSubstr("was first \"writer Sleep"));
}

TEST(StoryTest, AnotherEndIsADifference) {
  const Execution first = Told();
  Execution second = first;
  second.outcome = {OutcomeKind::kAssertionFailed, "five", Place()};
  EXPECT_EQ(FirstDifference(first, second),
            "the steps were the same, but it ended first as Passed () and then as AssertionFailed "
            "(five)");
  Execution third = second;
  third.outcome.message = "six";
  EXPECT_THAT(FirstDifference(second, third), HasSubstr("(five) and then as AssertionFailed (six)"));
}

// A message that quotes a pointer differs from run to run, and says nothing about the program.
TEST(StoryTest, AddressesInMessagesAreNoDifference) {
  const int on_stack = 0;
  Execution first;
  Execution second;
  first.outcome = {OutcomeKind::kAssertionFailed, absl::StrCat("at 0x", absl::Hex(&on_stack), "."), Place()};
  second.outcome = {OutcomeKind::kAssertionFailed, "at 0xdeadbeef.", Place()};
  EXPECT_EQ(FirstDifference(first, second), "");
  second.outcome.message = "at 0xdeadbeef!";
  EXPECT_NE(FirstDifference(first, second), "");
}

// Its way from the root may be as long as the execution.
struct SpawnsAChain {
  Task<> Link(int left) {
    if (left == 0) co_return;
    JoinHandle<> next = co_await Spawn(Link(left - 1));
    co_await next.Join();
  }
  Task<> Main() { co_await Link(10'000); }
};

TEST(StoryTest, OfATaskFarDownTheLastOfItsWayIsNamed) {
  const Execution execution = RunQuietly(ProgramOf<SpawnsAChain>());
  EXPECT_EQ(TaskName(execution.trace, 7), "main.1.1.1.1.1.1.1");
  EXPECT_EQ(TaskName(execution.trace, 10'000), "...1.1.1.1.1.1.1.1");
  EXPECT_THAT(TellStory(execution), HasSubstr("...1.1.1.1.1.1.1.1 #150"));
}

}  // namespace
}  // namespace fate::sim::story_test
