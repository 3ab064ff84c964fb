#include "fate/sim/race/step_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/follow_order.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"

namespace fate::sim {
namespace {

Settings Recording() {
  Settings settings;
  settings.record_accesses = true;
  return settings;
}

template <class World>
auto ProgramOf(std::optional<World>& world) {
  return [&world](Roots& roots) { world.emplace().Begin(roots); };
}

template <class World>
Execution RunWith(Strategy& strategy) {
  std::optional<World> world;
  Scheduler scheduler(Recording());
  return scheduler.Run(ProgramOf(world), strategy);
}
template <class World>
Execution RunQuietly() {
  Fifo quiet;
  return RunWith<World>(quiet);
}

// "0-2 1-3": pairs of events.
std::string Text(const std::vector<StepOrder::Pair>& pairs) {
  std::string text;
  for (const StepOrder::Pair& pair : pairs) {
    absl::StrAppend(&text, text.empty() ? "" : " ", pair.earlier, "-", pair.later);
  }
  return text;
}

// a: load 0, store 1; b: load 2, store 3.
struct Increments {
  Atomic<int> cell;
  Task<> Increment() {
    int before = co_await cell.Load();
    co_await cell.Store(before + 1);
  }
  void Begin(Roots& roots) {
    roots.Add(Increment(), "a");
    roots.Add(Increment(), "b");
  }
};

TEST(StepOrderTest, EventsAreNamedByTaskAndOrdinal) {
  const Execution execution = RunQuietly<Increments>();
  Footprints footprints;
  const StepOrder order(execution, footprints);
  ASSERT_EQ(order.events().size(), 4u);
  EXPECT_EQ(order.events()[1].name, (StepOrder::Name{execution.trace.births[0].path_hash, 2}));
  EXPECT_EQ(order.events()[2].name, (StepOrder::Name{execution.trace.births[1].path_hash, 1}));
  EXPECT_TRUE(order.Before(0, 1));
  EXPECT_TRUE(order.Before(1, 2));
  EXPECT_TRUE(order.Before(0, 3)) << "through others";
}

// a's store may come after b's load; all else follows from that.
TEST(StepOrderTest, RivalsAreTheConflictsThatNothingElseOrders) {
  Footprints footprints;
  EXPECT_EQ(Text(StepOrder(RunQuietly<Increments>(), footprints).Rivals()), "1-2");
}

TEST(StepOrderTest, SpawnJoinAndTheClockOrder) {
  struct World {
    Atomic<int> cell;
    Task<> Store() { co_await cell.Store(1); }
    Task<> Late() {
      co_await Sleep(absl::Seconds(1));
      co_await cell.Store(2);
    }
    Task<> Main() {
      co_await cell.Store(0);                        // 0
      JoinHandle<> child = co_await Spawn(Store());  // 1, its store 2
      co_await child.Join();                         // 3
      co_await cell.Store(3);                        // 4
      JoinHandle<> late = co_await Spawn(Late());    // 5
      co_await cell.Store(4);                        // 6
      co_await late.Join();                          // 9, after the sleep 7 and the store 8
    }
    void Begin(Roots& roots) { roots.Add(Main()); }
  };
  const Execution execution = RunQuietly<World>();
  Footprints footprints;
  const StepOrder order(execution, footprints);
  // The late task starts, without an operation, before main blocks or after: its sleep counts.
  EXPECT_TRUE(order.Rivals().empty()) << Text(order.Rivals());
}

// A lock is hidden behind the unlock before it; the rival is the lock.
TEST(StepOrderTest, ALockCompetesWithTheLockBefore) {
  struct World {
    Mutex mutex;
    Task<> Hold() {
      MutexGuard guard = co_await mutex.Lock();
      co_await guard.Unlock();
    }
    void Begin(Roots& roots) {
      roots.Add(Hold(), "a");
      roots.Add(Hold(), "b");
    }
  };
  const Execution execution = RunQuietly<World>();
  Footprints footprints;
  // lock 0, unlock 1; lock 2, unlock 3.
  EXPECT_EQ(Text(StepOrder(execution, footprints).Rivals()), "1-2 0-2");
}

// What a task still waits for when the execution ends stands after all, and is no event before anything.
TEST(StepOrderTest, WhatPendsIsThereAtTheEnd) {
  struct World {
    Mutex one;
    Mutex two;
    Task<> Hold(Mutex& first, Mutex& second) {
      MutexGuard outer = co_await first.Lock();
      co_await Yield();
      MutexGuard inner = co_await second.Lock();
    }
    void Begin(Roots& roots) {
      roots.Add(Hold(one, two), "a");
      roots.Add(Hold(two, one), "b");
    }
  };
  const Execution execution = RunQuietly<World>();
  ASSERT_EQ(execution.outcome.kind, OutcomeKind::kDeadlock);
  Footprints footprints;
  const StepOrder order(execution, footprints);
  // lock 0 and lock 1, the yields 2 and 3; then a's second lock 4 and b's 5.
  ASSERT_EQ(order.events().size(), 6u);
  EXPECT_TRUE(order.events()[4].pends);
  EXPECT_EQ(Text(order.Rivals()), "0-5 1-4");
}

TEST(StepOrderTest, ARendezvousIsOneEventOfBoth) {
  struct World {
    Channel<int> channel{0};
    Atomic<int> cell;
    Task<> Send() {
      co_await channel.Send(1);
      co_await cell.Store(1);
    }
    Task<> Receive() {
      co_await channel.Receive();
      co_await cell.Store(2);
    }
    void Begin(Roots& roots) {
      roots.Add(Receive(), "receiver");
      roots.Add(Send(), "sender");
    }
  };
  const Execution execution = RunQuietly<World>();
  Footprints footprints;
  const StepOrder order(execution, footprints);
  size_t met = 0;
  while (order.events()[met].partner == Step::kTimerTask) ++met;
  ASSERT_EQ(order.events().size(), met + 3);
  EXPECT_TRUE(order.Before(met, met + 1));
  EXPECT_TRUE(order.Before(met, met + 2));
  EXPECT_EQ(Text(order.Rivals()), absl::StrCat(met + 1, "-", met + 2));
}

TEST(StepOrderTest, OfALongExecutionItLooksAtTheEnd) {
  struct World {
    Atomic<int> cell;
    Task<> Main() {
      for (int i = 0; i < 1000; ++i) co_await cell.Store(i);
    }
    void Begin(Roots& roots) { roots.Add(Main()); }
  };
  const Execution execution = RunQuietly<World>();
  Footprints footprints;
  const StepOrder order(execution, footprints);
  EXPECT_EQ(order.events().size(), StepOrder::kWindow);
  EXPECT_EQ(order.events().back().step, 999u);
  EXPECT_TRUE(order.Before(0, StepOrder::kWindow - 1));
}

// Three tasks that load and store three cells, at random. Held against the closure of the edges between all pairs.
TEST(StepOrderTest, TheOrderOfManyEventsIsTheClosureOfItsEdges) {
  struct World {
    Atomic<int> cells[3];
    Task<> Work(int first) {
      for (int i = 0; i < 50; ++i) {
        if (i % 5 == 0) co_await cells[(first + i / 5) % 3].Store(i);
        if (i % 5 != 0) co_await cells[(first + i) % 3].Load();
      }
    }
    void Begin(Roots& roots) {
      for (int i = 0; i < 3; ++i) roots.Add(Work(i));
    }
  };
  RandomWalk walk(1);
  const Execution execution = RunWith<World>(walk);
  Footprints footprints;
  const StepOrder order(execution, footprints);
  const size_t count = order.events().size();
  ASSERT_EQ(count, 150u);
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count));
  std::vector<StepOrder::Pair> rivals;
  for (size_t later = 0; later < count; ++later) {
    for (size_t i = later; i-- > 0;) {
      if (before[i][later]) continue;
      const bool same_task = order.events()[i].task == order.events()[later].task;
      if (!same_task && !order.Conflict(i, later)) continue;
      if (!same_task) rivals.push_back({i, later});
      before[i][later] = true;
      for (size_t k = 0; k < i; ++k) before[k][later] = before[k][later] || before[k][i];
    }
    for (size_t i = 0; i < later; ++i) ASSERT_EQ(order.Before(i, later), before[i][later]) << i << " " << later;
  }
  std::ranges::reverse(rivals);
  EXPECT_EQ(Text(order.Rivals()), Text(rivals));
}

// --- pairs the other way round ---------------------------------------------------------------

TEST(StepOrderTest, OfVeryManyPairsAllAreGiven) {
  struct World {
    Atomic<int> cell;
    Task<> Store() {
      for (int i = 0; i < 100; ++i) co_await cell.Store(i);
    }
    void Begin(Roots& roots) {
      roots.Add(Store(), "a");
      roots.Add(Store(), "b");
    }
  };
  const Execution quiet = RunQuietly<World>();
  Footprints footprints;
  const StepOrder order(quiet, footprints);
  std::vector<StepOrder::Name> names;
  for (size_t i = 0; i < 200; ++i) names.push_back(order.events()[(i + 100) % 200].name);
  FollowOrder swapped(names);
  EXPECT_EQ(ReversedPairs(order, StepOrder(RunWith<World>(swapped), footprints)).size(), 10'000u);
}

TEST(StepOrderTest, OnlyThePairsThatNoOtherImpliesCount) {
  const Execution quiet = RunQuietly<Increments>();
  Footprints footprints;
  const StepOrder order(quiet, footprints);
  EXPECT_TRUE(ReversedPairs(order, order).empty());
  const auto names = [&order](std::vector<size_t> events) {
    std::vector<StepOrder::Name> list;
    for (size_t event : events) list.push_back(order.events()[event].name);
    return list;
  };
  // b's load before a's store: that pair alone. b wholly before a: its store before a's load, from which all
  // the others follow in that execution; in this one they follow from a's store before b's load.
  FollowOrder lost(names({0, 2, 1, 3}));
  EXPECT_EQ(Text(ReversedPairs(order, StepOrder(RunWith<Increments>(lost), footprints))), "1-2");
  FollowOrder swapped(names({2, 3, 0, 1}));
  EXPECT_EQ(Text(ReversedPairs(order, StepOrder(RunWith<Increments>(swapped), footprints))), "1-2");
}

}  // namespace
}  // namespace fate::sim
