#include "fate/sim/race/footprint.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Step On(OpKind kind, uint32_t object, ObjectKind object_kind = ObjectKind::kCell) {
  return {Place(), 0, object, kind, false, static_cast<uint16_t>(object_kind), 0};
}
Access Inside(OpKind kind, uint32_t object) {
  return {0, object, kind, static_cast<uint16_t>(ObjectKind::kCell), Place()};
}

TEST(FootprintTest, ConflictsOnTheSameObjectOnly) {
  Footprints footprints;
  StepFootprint store = footprints.Of(On(OpKind::kStore, 1), nullptr, 0);
  StepFootprint load = footprints.Of(On(OpKind::kLoad, 1), nullptr, 0);
  StepFootprint other = footprints.Of(On(OpKind::kStore, 2), nullptr, 0);
  EXPECT_TRUE(footprints.Conflict(store, load, 9));
  EXPECT_FALSE(footprints.Conflict(load, load, 9));
  EXPECT_FALSE(footprints.Conflict(store, other, 9));
}

TEST(FootprintTest, ObjectsNumberedLaterMayBeTheSame) {
  Footprints footprints;
  StepFootprint one = footprints.Of(On(OpKind::kStore, 1), nullptr, 0);
  StepFootprint two = footprints.Of(On(OpKind::kStore, 2), nullptr, 0);
  EXPECT_TRUE(footprints.Conflict(one, two, 0));
  EXPECT_FALSE(footprints.Conflict(one, two, 1));
}

TEST(FootprintTest, AccessesInsideCount) {
  Footprints footprints;
  Access accesses[] = {Inside(OpKind::kWrite, 3), Inside(OpKind::kRead, 4), Inside(OpKind::kWrite, 3)};
  StepFootprint step = footprints.Of(On(OpKind::kLoad, 1), accesses, 3);
  StepFootprint same = footprints.Of(On(OpKind::kLoad, 1), accesses, 2);
  EXPECT_EQ(step, same);
  EXPECT_EQ(footprints.inside(step).size(), 2u);
  EXPECT_TRUE(footprints.Conflict(step, footprints.Of(On(OpKind::kLoad, 3), nullptr, 0), 9));
  EXPECT_FALSE(footprints.Conflict(step, footprints.Of(On(OpKind::kLoad, 4), nullptr, 0), 9));
  EXPECT_TRUE(footprints.Conflict(step, same, 9));
}

TEST(FootprintTest, AStepMayDoAllItWasSeenToDo) {
  Footprints footprints;
  Access write[] = {Inside(OpKind::kWrite, 3)};
  uint16_t may = 0;
  StepFootprint first = footprints.Of(On(OpKind::kLoad, 1), write, 1);
  EXPECT_TRUE(footprints.Widen(first, may, 9));
  EXPECT_FALSE(footprints.Widen(first, may, 9));
  StepFootprint other = footprints.Of(On(OpKind::kLoad, 1), nullptr, 0);
  StepFootprint reader = footprints.Of(On(OpKind::kLoad, 3), nullptr, 0);
  EXPECT_FALSE(footprints.Conflict(other, reader, 9));
  EXPECT_FALSE(footprints.Widen(other, may, 9));
  EXPECT_TRUE(footprints.Conflict(other, reader, 9));
}

TEST(FootprintTest, WhatHasNoStableNumberMayBeAnything) {
  Footprints footprints;
  Access write[] = {Inside(OpKind::kWrite, 3)};
  uint16_t may = 0;
  StepFootprint step = footprints.Of(On(OpKind::kLoad, 1), write, 1);
  EXPECT_TRUE(footprints.Widen(step, may, 2));
  EXPECT_TRUE(footprints.Conflict(step, footprints.Of(On(OpKind::kLoad, 2), nullptr, 0), 2));
}

}  // namespace
}  // namespace fate::sim
