#include "fate/sim/race/footprint.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Step On(OpKind kind, uint32_t object, ObjectKind object_kind = ObjectKind::kCell) {
  const auto of_kind = static_cast<uint8_t>(object_kind);
  return {.place = Place(), .task = 0, .kind = kind, .object_kind = of_kind, .object = object};
}
Access Inside(OpKind kind, uint32_t object) {
  return {0, object, kind, static_cast<uint8_t>(ObjectKind::kCell), Place()};
}

// Of an execution whose objects 1 to 4 have the names 11 to 14.
const Trace kTrace = [] {
  Trace trace;
  for (uint32_t name : {11, 12, 13, 14}) trace.object_names.push_back(name);
  return trace;
}();

TEST(FootprintTest, ConflictsOnTheSameObjectOnly) {
  Footprints footprints;
  StepFootprint store = footprints.Of(kTrace, On(OpKind::kStore, 1), nullptr, 0);
  StepFootprint load = footprints.Of(kTrace, On(OpKind::kLoad, 1), nullptr, 0);
  StepFootprint other = footprints.Of(kTrace, On(OpKind::kStore, 2), nullptr, 0);
  EXPECT_TRUE(footprints.Conflict(store, load));
  EXPECT_FALSE(footprints.Conflict(load, load));
  EXPECT_FALSE(footprints.Conflict(store, other));
}

TEST(FootprintTest, AnObjectIsKnownByItsNameWhateverItsNumber) {
  Footprints footprints;
  Trace other;
  for (uint32_t name : {12, 11}) other.object_names.push_back(name);
  StepFootprint one = footprints.Of(kTrace, On(OpKind::kStore, 1), nullptr, 0);
  EXPECT_EQ(footprints.Of(other, On(OpKind::kStore, 2), nullptr, 0), one);
  EXPECT_TRUE(footprints.Conflict(one, footprints.Of(other, On(OpKind::kStore, 2), nullptr, 0)));
  EXPECT_FALSE(footprints.Conflict(one, footprints.Of(other, On(OpKind::kStore, 1), nullptr, 0)));
  EXPECT_EQ(footprints.Of(kTrace, On(OpKind::kStore, 1), nullptr, 0), one);
}

TEST(FootprintTest, AccessesInsideCount) {
  Footprints footprints;
  Access accesses[] = {Inside(OpKind::kWrite, 3), Inside(OpKind::kRead, 4), Inside(OpKind::kWrite, 3)};
  StepFootprint step = footprints.Of(kTrace, On(OpKind::kLoad, 1), accesses, 3);
  StepFootprint same = footprints.Of(kTrace, On(OpKind::kLoad, 1), accesses, 2);
  EXPECT_EQ(step, same);
  EXPECT_EQ(footprints.inside(step).size(), 2u);
  EXPECT_TRUE(footprints.Conflict(step, footprints.Of(kTrace, On(OpKind::kLoad, 3), nullptr, 0)));
  EXPECT_FALSE(footprints.Conflict(step, footprints.Of(kTrace, On(OpKind::kLoad, 4), nullptr, 0)));
  EXPECT_TRUE(footprints.Conflict(step, same));
}

// Coming to stand before a rendezvous is seen by try forms there, once there are any, and by nothing else.
TEST(FootprintTest, ATryFormSeesWhoStandsAtARendezvous) {
  Footprints footprints;
  const uint8_t rendezvous = static_cast<uint8_t>(ObjectKind::kRendezvous);
  const Access offer[] = {{0, 2, OpKind::kOffer, rendezvous, Place(), true}};
  const Access tries[] = {{0, 2, OpKind::kTrySend, rendezvous, Place()}};
  const StepFootprint send = footprints.Of(kTrace, On(OpKind::kSend, 2, ObjectKind::kRendezvous), nullptr, 0);
  EXPECT_EQ(footprints.Of(kTrace, On(OpKind::kLoad, 1), offer, 1).inside, 0);
  EXPECT_FALSE(footprints.TookFirstTry());
  const StepFootprint trying = footprints.Of(kTrace, On(OpKind::kLoad, 3), tries, 1);
  EXPECT_TRUE(footprints.TookFirstTry());
  const StepFootprint stands = footprints.Of(kTrace, On(OpKind::kLoad, 1), offer, 1);
  EXPECT_TRUE(footprints.Conflict(stands, trying));
  EXPECT_FALSE(footprints.Conflict(stands, stands));
  EXPECT_FALSE(footprints.Conflict(stands, send));
  EXPECT_TRUE(footprints.Conflict(trying, send));
  EXPECT_FALSE(footprints.TookFirstTry());
}

TEST(FootprintTest, ASelectMayDoWhatItsBranchesDo) {
  Footprints footprints;
  const Access branches[] = {{0, 2, OpKind::kReceive, static_cast<uint8_t>(ObjectKind::kChannel), Place(), true},
                             {0, 3, OpKind::kWait, static_cast<uint8_t>(ObjectKind::kEvent), Place(), true}};
  const StepFootprint select = footprints.Of(kTrace, On(OpKind::kSelect, 0, ObjectKind::kNone), branches, 2);
  EXPECT_TRUE(
      footprints.Conflict(select, footprints.Of(kTrace, On(OpKind::kSend, 2, ObjectKind::kChannel), nullptr, 0)));
  EXPECT_TRUE(footprints.Conflict(select, footprints.Of(kTrace, On(OpKind::kSet, 3, ObjectKind::kEvent), nullptr, 0)));
  EXPECT_FALSE(footprints.Conflict(select, footprints.Of(kTrace, On(OpKind::kStore, 1), nullptr, 0)));
}

TEST(FootprintTest, AStepMayDoAllItWasSeenToDo) {
  Footprints footprints;
  Access write[] = {Inside(OpKind::kWrite, 3)};
  uint16_t may = 0;
  StepFootprint first = footprints.Of(kTrace, On(OpKind::kLoad, 1), write, 1);
  EXPECT_TRUE(footprints.Widen(first, may));
  EXPECT_FALSE(footprints.Widen(first, may));
  StepFootprint other = footprints.Of(kTrace, On(OpKind::kLoad, 1), nullptr, 0);
  StepFootprint reader = footprints.Of(kTrace, On(OpKind::kLoad, 3), nullptr, 0);
  EXPECT_FALSE(footprints.Conflict(other, reader));
  EXPECT_FALSE(footprints.Widen(other, may));
  EXPECT_TRUE(footprints.Conflict(other, reader));
}

}  // namespace
}  // namespace fate::sim
