#include "fate/sim/race/happens_before.h"

#include <array>
#include <vector>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

class HappensBeforeTest : public testing::Test {
 protected:
  // Appends; gives the earlier events it races with.
  std::vector<uint32_t> Add(uint32_t task, OpKind kind, uint32_t object, ObjectKind object_kind = ObjectKind::kCell,
                            std::vector<uint32_t> joined = {}) {
    HappensBefore::NewEvent event;
    event.task = task;
    event.footprint = {object, kind, RuleOf(kind, object_kind).mode, 0};
    event.joined = joined.data();
    event.joined_count = static_cast<uint32_t>(joined.size());
    order_.Append(event, races_);
    return Events();
  }
  std::vector<uint32_t> Lock(uint32_t task) { return Add(task, OpKind::kLock, 9, ObjectKind::kMutex); }
  std::vector<uint32_t> Unlock(uint32_t task) { return Add(task, OpKind::kUnlock, 9, ObjectKind::kMutex); }
  std::vector<uint32_t> Events() const {
    std::vector<uint32_t> events;
    for (const HappensBefore::Race& race : races_) events.push_back(race.event);
    return events;
  }

  using Events_ = std::vector<uint32_t>;
  Footprints footprints_;
  HappensBefore order_{footprints_};
  Log<HappensBefore::Race> races_;
};

TEST_F(HappensBeforeTest, AWriteRacesWithTheReadsBesideIt) {
  EXPECT_EQ(Add(0, OpKind::kStore, 1), Events_{});
  EXPECT_EQ(Add(1, OpKind::kLoad, 1), Events_{0});
  EXPECT_EQ(Add(2, OpKind::kLoad, 1), Events_{0});
  EXPECT_FALSE(order_.Before(1, 2));
  // Not with event 0, which comes before both reads.
  EXPECT_EQ(Add(3, OpKind::kStore, 1), (Events_{2, 1}));
  EXPECT_TRUE(order_.Before(0, 3));
}

TEST_F(HappensBeforeTest, OnlyTheLastReadOfATaskRaces) {
  Add(0, OpKind::kLoad, 1);
  Add(0, OpKind::kLoad, 1);
  EXPECT_EQ(Add(1, OpKind::kStore, 1), Events_{1});
}

TEST_F(HappensBeforeTest, ALockRacesWithTheLockBeforeNotWithItsUnlock) {
  Lock(0);
  Unlock(0);
  EXPECT_EQ(Lock(1), Events_{0});
  EXPECT_TRUE(order_.Before(1, 2));
  Unlock(1);
  EXPECT_EQ(Lock(0), Events_{2});
}

TEST_F(HappensBeforeTest, ALockThatStillWaitsRacesToo) {
  Add(1, OpKind::kStore, 1);
  Lock(0);
  order_.Pend(1, {9, OpKind::kLock, Mode::kChange, 0}, {}, nullptr, 0, races_);
  EXPECT_EQ(Events(), Events_{1});
  // Unless the lock came before what its task did last.
  Add(0, OpKind::kStore, 2);
  Add(1, OpKind::kLoad, 2);
  order_.Pend(1, {9, OpKind::kLock, Mode::kChange, 0}, {}, nullptr, 0, races_);
  EXPECT_EQ(Events(), Events_{});
}

// Where the mutex is free the start is one step with the lock, so what comes before the start need not come before it.
TEST_F(HappensBeforeTest, WhatAStartCameToStandBeforeRacesWithWhatItWaitsFor) {
  Lock(0);
  HappensBefore::NewEvent start;
  start.task = 1;
  start.footprint = footprints_.Add({0, OpKind::kStart, Mode::kNone, 0}, {9, OpKind::kRead, Mode::kRead});
  start.stood = true;
  order_.Append(start, races_);
  EXPECT_EQ(Events(), Events_{0});
  order_.Pend(1, {9, OpKind::kLock, Mode::kChange, 0}, {}, nullptr, 0, races_);
  ASSERT_EQ(Events(), Events_{0});
  EXPECT_EQ(races_[0].other, 1u);
}

// Of a semaphore: `open` says whether a permit was there before it.
class HappensBeforeAtASemaphoreTest : public HappensBeforeTest {
 protected:
  static constexpr uint32_t kSemaphore = 9;
  std::vector<uint32_t> Do(uint32_t task, OpKind kind, bool open) {
    const HappensBefore::Opened opened{kSemaphore, {open, false}};
    HappensBefore::NewEvent event;
    event.task = task;
    event.footprint = {kSemaphore, kind, RuleOf(kind, ObjectKind::kSemaphore).mode, 0};
    event.opened = &opened;
    event.opened_count = 1;
    event.waits.counts = true;
    order_.Append(event, races_);
    return Events();
  }
};

TEST_F(HappensBeforeAtASemaphoreTest, AnAcquisitionRacesWithThatWhichTookThePermitNotWithItsRelease) {
  Do(0, OpKind::kAcquire, true);
  Do(0, OpKind::kRelease, false);
  EXPECT_EQ(Do(1, OpKind::kAcquire, true), Events_{0});
  EXPECT_FALSE(races_[0].doubtful);
}

TEST_F(HappensBeforeAtASemaphoreTest, ItRacesWithAReleaseThatItNeedNotWaitFor) {
  Do(0, OpKind::kRelease, true);
  EXPECT_EQ(Do(1, OpKind::kAcquire, true), Events_{0});
  EXPECT_FALSE(races_[0].doubtful);
}

// Either would do.
TEST_F(HappensBeforeAtASemaphoreTest, ItRacesWithAReleaseBesideWhichThereIsAnother) {
  Do(0, OpKind::kRelease, false);
  Do(1, OpKind::kRelease, true);
  EXPECT_EQ(Do(2, OpKind::kAcquire, true), (Events_{1, 0}));
  EXPECT_FALSE(races_[0].doubtful);
  EXPECT_FALSE(races_[1].doubtful);
}

TEST_F(HappensBeforeAtASemaphoreTest, WhatWasOpenIsForgottenWithItsEvent) {
  Do(0, OpKind::kRelease, true);
  order_.Truncate(0);
  Add(0, OpKind::kRelease, kSemaphore, ObjectKind::kSemaphore);
  EXPECT_EQ(Do(1, OpKind::kAcquire, true), Events_{0});
  EXPECT_TRUE(races_[0].doubtful);
}

TEST_F(HappensBeforeAtASemaphoreTest, OneThatWaitsInVainRacesWithWhatTookItsPermit) {
  Do(0, OpKind::kAcquire, true);
  order_.Pend(1, {kSemaphore, OpKind::kAcquire, Mode::kChange, 0}, {.counts = true}, nullptr, 0, races_);
  EXPECT_EQ(Events(), Events_{0});
  EXPECT_FALSE(races_[0].doubtful);
}

// At the condition 8 and its mutex 9.
class HappensBeforeAtAConditionTest : public HappensBeforeTest {
 protected:
  static constexpr uint32_t kCondition = 8;
  static constexpr uint32_t kMutex = 9;
  void WaitAt(uint32_t task) { Add(task, OpKind::kConditionWait, kCondition, ObjectKind::kConditionVariable); }
  void Notify(uint32_t task) { Add(task, OpKind::kNotifyOne, kCondition, ObjectKind::kConditionVariable); }
  std::vector<uint32_t> Wake(uint32_t task, uint32_t notified_by) {
    HappensBefore::NewEvent event;
    event.task = task;
    event.footprint = footprints_.Add({kMutex, OpKind::kConditionWake, Mode::kChange, 0},
                                      {kCondition, OpKind::kConditionWake, Mode::kRead});
    event.waits.notified_by = notified_by;
    event.waits.mutex = kMutex;
    order_.Append(event, races_);
    return Events();
  }
};

TEST_F(HappensBeforeAtAConditionTest, AWakeDoesNotRaceWithItsNotification) {
  WaitAt(0);
  Notify(1);
  EXPECT_EQ(Wake(0, 1), Events_{});
  EXPECT_TRUE(order_.Before(1, 2));
}

TEST_F(HappensBeforeAtAConditionTest, AWakeRacesWithTheLockAfterItsNotification) {
  WaitAt(0);
  Notify(1);
  Lock(2);
  Unlock(2);
  EXPECT_EQ(Wake(0, 1), Events_{2});
  EXPECT_FALSE(races_[0].doubtful);
}

TEST_F(HappensBeforeAtAConditionTest, AWakeDoesNotRaceWithALockThatItsNotificationComesBecauseOf) {
  WaitAt(0);
  Lock(1);
  Notify(1);
  Unlock(1);
  EXPECT_EQ(Wake(0, 2), Events_{});
}

TEST_F(HappensBeforeAtAConditionTest, ItRacesWithALockBesideItsNotification) {
  WaitAt(0);
  Lock(2);
  Notify(1);
  Unlock(2);
  EXPECT_EQ(Wake(0, 2), Events_{1});
  EXPECT_FALSE(races_[0].doubtful);
}

TEST_F(HappensBeforeTest, WhatThrewLetNobodyOn) {
  // `set`: whether the event was before it.
  const auto add = [this](uint32_t task, OpKind kind, bool set, bool threw = false) {
    const HappensBefore::Opened opened{9, {set, false}};
    HappensBefore::NewEvent event;
    event.task = task;
    event.footprint = {9, kind, RuleOf(kind, ObjectKind::kEvent).mode, 0};
    event.threw = threw;
    event.opened = &opened;
    event.opened_count = 1;
    order_.Append(event, races_);
  };
  const auto pending_wait = [this] {
    order_.Pend(1, {9, OpKind::kWait, Mode::kRead, 0}, {.counts = true}, nullptr, 0, races_);
    return Events();
  };
  // It was set before the first reset only.
  add(0, OpKind::kSet, false);
  add(0, OpKind::kReset, true);
  add(0, OpKind::kSet, false, true);
  add(0, OpKind::kReset, false);
  EXPECT_EQ(pending_wait(), Events_{1});
  // Another set beside it would do.
  order_.Truncate(0);
  add(2, OpKind::kSet, false, true);
  EXPECT_EQ(pending_wait(), Events_{});
  add(3, OpKind::kSet, false);
  EXPECT_EQ(pending_wait(), Events_{0});
}

TEST_F(HappensBeforeTest, SpawnAndJoinOrder) {
  Add(0, OpKind::kStore, 1);
  order_.Born(1, 0);
  EXPECT_EQ(Add(1, OpKind::kStore, 1), Events_{});
  EXPECT_EQ(Add(0, OpKind::kJoin, 0, ObjectKind::kNone, {1}), Events_{});
  EXPECT_EQ(Add(0, OpKind::kStore, 1), Events_{});
  EXPECT_TRUE(order_.Before(1, 2));
}

// Task 0 meets 1, which meets 2 in a try form within the step: what 2 does then comes because of it, and is no race.
TEST_F(HappensBeforeTest, WhoGoesOnInAStepOfOthersGoesOnBecauseOfIt) {
  for (const uint32_t before : {0u, HappensBefore::kEarly}) {
    order_.Truncate(0);
    while (order_.size() < before) Add(3, OpKind::kLoad, 1);
    const std::array<uint32_t, 3> others{2, 0, 2};
    HappensBefore::NewEvent event;
    event.task = 0;
    event.partner = 1;
    event.footprint = {0, OpKind::kSend, Mode::kEverything, 0};
    event.met = true;
    event.others = others.data();
    event.other_count = static_cast<uint32_t>(others.size());
    Add(2, OpKind::kLoad, 2);
    order_.Append(event, races_);
    const uint32_t met = order_.size() - 1;
    EXPECT_EQ(order_.LastOf(2), met);
    EXPECT_EQ(Add(2, OpKind::kStore, 1), Events_{});
    EXPECT_TRUE(order_.Before(met, met + 1));
    EXPECT_EQ(Add(1, OpKind::kStore, 2), Events_{});
    order_.Truncate(met);
    EXPECT_EQ(order_.LastOf(2), met - 1);
    EXPECT_EQ(order_.LastOf(1), HappensBefore::kNone);
  }
}

TEST_F(HappensBeforeTest, TheClockIsABarrier) {
  Add(0, OpKind::kStore, 1);
  order_.MoveClock();
  EXPECT_EQ(Add(1, OpKind::kStore, 1), Events_{});
  EXPECT_TRUE(order_.Before(0, 1));
}

TEST_F(HappensBeforeTest, IsCutBackToAPrefix) {
  Add(0, OpKind::kStore, 1);
  Add(1, OpKind::kLoad, 1);
  Add(2, OpKind::kStore, 1);
  order_.Truncate(1);
  EXPECT_EQ(order_.size(), 1u);
  EXPECT_EQ(Add(2, OpKind::kStore, 1), Events_{0});
}

// More tasks than it was made for.
TEST_F(HappensBeforeTest, Widens) {
  Add(0, OpKind::kStore, 1);
  EXPECT_EQ(Add(40, OpKind::kStore, 1), Events_{0});
  EXPECT_EQ(Add(3, OpKind::kStore, 1), Events_{1});
  EXPECT_TRUE(order_.Before(0, 2));
}

// Behind so many events of another task that most have no bit of their own: the races are the same, and the order is.
TEST_F(HappensBeforeTest, WhatComesLateIsOrderedAsWhatComesEarly) {
  for (const uint32_t before : {0u, HappensBefore::kEarly - 3, HappensBefore::kEarly, 3 * HappensBefore::kEarly}) {
    order_.Truncate(0);
    for (uint32_t i = 0; i < before; ++i) Add(7, OpKind::kLoad, 5);
    const auto from = [before](uint32_t event) { return before + event; };
    EXPECT_EQ(Add(0, OpKind::kStore, 1), Events_{});
    EXPECT_EQ(Add(1, OpKind::kLoad, 1), Events_{from(0)});
    EXPECT_EQ(Add(2, OpKind::kLoad, 1), Events_{from(0)});
    EXPECT_EQ(Add(1, OpKind::kStore, 2), Events_{});
    EXPECT_EQ(Add(3, OpKind::kStore, 1), (Events_{from(2), from(1)}));
    EXPECT_EQ(Add(2, OpKind::kStore, 2), Events_{from(3)});
    EXPECT_TRUE(order_.Before(from(0), from(4)));
    EXPECT_FALSE(order_.Before(from(3), from(4)));
    EXPECT_TRUE(order_.Before(from(1), from(5)));
    EXPECT_FALSE(order_.Before(from(4), from(5)));
    // What the last one of an object was does not depend on how many events there were before it was cut off.
    order_.Truncate(from(4));
    EXPECT_EQ(Add(3, OpKind::kStore, 1), (Events_{from(2), from(1)}));
    if (before > 0) {
      EXPECT_FALSE(order_.Before(0, from(1)));
      EXPECT_TRUE(order_.Before(0, before - 1));
    }
  }
}

// Events: 0 stores x, 1 loads it, 2 stores y, 3 loads x, 4 stores x.
TEST_F(HappensBeforeTest, SetsOfEarlyEventsAreWords) {
  Add(0, OpKind::kStore, 1);
  Add(1, OpKind::kLoad, 1);
  Add(0, OpKind::kStore, 2);
  Add(2, OpKind::kLoad, 1);
  Add(1, OpKind::kStore, 1);
  EXPECT_EQ(order_.Of(0), 0b00101u);
  EXPECT_EQ(order_.Of(1), 0b10010u);
  EXPECT_EQ(order_.UpTo(4), 0b11011u);
  EXPECT_EQ(order_.Beside(0), 0u);
  EXPECT_EQ(order_.Beside(1), 0b01100u);
  EXPECT_EQ(order_.Beside(2), 0b11000u);
  const auto conflicting = [this](uint32_t object, OpKind kind) {
    return order_.Conflicting({object, kind, RuleOf(kind, ObjectKind::kCell).mode, 0});
  };
  EXPECT_EQ(conflicting(1, OpKind::kLoad), 0b10001u);
  EXPECT_EQ(conflicting(1, OpKind::kStore), 0b11011u);
  EXPECT_EQ(conflicting(3, OpKind::kStore), 0u);
  order_.Truncate(3);
  EXPECT_EQ(conflicting(1, OpKind::kStore), 0b00011u);
  EXPECT_EQ(order_.Beside(0), 0u);
  EXPECT_EQ(order_.Beside(1), 0b00100u);
  // A cancellation conflicts with all, and all with it.
  Add(3, OpKind::kCancel, 0, ObjectKind::kTask);
  EXPECT_EQ(conflicting(3, OpKind::kStore), 0b01000u);
  order_.Truncate(3);
  EXPECT_EQ(conflicting(3, OpKind::kStore), 0u);
}

// Task 0 sends and meets 1; 2 stands there to receive, from before or after that, and could have been met instead.
TEST_F(HappensBeforeTest, WhoStandsBeforeARendezvousCouldHaveBeenMetInstead) {
  constexpr uint32_t kChannel = 5;
  auto stand = [](uint32_t task, OpKind kind) -> HappensBefore::Stand {
    return {task, {kChannel, kind, Mode::kChange}, true, false};
  };
  const HappensBefore::Stand met[] = {stand(0, OpKind::kSend), stand(1, OpKind::kReceive)};
  HappensBefore::NewEvent event;
  event.task = 0;
  event.partner = 1;
  event.footprint = {kChannel, OpKind::kSend, Mode::kChange, 0};
  event.met = true;
  event.stands = met;
  event.stand_count = 2;
  order_.Append(event, races_);
  EXPECT_EQ(Events(), Events_{});
  EXPECT_EQ(Add(2, OpKind::kStart, 0), Events_{});  // comes to stand
  const HappensBefore::Stand waits[] = {stand(2, OpKind::kReceive)};
  order_.Pend(2, {kChannel, OpKind::kReceive, Mode::kChange, 0}, {}, waits, 1, races_);
  ASSERT_EQ(Events(), Events_{0});
  EXPECT_EQ(races_[0].task, 0u);
  EXPECT_EQ(races_[0].partner, 2u);
  EXPECT_FALSE(races_[0].doubtful);
  // One that stands there because of it could not.
  EXPECT_EQ(Add(2, OpKind::kStore, kChannel), Events_{0});
  order_.Pend(2, {kChannel, OpKind::kReceive, Mode::kChange, 0}, {}, waits, 1, races_);
  EXPECT_EQ(Events(), Events_{});
}

// Who finds a channel closed comes because of that, even where the step that closed it tried there, too. What tries
// there afterwards could have come later.
TEST_F(HappensBeforeTest, WhoFindsAChannelClosedRacesWithWhatCameAfterThat) {
  constexpr uint32_t kChannel = 5;
  HappensBefore::NewEvent close;
  close.task = 0;
  close.footprint =
      footprints_.Add({kChannel, OpKind::kClose, Mode::kChange, 0}, {kChannel, OpKind::kSend, Mode::kChange});
  order_.Append(close, races_);
  const HappensBefore::Stand waits[] = {{1, {kChannel, OpKind::kReceive, Mode::kChange}, true, false}};
  const auto pending_receive = [&] {
    order_.Pend(1, {kChannel, OpKind::kReceive, Mode::kChange, 0}, {}, waits, 1, races_);
    return Events();
  };
  EXPECT_EQ(pending_receive(), Events_{});
  EXPECT_EQ(Add(2, OpKind::kStore, kChannel), Events_{0});
  EXPECT_EQ(pending_receive(), Events_{1});
}

// Those that only look there are not ordered, so one of the same task hides no other.
TEST_F(HappensBeforeTest, WhoFindsAChannelClosedRacesWithAllWhoLookedThere) {
  constexpr uint32_t kChannel = 5;
  Add(0, OpKind::kClose, kChannel);
  for (const uint32_t task : {2, 3, 1}) Add(task, OpKind::kLoad, kChannel);
  const HappensBefore::Stand waits[] = {{1, {kChannel, OpKind::kReceive, Mode::kChange}, true, false}};
  order_.Pend(1, {kChannel, OpKind::kReceive, Mode::kChange, 0}, {}, waits, 1, races_);
  EXPECT_EQ(Events(), (Events_{2, 1}));
}

}  // namespace
}  // namespace fate::sim
