#include "fate/sim/strategies/reads_from.h"

#include "fate/runtime/object.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Step On(uint32_t object, OpKind kind, ObjectKind object_kind = ObjectKind::kCell) {
  const auto of_kind = static_cast<uint8_t>(object_kind);
  return {.place = Place(), .task = 0, .kind = kind, .object_kind = of_kind, .object = object};
}

TEST(SitesTest, ASiteIsAPlaceAndAKindOfObject) {
  Sites sites;
  const Place here = Place::current();
  const Place there = Place::current();
  EXPECT_EQ(sites.Find(here, 1), Sites::kUnknown);
  EXPECT_EQ(sites.Of(here, 1), 1u);
  EXPECT_EQ(sites.Of(there, 1), 2u);
  EXPECT_EQ(sites.Of(here, 2), 3u);
  EXPECT_EQ(sites.Of(here, 1), 1u);
  EXPECT_EQ(sites.Find(there, 1), 2u);
  EXPECT_EQ(sites.size(), 3u);
}

TEST(ReadsFromTest, ACellIsReadFromItsLastWrite) {
  ReadsFrom reads_from;
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kLoad), 7), Sites::kInitial);
  reads_from.Follow(On(1, OpKind::kStore), 8);
  reads_from.Follow(On(2, OpKind::kStore), 9);
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kLoad), 7), 8u);
  // A step that does both reads from the one before it.
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kFetchAdd), 10), 8u);
  EXPECT_EQ(reads_from.SourceOf(1), 10u);
  EXPECT_EQ(reads_from.SourceOf(2), 9u);
  EXPECT_EQ(reads_from.SourceOf(3), Sites::kInitial);
  reads_from.Restart();
  EXPECT_EQ(reads_from.SourceOf(1), Sites::kInitial);
}

TEST(ReadsFromTest, ALockReadsFromTheLockBeforeIt) {
  ReadsFrom reads_from;
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kLock, ObjectKind::kMutex), 1), Sites::kInitial);
  reads_from.Follow(On(1, OpKind::kUnlock, ObjectKind::kMutex), 2);
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kLock, ObjectKind::kMutex), 3), 1u);
}

TEST(ReadsFromTest, AnItemIsReceivedFromItsSend) {
  ReadsFrom reads_from;
  reads_from.Follow(On(1, OpKind::kSend, ObjectKind::kChannel), 1);
  reads_from.Follow(On(1, OpKind::kSend, ObjectKind::kChannel), 2);
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kReceive, ObjectKind::kChannel), 5), 1u);
  reads_from.Follow(On(1, OpKind::kClose, ObjectKind::kChannel), 3);
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kReceive, ObjectKind::kChannel), 5), 2u);
  EXPECT_EQ(reads_from.Follow(On(1, OpKind::kReceive, ObjectKind::kChannel), 5), 3u);
}

}  // namespace
}  // namespace fate::sim
