#include "fate/sim/race/dependence.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Relation Between(OpKind earlier, OpKind later, ObjectKind object) {
  return RelationOf(earlier, RuleOf(earlier, object).mode, later, RuleOf(later, object).mode);
}

TEST(DependenceTest, ConflictIsSymmetric) {
  for (int a = 0; a < 5; ++a) {
    for (int b = 0; b < 5; ++b) {
      EXPECT_EQ(Conflict(static_cast<Mode>(a), static_cast<Mode>(b)),
                Conflict(static_cast<Mode>(b), static_cast<Mode>(a)));
    }
  }
}

TEST(DependenceTest, OnlyReadsCommuteOnACell) {
  EXPECT_EQ(Between(OpKind::kLoad, OpKind::kLoad, ObjectKind::kCell), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kLoad, OpKind::kRead, ObjectKind::kCell), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kLoad, OpKind::kStore, ObjectKind::kCell), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kStore, OpKind::kStore, ObjectKind::kCell), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kCompareExchange, OpKind::kLoad, ObjectKind::kCell), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kWrite, OpKind::kRead, ObjectKind::kCell), Relation::kRaces);
}

TEST(DependenceTest, AnUnlockOnlyEnables) {
  EXPECT_EQ(Between(OpKind::kUnlock, OpKind::kLock, ObjectKind::kMutex), Relation::kEnables);
  EXPECT_EQ(Between(OpKind::kLock, OpKind::kLock, ObjectKind::kMutex), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kUnlock, OpKind::kTryLock, ObjectKind::kMutex), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kUnlock, OpKind::kConditionWake, ObjectKind::kMutex), Relation::kEnables);
  EXPECT_EQ(Between(OpKind::kUnlockShared, OpKind::kLock, ObjectKind::kSharedMutex), Relation::kEnables);
}

TEST(DependenceTest, SharedLocksCommute) {
  EXPECT_EQ(Between(OpKind::kLockShared, OpKind::kLockShared, ObjectKind::kSharedMutex), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kUnlockShared, OpKind::kLockShared, ObjectKind::kSharedMutex), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kLockShared, OpKind::kLock, ObjectKind::kSharedMutex), Relation::kRaces);
}

TEST(DependenceTest, WhatGivesMayEnableWhatTakes) {
  EXPECT_EQ(Between(OpKind::kSet, OpKind::kSet, ObjectKind::kEvent), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kSet, OpKind::kWait, ObjectKind::kEvent), Relation::kMayEnable);
  EXPECT_EQ(Between(OpKind::kReset, OpKind::kWait, ObjectKind::kEvent), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kWait, OpKind::kReset, ObjectKind::kEvent), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kRelease, OpKind::kRelease, ObjectKind::kSemaphore), Relation::kCommutes);
  EXPECT_EQ(Between(OpKind::kRelease, OpKind::kAcquire, ObjectKind::kSemaphore), Relation::kMayEnable);
  EXPECT_EQ(Between(OpKind::kAcquire, OpKind::kAcquire, ObjectKind::kSemaphore), Relation::kRaces);
  EXPECT_EQ(Between(OpKind::kSend, OpKind::kReceive, ObjectKind::kChannel), Relation::kMayEnable);
  EXPECT_EQ(Between(OpKind::kConditionWait, OpKind::kNotifyOne, ObjectKind::kConditionVariable), Relation::kRaces);
}

TEST(DependenceTest, OperationsWithoutAnObjectCommute) {
  for (OpKind kind : {OpKind::kStart, OpKind::kYield, OpKind::kSpawn, OpKind::kSleep, OpKind::kJoin}) {
    EXPECT_EQ(RuleOf(kind, ObjectKind::kNone).mode, Mode::kNone);
  }
  EXPECT_TRUE(Takes(OpKind::kJoin));
  EXPECT_EQ(RuleOf(OpKind::kCancel, ObjectKind::kNone).mode, Mode::kEverything);
}

}  // namespace
}  // namespace fate::sim
