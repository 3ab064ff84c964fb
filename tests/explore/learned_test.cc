// What the explorer learns of a failure and prints, as a whole: bounded, and byte for byte the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "fate/runtime/check.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/task/yield.h"
#include "tests/explore/programs.h"

namespace fate::sim {
namespace {

using test::Alone;
using test::KeepsUpdates;
using test::LosesAnUpdate;
using ::testing::HasSubstr;

// The whole of it, byte for byte, on every compiler.
TEST(LearnedTest, AFailureTellsItsStory) {
  ExploreOptions options;
  options.strategy = "depth_first";
  options.replay_command = "./counter_test";
  const Report report = Explore(LosesAnUpdate, options);
  EXPECT_EQ(report.ToText(),
            R"(AssertionFailed in execution 4 (strategy depth_first, interleaving operation, seed 1)
explore/programs.h:24: FATE_CHECK(counter.Peek() == 2) failed: an update was lost

The interleaving, step by step (1 preemption, 4 switches, 8 steps; found with 1, 4 and 8):
step  main          first              second             at
   1  Spawn first                                         explore/programs.h:20
   2  Spawn second                                        explore/programs.h:21
   3  (blocked)     Load cell 1 = 0                       explore/programs.h:15
   4                (preempted)        Load cell 1 = 0    explore/programs.h:15
   5                                   Store cell 1 := 1  explore/programs.h:16
   6  (woken)       Store cell 1 := 1  (ended)            explore/programs.h:16
   7  Join first    (ended)                               explore/programs.h:22
   8  Join second                                         explore/programs.h:23
 end  (fails)

It happens only if the await at explore/programs.h:16 suspends.
The nearest schedule that passes has one pair of steps the other way round:
  step 3, first Load cell 1 = 0 at explore/programs.h:15, came before step 5, second Store cell 1 :=
    1 at explore/programs.h:16
  fate1-operation-s1-n3-1t1/2-ca8d46415
How likely it was, by 20 random walks from each choice: 50% before step 2, 100% from step 5 on.

Replay it:
  ./counter_test --fate_replay=fate1-operation-s1-n4-2t1/2-c5f41947e
The same by name, for when the program has changed:
  --fate_replay=fate1n-operation-s1-t0.1:Load.1@1:Store.1=0.2-c6641b674
)");
}

TEST(LearnedTest, WhatIsLearnedIsAFunctionOfTheFailure) {
  EXPECT_EQ(Explore(LosesAnUpdate).ToText(), Explore(LosesAnUpdate).ToText());
}

TEST(LearnedTest, WhatIsLearnedCostsNoMoreThanItsBudget) {
  for (uint64_t budget : {0, 1, 7, 50, 400}) {
    uint64_t runs = 0;
    const auto program = [&runs](Roots& roots) {
      ++runs;
      roots.Add(LosesAnUpdate());
    };
    ExploreOptions options;
    options.story_executions = budget;
    const Report report = Explore(program, options);
    EXPECT_LE(report.facts.executions, budget);
    // The search, its replay, the shrinking, and the story twice: before it is learned from, and at the end.
    EXPECT_EQ(runs, report.executions + 1 + report.shrink_executions + report.facts.executions + 2);
    EXPECT_EQ(report.facts.setting.words.empty(), budget == 0);
  }
}

TEST(LearnedTest, OfAVeryLongFailureNothingMoreIsLearned) {
  const auto fails_late = []() -> Task<> {
    for (int i = 0; i < 100'001; ++i) co_await Yield();
    FATE_CHECK(false, "late");
  };
  const Report report = Explore(fails_late);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_EQ(report.facts.executions, 0u);
  EXPECT_THAT(report.story, HasSubstr("steps left out"));
}

TEST(LearnedTest, APassAndAReplayLearnNothing) {
  EXPECT_EQ(Explore(KeepsUpdates).facts.executions, 0u);
  ExploreOptions options;
  options.replay = Explore(LosesAnUpdate).schedule;
  const Report replayed = Explore(LosesAnUpdate, options);
  EXPECT_FALSE(replayed.passed());
  EXPECT_EQ(replayed.facts.executions, 0u);
  EXPECT_THAT(replayed.story, HasSubstr("(preempted)"));
}

TEST(LearnedTest, AProgramThatAsksToBeSkippedEndsTheSearchAtOnce) {
  uint64_t runs = 0;
  const auto program = [&runs]() -> Task<> {
    ++runs;
    co_await LosesAnUpdate();
  };
  const auto skipping = [&runs]() -> Task<> {
    ++runs;
    JoinHandle<> other = co_await Spawn(Alone());
    co_await Yield();
    CurrentScheduler()->Skip("not on this machine");
    co_await other.Join();
  };
  const Report skipped = Explore(skipping);
  EXPECT_TRUE(skipped.skipped);
  EXPECT_EQ(skipped.outcome.message, "not on this machine");
  EXPECT_EQ(skipped.executions, 1u);
  EXPECT_EQ(runs, 1u) << "neither replayed nor shrunk";
  EXPECT_FALSE(Explore(program).skipped);
}

// Where only what blocks ends a step, such a loop has no end: it is not run there.
TEST(LearnedTest, OfALoopThatSpinsNothingMoreIsLearned) {
  const auto program = []() -> Task<> {
    Atomic<int> flag{0};
    for (int seen = 0; seen == 0;) seen = co_await flag.Load();
  };
  ExploreOptions options;
  options.settings.max_steps = 2000;
  const Report report = Explore(program, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kStepLimit);
  EXPECT_EQ(report.facts.executions, 0u);
  EXPECT_NE(report.story, "");
}

}  // namespace
}  // namespace fate::sim
