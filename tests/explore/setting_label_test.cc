#include "fate/sim/explore/setting_label.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fate/runtime/random.h"
#include "fate/runtime/shared.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "tests/explore/failing_runs.h"
#include "tests/explore/programs.h"

namespace fate::sim::setting_label_test {
namespace {

using test::Failing;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

SettingLabel LabelOf(Task<> (*program)(), uint64_t executions_max = 100,
                     Interleaving interleaving = Interleaving::kOperation) {
  Failing failing([program](Roots& roots) { roots.Add(program()); }, 1, true, executions_max, interleaving);
  const SettingLabel label = FindSetting(*failing.reruns, failing.told);
  EXPECT_EQ(failing.scheduler.settings().interleaving, interleaving) << "left as it was";
  EXPECT_LE(failing.reruns->executions(), executions_max);
  EXPECT_EQ(label.executions, failing.reruns->executions());
  return label;
}

Task<> FailsAlways() {
  co_await Yield();
  FATE_CHECK(false, "your program fails always");
}

TEST(SettingLabelTest, WhatProductionDoesHappensThere) {
  const SettingLabel label = LabelOf(FailsAlways);
  EXPECT_EQ(label.weakest, Interleaving::kFifo);
  EXPECT_EQ(label.words, "happens on the production loop");
  EXPECT_THAT(label.schedule, StartsWith("fate1-fifo-"));
  EXPECT_EQ(label.executions, 1u);
}

// b has to be chosen before a, which is older.
Task<> FailsInAnotherOrder() {
  Shared<int> cell(0);
  const auto write = [&cell](int expected) -> Task<> {
    co_await Yield();
    FATE_CHECK(cell.Read() == expected, "your program relies on the order of its tasks");
    cell.Write(expected + 1);
  };
  JoinHandle<> a = co_await Spawn(write(0));
  JoinHandle<> b = co_await Spawn(write(1));
  co_await a.Join();
  co_await b.Join();
}

TEST(SettingLabelTest, WhatAnyLoopMayDoNeedsAnotherOrder) {
  const SettingLabel label = LabelOf(FailsInAnotherOrder);
  EXPECT_EQ(label.weakest, Interleaving::kLoop);
  EXPECT_EQ(label.words, "needs another order of ready tasks");
  EXPECT_THAT(label.schedule, StartsWith("fate1-loop-"));
  EXPECT_TRUE(label.certain);
}

TEST(SettingLabelTest, WhatNeedsAPreemptionNamesTheAwait) {
  const SettingLabel label = LabelOf(test::LosesAnUpdate);
  EXPECT_EQ(label.weakest, Interleaving::kOperation);
  EXPECT_EQ(label.words, "only if the await at explore/programs.h:16 suspends");
  EXPECT_EQ(label.schedule, "");
  EXPECT_TRUE(label.certain) << "all schedules of the others were run";
}

// Each of two tasks waits for what the other holds, or, on the production loop, the second for what nobody gives.
Task<> FailsOneWayOrAnother() {
  Mutex first, second;
  const auto takes = [](Mutex& one, Mutex& two) -> Task<> {
    MutexGuard a = co_await one.Lock();
    MutexGuard b = co_await two.Lock();
  };
  JoinHandle<> a = co_await Spawn(takes(first, second));
  JoinHandle<> b = co_await Spawn(takes(second, first));
  co_await a.Join();
  co_await b.Join();
  FATE_CHECK(false, "your program fails always");
}

TEST(SettingLabelTest, ThatItFailsThereInAnotherWayIsSaid) {
  const SettingLabel label = LabelOf(FailsOneWayOrAnother);
  EXPECT_EQ(label.weakest, Interleaving::kOperation);
  EXPECT_EQ(label.otherwise, "on the production loop the program fails in another way (AssertionFailed)");
  EXPECT_THAT(label.words, StartsWith("only if the await at "));
  EXPECT_THAT(label.words, HasSubstr(" suspends; " + label.otherwise));
}

TEST(SettingLabelTest, AFailureFoundUnderAWeakerSettingIsLabelledByThat) {
  EXPECT_EQ(LabelOf(FailsInAnotherOrder, 100, Interleaving::kLoop).words, "needs another order of ready tasks");
  const SettingLabel label = LabelOf(FailsAlways, 100, Interleaving::kFifo);
  EXPECT_EQ(label.words, "happens on the production loop");
  EXPECT_EQ(label.executions, 0u) << "there is nothing weaker";
}

// Too many orders to be run: it may happen in one of them.
Task<> LosesAnUpdateAmongMany() {
  std::vector<JoinHandle<>> others;
  for (int i = 0; i < 6; ++i) others.push_back(co_await Spawn(test::Alone()));
  co_await test::LosesAnUpdate();
  for (JoinHandle<>& other : others) co_await other.Join();
}

TEST(SettingLabelTest, ASearchThatDidNotEndSaysHowFarItLooked) {
  const SettingLabel label = LabelOf(LosesAnUpdateAmongMany, 40);
  EXPECT_FALSE(label.certain);
  EXPECT_THAT(label.words,
              MatchesRegex("only if the await at explore/programs.h:16 suspends \\(not seen otherwise in [0-9]+ "
                           "executions\\)"));
}

}  // namespace
}  // namespace fate::sim::setting_label_test
