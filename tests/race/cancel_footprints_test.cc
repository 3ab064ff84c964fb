#include "fate/sim/race/cancel_footprints.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

// Tasks 0 to 3 are roots, and 0 has made scope 1, in which 1 was spawned. Step 0: 2 cancels scope 1.
class CancelFootprintsTest : public testing::Test {
 protected:
  CancelFootprintsTest() {
    for (uint32_t task = 0; task < 4; ++task) {
      Birth& birth = *trace_.births.Append();
      birth = {};
      birth.path_hash = 100 + task;
      birth.step = Birth::kBeforeSteps;
      birth.scope = task == 1 ? 1 : 0;
    }
    trace_.scopes.push_back({0, 0, false, 200});
    trace_.object_names.push_back(11);
    AddStep(2, OpKind::kCancel);
    trace_.cancellations.push_back({0, 1, Step::kTimerTask});
  }
  size_t AddStep(uint32_t task, OpKind kind, uint32_t object = 0) {
    trace_.steps.push_back({.place = Place(), .task = task, .kind = kind, .object = object});
    return trace_.steps.size() - 1;
  }
  // As an event that is the one step.
  StepFootprint Of(size_t step) {
    StepFootprint footprint = Plain(step);
    cancels_.Name(trace_, step, step + 1, footprint);
    cancels_.AddReach(trace_, step, step + 1, footprint);
    return footprint;
  }
  StepFootprint Plain(size_t step) { return footprints_.Of(trace_, trace_.steps[step], nullptr, 0); }

  Trace trace_;
  Footprints footprints_;
  CancelFootprints cancels_{footprints_};
};

TEST_F(CancelFootprintsTest, ACancellationConflictsWithTheStepsOfWhatItCancels) {
  const size_t inside = AddStep(1, OpKind::kLoad);
  const size_t outside = AddStep(3, OpKind::kLoad);
  EXPECT_EQ(Plain(0).mode, Mode::kEverything);
  const StepFootprint cancel = Of(0);
  EXPECT_TRUE(footprints_.Conflict(cancel, Of(inside)));
  EXPECT_FALSE(footprints_.Conflict(cancel, Of(outside)));
  EXPECT_FALSE(footprints_.Conflict(Of(inside), Of(outside)));
}

TEST_F(CancelFootprintsTest, TwoCancellationsOfOneScopeConflict) {
  AddStep(3, OpKind::kCancel);
  trace_.cancellations.push_back({1, 1, Step::kTimerTask});
  AddStep(3, OpKind::kCancel);
  trace_.cancellations.push_back({2, 0, 3});  // itself
  const StepFootprint cancel = Of(0);
  EXPECT_TRUE(footprints_.Conflict(cancel, Of(1)));
  EXPECT_FALSE(footprints_.Conflict(cancel, Of(2)));
}

TEST_F(CancelFootprintsTest, OneOfNobodyKnowsWhatConflictsWithEverything) {
  AddStep(3, OpKind::kCancel);
  trace_.cancellations.push_back({1, 0, Step::kTimerTask});
  const size_t outside = AddStep(3, OpKind::kLoad);
  Of(0);
  EXPECT_EQ(Of(1).mode, Mode::kEverything);
  EXPECT_TRUE(footprints_.Conflict(Of(1), Of(outside)));
}

TEST_F(CancelFootprintsTest, UntilOneIsSeenNothingIsSaid) {
  CancelFootprints before(footprints_);
  const size_t inside = AddStep(1, OpKind::kLoad);
  StepFootprint load = Plain(inside);
  EXPECT_FALSE(before.Name(trace_, inside, inside + 1, load));
  before.AddReach(trace_, inside, inside + 1, load);
  EXPECT_EQ(load, Plain(inside));
  EXPECT_EQ(before.WithReach(trace_, 1, load), load);
  EXPECT_EQ(before.StrikeOf(trace_, {inside, 7, 1}).mode, Mode::kEverything);
  EXPECT_FALSE(before.seen());
  before.Restart();
  StepFootprint cancel = Plain(0);
  EXPECT_TRUE(before.Name(trace_, 0, 1, cancel));
  EXPECT_TRUE(before.seen());
  EXPECT_FALSE(before.Name(trace_, 0, 1, cancel));
}

TEST_F(CancelFootprintsTest, ATaskThatStillWaitsAndATimerThatWasDisarmedAreReachedToo) {
  const size_t inside = AddStep(1, OpKind::kLoad);
  const StepFootprint cancel = Of(0);
  const StepFootprint waits{0, OpKind::kSleep, Mode::kNone, 0};
  EXPECT_TRUE(footprints_.Conflict(cancel, cancels_.WithReach(trace_, 1, waits)));
  EXPECT_FALSE(footprints_.Conflict(cancel, cancels_.WithReach(trace_, 3, waits)));
  // Of scope 1; of one that nobody knows.
  EXPECT_TRUE(footprints_.Conflict(cancel, cancels_.StrikeOf(trace_, {inside, 7, 1})));
  EXPECT_NE(cancels_.StrikeOf(trace_, {inside, 7, 1}).mode, Mode::kEverything);
  EXPECT_EQ(cancels_.StrikeOf(trace_, {inside, 7, 0}).mode, Mode::kEverything);
}

// Of the two steps of a rendezvous the second cancels.
TEST_F(CancelFootprintsTest, WhatAPartnerCancelsIsNamedToo) {
  AddStep(3, OpKind::kSend);
  const size_t partner = AddStep(2, OpKind::kReceive);
  trace_.cancellations.push_back({partner, 1, Step::kTimerTask});
  const size_t inside = AddStep(1, OpKind::kLoad);
  Of(0);
  const Footprints::Part unnamed{0, OpKind::kCancel, Mode::kEverything};
  StepFootprint own = footprints_.Add({0, OpKind::kReceive, Mode::kNone, 0}, unnamed);
  cancels_.NameStep(trace_, partner, own);
  EXPECT_TRUE(footprints_.Conflict(own, Of(inside)));
  EXPECT_FALSE(footprints_.Conflict(own, Of(AddStep(3, OpKind::kLoad))));
}

// The join could have been cut short before the end of its task, or after it.
TEST_F(CancelFootprintsTest, AJoinThatIsCutShortConflictsWithTheEndOfItsTask) {
  trace_.births[3].step = 0;  // spawned
  const size_t end = AddStep(3, OpKind::kLoad);
  trace_.ends.push_back({end, 3});
  const size_t join = AddStep(2, OpKind::kJoin, 3);
  trace_.steps[join].object_kind = static_cast<uint8_t>(ObjectKind::kTask);
  Of(0);
  const auto name = [&](StepFootprint& joins) {
    joins = {0, OpKind::kJoin, Mode::kNone, 0};
    return cancels_.Name(trace_, join, join + 1, joins);
  };
  StepFootprint joins;
  EXPECT_FALSE(name(joins));
  EXPECT_FALSE(footprints_.Conflict(Of(end), joins));  // it waited for that
  trace_.steps[join].threw = true;
  EXPECT_TRUE(name(joins));
  EXPECT_FALSE(name(joins));
  EXPECT_TRUE(footprints_.Conflict(Of(end), joins));
}

// Task 1 was born in the scope that step 0 cancels, and so is reached before it has begun.
TEST_F(CancelFootprintsTest, WhoIsCancelledBeforeItHasBegunIsKnown) {
  EXPECT_FALSE(cancels_.Cancels(trace_, 1));
  EXPECT_FALSE(cancels_.NoteFreed(Of(0)));
  EXPECT_TRUE(cancels_.Cancels(trace_, 1));
  EXPECT_FALSE(cancels_.Cancels(trace_, 3));
  EXPECT_FALSE(cancels_.frees());  // it does nothing else
}

TEST_F(CancelFootprintsTest, AStepThatChangesSomethingAndCancelsIsNotedOnce) {
  const StepFootprint sets = footprints_.Add(Of(0), {footprints_.IdOf(trace_, 1), OpKind::kSet, Mode::kAdd});
  EXPECT_TRUE(cancels_.NoteFreed(sets));
  EXPECT_FALSE(cancels_.NoteFreed(sets));
  EXPECT_TRUE(cancels_.frees());
  EXPECT_TRUE(cancels_.Frees(trace_, 1));
  EXPECT_FALSE(cancels_.Frees(trace_, 3));
}

TEST_F(CancelFootprintsTest, AStepThatLooksAndCancelsLetsNobodyGoOn) {
  EXPECT_FALSE(cancels_.NoteFreed(footprints_.Add(Of(0), {footprints_.IdOf(trace_, 1), OpKind::kLoad, Mode::kRead})));
  EXPECT_FALSE(cancels_.frees());
}

// Also as one of all that the step was ever seen to do.
TEST_F(CancelFootprintsTest, WhoGoesFromARendezvousLetsNobodyGoOn) {
  StepFootprint goes = footprints_.Add(Of(0), {footprints_.IdOf(trace_, 1), OpKind::kOffer, Mode::kAdd});
  uint16_t may = 0;
  footprints_.Widen(goes, may);
  StepFootprint does_less = Of(0);
  footprints_.Widen(does_less, may);
  EXPECT_FALSE(cancels_.NoteFreed(goes));
  EXPECT_FALSE(cancels_.NoteFreed(does_less));
  EXPECT_FALSE(cancels_.frees());
}

TEST_F(CancelFootprintsTest, ACancellationOfNobodyKnowsWhatReachesAll) {
  Of(0);
  const StepFootprint everything{0, OpKind::kCancel, Mode::kEverything, 0};
  EXPECT_FALSE(cancels_.NoteFreed(everything));
  EXPECT_TRUE(cancels_.Cancels(trace_, 3));
  EXPECT_TRUE(cancels_.NoteFreed(footprints_.Add(everything, {footprints_.IdOf(trace_, 1), OpKind::kSet, Mode::kAdd})));
  EXPECT_TRUE(cancels_.Frees(trace_, 3));
}

}  // namespace
}  // namespace fate::sim
