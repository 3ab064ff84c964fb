#include "fate/sim/race/trace_hash.h"

#include <gtest/gtest.h>

#include <set>

#include "fate/runtime/random.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/select.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// How many numbers all interleavings have.
size_t CountAll(Program program, uint64_t limit) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  DepthFirst search;
  TraceHash hash;
  std::set<uint64_t> seen;
  uint64_t executions = 0;
  bool more = true;
  while (more && executions < limit) {
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    seen.insert(hash.Of(execution));
    more = search.EndExecution(execution);
  }
  EXPECT_FALSE(more);
  return seen.size();
}

TEST(TraceHashTest, AllInterleavingsHaveAsManyNumbersAsThereAreTraces) {
  int rows = 0;
  for (const ground_truth::Row& row : ground_truth::AllRows()) {
    if (row.traces > 24 || row.name.find("filesystem") == 0 || row.name.find("indexer") == 0 ||
        row.name.find("lastzero") == 0) {
      continue;  // too many interleavings
    }
    ++rows;
    EXPECT_EQ(CountAll(row.program, 500'000), row.traces) << row.name;
  }
  EXPECT_GT(rows, 20);
}

TEST(TraceHashTest, SamplesOfLargerRowsHaveNoMoreNumbersThanThereAreTraces) {
  for (const ground_truth::Row& row : ground_truth::AllRows()) {
    if (row.traces <= 24 || row.traces > 300) continue;
    Scheduler scheduler;
    RandomWalk walk(1);
    TraceHash hash;
    std::set<uint64_t> seen;
    for (uint64_t i = 0; i < test::Samples(200) * row.traces; ++i)
      seen.insert(hash.Of(scheduler.Run(row.program, walk, i, 1)));
    EXPECT_LE(seen.size(), row.traces) << row.name;
    EXPECT_GT(2 * seen.size(), row.traces) << row.name;
  }
}

Task<> Add(Shared<int>& sum, int amount) {
  co_await Yield();
  int seen = sum.Read();
  co_await Yield();
  sum.Write(seen + amount);
}

TEST(TraceHashTest, AccessesInsideStepsCount) {
  std::optional<Shared<int>> sum;
  auto program = [&](Roots& roots) {
    sum.emplace(0);
    roots.Add(Add(*sum, 1));
    roots.Add(Add(*sum, 2));
  };
  EXPECT_EQ(CountAll(program, 1000), 4u);
}

Task<> SleepThenStore(Atomic<int>& cell, int milliseconds) {
  co_await Sleep(absl::Milliseconds(milliseconds));
  co_await cell.Store(milliseconds);
}

TEST(TraceHashTest, StepsAtDifferentTimesAreOrdered) {
  std::optional<Atomic<int>> cell;
  auto program = [&](int a, int b) {
    return [&cell, a, b](Roots& roots) {
      cell.emplace(0);
      roots.Add(SleepThenStore(*cell, a));
      roots.Add(SleepThenStore(*cell, b));
    };
  };
  EXPECT_EQ(CountAll(program(1, 2), 1000), 1u);
  EXPECT_EQ(CountAll(program(1, 1), 1000), 2u);
}

Task<> LoadThenWaitFor(Atomic<int>& cell, Event& never, Atomic<int>& last) {
  co_await cell.Load();
  const auto wait = [&]() -> Task<> { co_await never.Wait(); };
  const absl::Status status = co_await WithTimeout(absl::Milliseconds(1), wait());
  EXPECT_FALSE(status.ok());
  co_await last.Store(1);
}

// Two timeouts due at one instant, then two stores of one cell: in two orders. Who armed first, and which timer strikes
// first, is in no task's way.
TEST(TraceHashTest, TimersAreToldApartByWhoseTheyAre) {
  struct World {
    Atomic<int> x{0}, y{0}, last{0};
    Event never;
  };
  std::optional<World> world;
  auto program = [&](Roots& roots) {
    world.emplace();
    roots.Add(LoadThenWaitFor(world->x, world->never, world->last));
    roots.Add(LoadThenWaitFor(world->y, world->never, world->last));
  };
  EXPECT_EQ(CountAll(program, 1000), 2u);
}

Task<> Send(Channel<int>& channel, int value) { co_await channel.Send(value); }
Task<> Receive(Channel<int>& channel) { co_await channel.Receive(); }

// Two orders of meetings, in each of two matchings, are four traces of one channel.
TEST(TraceHashTest, ARendezvousIsOneEventOfBoth) {
  std::optional<Channel<int>> channel;
  auto program = [&](Roots& roots) {
    channel.emplace();
    roots.Add(Send(*channel, 1));
    roots.Add(Send(*channel, 2));
    roots.Add(Receive(*channel));
    roots.Add(Receive(*channel));
  };
  EXPECT_EQ(CountAll(program, 1000), 4u);
}

Task<> DrawThenStore(Atomic<int>& cell, bool stores) {
  Random random;
  const int drawn = random.Uniform(0, 1, kExplorable);
  if (stores && drawn == 1) co_await cell.Store(1);
}

// Who drew which number, and not only which were drawn.
TEST(TraceHashTest, WhatATaskDrewIsPartOfItsPast) {
  std::optional<Atomic<int>> first, second;
  auto program = [&](bool stores) {
    return [&first, &second, stores](Roots& roots) {
      roots.Add(DrawThenStore(first.emplace(0), stores));
      roots.Add(DrawThenStore(second.emplace(0), stores));
    };
  };
  EXPECT_EQ(CountAll(program(false), 1000), 4u);
  EXPECT_EQ(CountAll(program(true), 1000), 4u);
}

// Whether it entered its scopes when it locked, or came to stand before that.
TEST(TraceHashTest, WhereAStartLedItsTaskIsPartOfItsFirstOperation) {
  std::optional<Mutex> mutex;
  std::optional<ConditionVariable> never;
  const auto waits = [&]() -> Task<> {
    MutexGuard guard = co_await mutex->Lock();
    co_await never->Wait(guard);
  };
  const auto in_time = [&]() -> Task<> {
    const absl::Status status = co_await WithTimeout(absl::Milliseconds(1), Shield(waits()));
    EXPECT_TRUE(status.ok());
  };
  const auto program = [&](Roots& roots) {
    mutex.emplace();
    never.emplace();
    roots.Add(in_time());
    roots.Add(waits());
  };
  EXPECT_EQ(CountAll(program, 1000), 2u);
}

// Also one that was cancelled before it had begun, and is shielded where it waits.
TEST(TraceHashTest, WhereAStartBeganIsPartOfItsFirstOperationToo) {
  const auto main = []() -> Task<> {
    Mutex mutex;
    ConditionVariable never;
    const auto waits = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await never.Wait(guard);
    };
    const auto shielded = [&]() -> Task<> { co_await Shield(waits()); };
    JoinHandle<> first = co_await Spawn(shielded());
    JoinHandle<> second = co_await Spawn(waits());
    first.CancelNow();
    co_await first.Wait();
    co_await second.Wait();
  };
  EXPECT_EQ(CountAll([&](Roots& roots) { roots.Add(main()); }, 1000), 3u);
}

// A task that stood at its Yield when it was cancelled goes on, and one that had not begun throws there, though no
// event came in another order.
TEST(TraceHashTest, WhatThrewIsAnotherStepThanWhatReturned) {
  const auto main = []() -> Task<> {
    const auto yields = []() -> Task<> { co_await Yield(); };
    JoinHandle<> child = co_await Spawn(yields());
    co_await child.Cancel();
    co_await child.Wait();
  };
  EXPECT_EQ(CountAll([&](Roots& roots) { roots.Add(main()); }, 1000), 3u);
}

// It may meet both senders in one step, in either order, or the second later, and not again.
TEST(TraceHashTest, InWhichOrderAStepMetOthersIsPartOfIt) {
  std::optional<Channel<int>> channel;
  const auto takes_both = [&]() -> Task<> {
    co_await channel->Receive();
    channel->TryReceive();
    channel->CloseNow();
  };
  const auto program = [&](Roots& roots) {
    channel.emplace();
    roots.Add(Send(*channel, 1));
    roots.Add(Send(*channel, 2));
    roots.Add(takes_both());
  };
  EXPECT_EQ(CountAll(program, 1000), 4u);
}

TEST(TraceHashTest, WhichBranchATryFormTookIsPartOfItsStep) {
  const auto main = []() -> Task<> {
    Event first;
    Event second;
    first.SetNow();
    second.SetNow();
    co_await Yield();
    TrySelect(first.Wait(), second.Wait());
  };
  EXPECT_EQ(CountAll([&](Roots& roots) { roots.Add(main()); }, 1000), 2u);
}

// What it receives, or that it was cancelled before: nobody can tell whether it stood there when it was.
TEST(TraceHashTest, WhoWaitsAtAChannelWithABufferIsSeenByNobody) {
  const auto main = []() -> Task<> {
    Channel<int> channel(1);
    JoinHandle<> receiver = co_await Spawn(Receive(channel));
    JoinHandle<> sender = co_await Spawn(Send(channel, 1));
    co_await receiver.Cancel();
    co_await sender.Wait();
    co_await receiver.Wait();
  };
  EXPECT_EQ(CountAll([&](Roots& roots) { roots.Add(main()); }, 100'000), 3u);
}

// Only the order of the two calls and that of the cancellation and the end of a task can be told apart: not whether the
// second call came to stand, though its task looks at other flags then.
TEST(TraceHashTest, ALookAtAFlagThatNobodyChangedIsNone) {
  const auto main = []() -> Task<> {
    Once once;
    Mutex mutex;
    Mutex other;
    const auto calls = [&]() -> Task<> {
      const auto locks = [&]() -> Task<> { MutexGuard guard = co_await mutex.Lock(); };
      co_await once.Call(locks);
    };
    const auto inner = [&]() -> Task<> {
      const auto nothing = []() -> Task<> { co_return; };
      co_await once.Call(nothing);
      MutexGuard guard = co_await other.Lock();
    };
    const auto shielded = [&]() -> Task<> { co_await Shield(inner()); };
    const auto ends = []() -> Task<> { co_return; };
    JoinHandle<> first = co_await Spawn(calls());
    JoinHandle<> second = co_await Spawn(shielded());
    JoinHandle<> third = co_await Spawn(ends());
    co_await third.Cancel();
    co_await first.Wait();
    co_await second.Wait();
    co_await third.Wait();
  };
  EXPECT_EQ(CountAll([&](Roots& roots) { roots.Add(main()); }, 100'000), 4u);
}

}  // namespace
}  // namespace fate::sim
