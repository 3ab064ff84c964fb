#include "fate/sim/race/wakeup_tree.h"

#include <vector>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

class WakeupTreeTest : public testing::Test {
 protected:
  static PlannedStep Write(uint32_t task, uint32_t object) {
    return {task, PlannedStep::kNoPartner, 0, 0, 0, {object, OpKind::kStore, Mode::kChange, 0}};
  }
  bool Insert(std::vector<PlannedStep> steps) {
    return tree_.Insert(first_, taken_, steps, steps.size()) == WakeupTree::Inserted::kAdded;
  }

  Footprints footprints_;
  WakeupTree tree_{footprints_};
  PlannedStep taken_{9, PlannedStep::kNoPartner, 0, 0, 0, {0, OpKind::kExternal, Mode::kEverything, 0}};
  WakeupTree::Branch first_ = WakeupTree::kNone;
};

TEST_F(WakeupTreeTest, AnEquivalentSequenceIsNotInsertedAgain) {
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 2)}));
  EXPECT_FALSE(Insert({Write(1, 2), Write(0, 1)}));
  EXPECT_EQ(tree_.size(), 2u);
}

TEST_F(WakeupTreeTest, AConflictMakesABranch) {
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 1)}));
  EXPECT_TRUE(Insert({Write(1, 1), Write(0, 1)}));
  EXPECT_EQ(tree_.task(first_), 0u);
  EXPECT_EQ(tree_.task(tree_.next(first_)), 1u);
}

TEST_F(WakeupTreeTest, GoesOnBelowACommonBeginning) {
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 2), Write(2, 2)}));
  EXPECT_TRUE(Insert({Write(0, 1), Write(2, 2), Write(1, 2)}));
  EXPECT_EQ(tree_.size(), 5u);
  EXPECT_EQ(tree_.next(first_), WakeupTree::kNone);
}

// It sleeps to the end of the leaf, and with it all that comes before it there.
TEST_F(WakeupTreeTest, ALeafThatIsInNobodysWayDoesNotStandForWhatIs) {
  EXPECT_TRUE(Insert({Write(0, 1)}));
  taken_ = Write(9, 2);
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 2)}));
  EXPECT_EQ(tree_.task(tree_.child(first_)), 1u);
  // Below this one it is awake.
  EXPECT_FALSE(Insert({Write(0, 1), Write(1, 2), Write(3, 2)}));
  // What is all there, too, is no more than the leaf, until something comes later that is in the way.
  taken_ = Write(9, 3);
  std::vector<PlannedStep> same = {Write(0, 1), Write(1, 2)};
  EXPECT_EQ(tree_.Insert(first_, taken_, same, same.size()), WakeupTree::Inserted::kBeside);
  // A step of its own task is another one.
  taken_ = Write(1, 3);
  EXPECT_FALSE(Insert({Write(0, 1), Write(1, 2), Write(3, 3)}));
}

TEST_F(WakeupTreeTest, WhatIsAddedWhereInsertingWouldPutItIsTheSame) {
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 2)}));
  const std::vector<PlannedStep> below = {Write(2, 2), Write(1, 2)};
  tree_.Add(first_, first_, tree_.child(first_), below);  // after its only branch
  EXPECT_EQ(tree_.size(), 4u);
  EXPECT_EQ(tree_.task(tree_.next(tree_.child(first_))), 2u);
  EXPECT_FALSE(Insert({Write(0, 1), Write(2, 2), Write(1, 2)}));
  const std::vector<PlannedStep> beside = {Write(3, 1)};
  tree_.Add(first_, WakeupTree::kNone, first_, beside, 0b10);
  EXPECT_EQ(tree_.task(tree_.next(first_)), 3u);
  EXPECT_EQ(tree_.awake(tree_.next(first_)), 0b10u);
  WakeupTree::Branch other = WakeupTree::kNone;  // of another node
  tree_.Add(other, WakeupTree::kNone, WakeupTree::kNone, beside);
  EXPECT_EQ(tree_.task(other), 3u);
}

TEST_F(WakeupTreeTest, WithAnotherPartnerItIsAnotherStep) {
  auto meet = [](uint32_t partner) -> PlannedStep {
    return {0, partner, 0, 1, 0, {1, OpKind::kSend, Mode::kChange, 0}};
  };
  EXPECT_TRUE(Insert({meet(1)}));
  EXPECT_TRUE(Insert({meet(2)}));
  EXPECT_FALSE(Insert({meet(1)}));
  // The partner must not have gone on before.
  EXPECT_TRUE(Insert({Write(1, 3), meet(1)}));
  EXPECT_EQ(tree_.partner(first_), 1u);
  EXPECT_EQ(tree_.size(), 4u);
}

TEST_F(WakeupTreeTest, WithSomethingElseChosenInsideItIsAnotherStep) {
  PlannedStep other = Write(0, 1);
  other.chosen = 1;
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 2)}));
  EXPECT_TRUE(Insert({other, Write(1, 2)}));
  EXPECT_FALSE(Insert({Write(1, 2), other}));
  EXPECT_EQ(tree_.chosen(tree_.next(first_)), 1u);
  // It costs no delay; another task does.
  other.chosen = 2;
  std::vector<PlannedStep> steps = {other};
  EXPECT_EQ(tree_.InsertWithin(0, first_, taken_, steps, 1), WakeupTree::Inserted::kAdded);
  steps = {Write(2, 1)};
  EXPECT_EQ(tree_.InsertWithin(2, first_, taken_, steps, 1), WakeupTree::Inserted::kTooFar);
}

TEST_F(WakeupTreeTest, ACopyHasAllAndGoesItsOwnWay) {
  EXPECT_TRUE(Insert({Write(0, 1), Write(1, 1)}));
  EXPECT_TRUE(Insert({Write(1, 1), Write(0, 1)}));
  WakeupTree::Branch copy = tree_.CopyAll(first_);
  EXPECT_EQ(tree_.size(), 8u);
  EXPECT_EQ(tree_.task(tree_.child(tree_.next(copy))), 0u);
  const WakeupTree::Branch below = tree_.child(tree_.next(copy));
  tree_.Unlink(copy, tree_.next(copy));
  tree_.FreeAll(below);
  EXPECT_EQ(tree_.next(copy), WakeupTree::kNone);
  tree_.FreeAll(copy);
  EXPECT_EQ(tree_.size(), 4u);
  EXPECT_EQ(tree_.task(tree_.next(first_)), 1u);
}

// A leaf that is independent of all stands for the rest: what follows it will be explored.
TEST_F(WakeupTreeTest, ALeafCoversWhatItIsIndependentOf) {
  EXPECT_TRUE(Insert({Write(0, 1)}));
  EXPECT_FALSE(Insert({Write(1, 2)}));
}

// What is covered by a step beside it, or by one that may not be there next time, is so for now.
TEST_F(WakeupTreeTest, WhatIsCoveredOnlyByWhatComesLaterIsSoForNow) {
  EXPECT_TRUE(Insert({Write(0, 1)}));
  const auto insert = [this](std::vector<PlannedStep> steps, size_t stable) {
    return tree_.Insert(first_, taken_, steps, stable);
  };
  EXPECT_EQ(insert({Write(0, 1), Write(1, 2)}, 1), WakeupTree::Inserted::kThere);
  EXPECT_EQ(insert({Write(1, 2), Write(0, 1)}, 1), WakeupTree::Inserted::kBeside);
  EXPECT_EQ(insert({Write(1, 2)}, 1), WakeupTree::Inserted::kBeside);
  EXPECT_EQ(insert({Write(1, 2), Write(2, 1), Write(0, 1)}, 1), WakeupTree::Inserted::kAdded);
}

TEST_F(WakeupTreeTest, ADoubtfulLeafDoesNot) {
  PlannedStep doubtful = Write(0, 1);
  doubtful.doubtful = true;
  EXPECT_TRUE(Insert({doubtful}));
  EXPECT_TRUE(Insert({Write(1, 2)}));
}

// If the doubtful one can be taken, its task has been explored when the other is; it must not sleep there.
TEST_F(WakeupTreeTest, WhatADoubtfulLeafWouldCoverKeepsItsTaskAwake) {
  PlannedStep doubtful = Write(0, 1);
  doubtful.doubtful = true;
  EXPECT_TRUE(Insert({doubtful}));
  EXPECT_TRUE(Insert({Write(1, 2), Write(2, 2)}));
  EXPECT_FALSE(Insert({Write(2, 2), Write(0, 1)}));  // the doubtful step is in it
  const WakeupTree::Branch second = tree_.next(first_);
  EXPECT_EQ(tree_.awake(first_), 0u);
  EXPECT_EQ(tree_.awake(second), 1u);
  EXPECT_EQ(tree_.awake(tree_.child(second)), 0u);
}

// It may be in nobody's way, and then its task must not sleep below its younger siblings.
TEST_F(WakeupTreeTest, AStartOfWhichNobodyKnowsWhatItDoesKeepsItsTaskAwakeBesideIt) {
  const PlannedStep anything{0, PlannedStep::kNoPartner, 0, 0, 0, {0, OpKind::kStart, Mode::kEverything, 0}};
  EXPECT_TRUE(Insert({anything}));
  EXPECT_TRUE(Insert({Write(1, 1), Write(0, 2)}));
  const WakeupTree::Branch second = tree_.next(first_);
  EXPECT_EQ(tree_.awake(second), 1u);
  EXPECT_TRUE(Insert({Write(2, 1), Write(1, 1)}));
  EXPECT_EQ(tree_.awake(tree_.next(second)), 1u);
  // What was taken may sleep through it.
  EXPECT_TRUE(tree_.LeavesAsleep(anything, Write(9, 7)));
}

// What it is held to be in the way of it may not be when it is made.
TEST_F(WakeupTreeTest, WhatMayDoLessThanItIsHeldToKeepsItsTaskAwakeBesideIt) {
  PlannedStep doubtful = Write(0, 1);
  doubtful.doubtful = true;
  EXPECT_TRUE(Insert({doubtful}));
  EXPECT_TRUE(Insert({Write(1, 1)}));
  EXPECT_EQ(tree_.awake(tree_.next(first_)), 1u);
  EXPECT_TRUE(WakeupTree::MayDoLess(doubtful));
  // A meeting that was not seen, and a select that took another branch.
  const auto other = [](OpKind kind) {
    return PlannedStep{0, PlannedStep::kNoPartner, 0, 0, 0, {0, kind, Mode::kNone, 0}};
  };
  EXPECT_TRUE(WakeupTree::MayDoLess(other(OpKind::kSend)));
  EXPECT_TRUE(WakeupTree::MayDoLess(other(OpKind::kSelect)));
  EXPECT_FALSE(WakeupTree::MayDoLess(Write(0, 1)));
}

TEST_F(WakeupTreeTest, WithinABoundOnlySoManyElderSiblingsMayStandBefore) {
  const auto within = [this](int64_t delays, std::vector<PlannedStep> steps) {
    return tree_.InsertWithin(delays, first_, taken_, steps, steps.size());
  };
  EXPECT_EQ(within(-1, {Write(0, 1)}), WakeupTree::Inserted::kTooFar);
  EXPECT_EQ(within(0, {Write(0, 1)}), WakeupTree::Inserted::kAdded);
  EXPECT_EQ(within(0, {Write(0, 1), Write(1, 1)}), WakeupTree::Inserted::kThere);
  EXPECT_EQ(within(0, {Write(1, 1)}), WakeupTree::Inserted::kTooFar);
  EXPECT_EQ(within(1, {Write(1, 1), Write(2, 3)}), WakeupTree::Inserted::kAdded);
  // One elder sibling at the node, one below.
  EXPECT_EQ(within(1, {Write(1, 1), Write(3, 3)}), WakeupTree::Inserted::kTooFar);
  EXPECT_EQ(within(2, {Write(1, 1), Write(3, 3)}), WakeupTree::Inserted::kAdded);
  EXPECT_EQ(tree_.size(), 4u);
}

TEST_F(WakeupTreeTest, FreesAllAndReusesThem) {
  Insert({Write(0, 1), Write(1, 1)});
  Insert({Write(1, 1), Write(0, 1)});
  tree_.FreeAll(first_);
  EXPECT_EQ(tree_.size(), 0u);
  first_ = WakeupTree::kNone;
  EXPECT_TRUE(Insert({Write(0, 1)}));
  EXPECT_EQ(tree_.size(), 1u);
}

}  // namespace
}  // namespace fate::sim
