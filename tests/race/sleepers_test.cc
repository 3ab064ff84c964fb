#include "fate/sim/race/sleepers.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

StepFootprint Store(uint32_t object) { return {object, OpKind::kStore, Mode::kChange, 0}; }

TEST(SleepersTest, WhoSleepsAgainFurtherOnIsKnownAtBothNodes) {
  Sleepers sleepers;
  sleepers.Sleep(2, 7, Store(1), 0);
  sleepers.Sleep(5, 7, Store(2), 0b100);
  sleepers.Sleep(6, 8, Store(3), 0);
  EXPECT_EQ(sleepers.next(7), Store(2));
  EXPECT_EQ(sleepers.NextOf(7, 6), Store(2));
  EXPECT_EQ(sleepers.NextOf(7, 5), Store(2));
  EXPECT_EQ(sleepers.NextOf(7, 4), Store(1));
  EXPECT_EQ(sleepers.NextOf(7, 2), Store(1));
  EXPECT_EQ(sleepers.MetOf(7, 5), 0b100u);
  EXPECT_EQ(sleepers.MetOf(7, 4), 0u);
  sleepers.Explore(7, 9);
  EXPECT_EQ(sleepers.explored(7), 9u);
  EXPECT_EQ(sleepers.ExploredOf(7, 5), 9u);
  EXPECT_EQ(sleepers.ExploredOf(7, 4), InsideChoices::kPlainOnly);
}

TEST(SleepersTest, LeavingANodeBringsBackWhatWasBefore) {
  Sleepers sleepers;
  sleepers.Sleep(2, 7, Store(1), 0b10);
  // One choice inside its step after the other.
  sleepers.Sleep(5, 7, Store(2), 0);
  sleepers.Sleep(5, 7, Store(3), 0);
  sleepers.Meet(7, 0b1000);
  EXPECT_EQ(sleepers.met(7), 0b1000u);
  sleepers.Leave(6);  // where nobody fell asleep
  EXPECT_EQ(sleepers.next(7), Store(3));
  sleepers.Leave(5);
  EXPECT_EQ(sleepers.next(7), Store(1));
  EXPECT_EQ(sleepers.met(7), 0b10u);
  EXPECT_EQ(sleepers.NextOf(7, 2), Store(1));
}

}  // namespace
}  // namespace fate::sim
