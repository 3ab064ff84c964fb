// No plan is made in vain for operations that wait: what their objects let through, and who was notified, tells which
// of them could have come earlier. Each trace of such programs is run once.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sync/atomic.h"
#include "fate/sync/barrier.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/spawn.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace waits_test {
namespace {

// Runs all of it: the traces seen, which are those that the search has counted.
uint64_t Traces(const test::AnyProgram& program, OptimalDpor& search) {
  Scheduler scheduler;
  TraceHash hash;
  std::set<uint64_t> seen;
  uint64_t executions = 0;
  for (bool more = true; more && executions < 100'000;) {
    const Execution& execution = scheduler.Run(program, search, executions++, 1);
    seen.insert(hash.Of(execution));
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(search.traces(), seen.size());
  return seen.size();
}

// The same, and expects that no trace came twice since the search knew what its steps do inside.
uint64_t Exactly(const test::AnyProgram& program) {
  OptimalDpor search;
  const uint64_t traces = Traces(program, search);
  EXPECT_EQ(search.redundant(), 0u);
  EXPECT_EQ(search.infeasible(), 0u);
  return traces;
}

// `tasks` of World::Run.
template <class World>
test::AnyProgram Several(int tasks) {
  auto world = std::make_shared<std::optional<World>>();
  return [world, tasks](Roots& roots) {
    world->emplace();
    for (int i = 0; i < tasks; ++i) roots.Add((*world)->Run(i));
  };
}

struct OnePermit {
  Semaphore semaphore{1};
  Task<> Run(int) {
    SemaphorePermit permit = co_await semaphore.Acquire();
    co_await permit.Release();
  }
};
struct OnePermitByScope {
  Semaphore semaphore{1};
  Atomic<int> cell{0};
  Task<> Run(int) {
    SemaphorePermit permit = co_await semaphore.Acquire();
    co_await cell.FetchAdd(1);
  }
};
struct TwoPermits {
  Semaphore semaphore{2};
  Task<> Run(int) {
    SemaphorePermit permit = co_await semaphore.Acquire();
    co_await permit.Release();
  }
};

// Beside three of them.
template <class World>
test::AnyProgram BesideOneThatIsCancelled() {
  auto world = std::make_shared<std::optional<World>>();
  return [world](Roots& roots) {
    world->emplace();
    for (int i = 0; i < 3; ++i) roots.Add((*world)->Run(i));
    const auto main = []() -> Task<> {
      const auto nothing = []() -> Task<> { co_return; };
      JoinHandle<> handle = co_await Spawn(nothing());
      co_await handle.Cancel();
      co_await handle.Wait();
    };
    roots.Add(main());
  };
}

TEST(WaitsTest, WhoIsCancelledElsewhereHidesNothing) { EXPECT_EQ(Exactly(BesideOneThatIsCancelled<OnePermit>()), 12u); }

TEST(WaitsTest, TasksPassASemaphoreInEachOrderOnce) {
  EXPECT_EQ(Exactly(Several<OnePermit>(2)), 2u);
  EXPECT_EQ(Exactly(Several<OnePermit>(3)), 6u);
  EXPECT_EQ(Exactly(Several<OnePermit>(4)), 24u);
  EXPECT_EQ(Exactly(Several<OnePermitByScope>(3)), 6u);
  // The first two in each order, with what they give back before or after each later one.
  EXPECT_EQ(Exactly(Several<TwoPermits>(2)), 4u);
  Exactly(Several<TwoPermits>(3));
}

// Tasks 0 and 1 write; the last of them has something else to do before, and so has task 2. The others read.
struct ReadersAndWriters {
  SharedMutex mutex;
  Atomic<int> cells[2];
  Task<> Run(int task) {
    if (task == 1 || task == 2) co_await cells[task - 1].Load();
    if (task >= 2) {
      SharedGuard guard = co_await mutex.LockShared();
      co_await guard.Unlock();
    } else {
      ExclusiveGuard guard = co_await mutex.Lock();
      co_await guard.Unlock();
    }
  }
};
// Each of two keeps what it read-locked until the other has, which a writer may be in the way of.
struct ReadersThatMeet {
  SharedMutex mutex;
  Barrier both{2};
  Task<> Run(int task) {
    if (task == 2) {
      ExclusiveGuard guard = co_await mutex.Lock();
      co_return co_await guard.Unlock();
    }
    SharedGuard guard = co_await mutex.LockShared();
    co_await both.ArriveAndWait();
    co_await guard.Unlock();
  }
};
struct ReaderThatStays {
  SharedMutex mutex;
  Atomic<int> cell;
  Task<> Run(int task) {
    if (task > 0) {
      co_await cell.Load();
      ExclusiveGuard guard = co_await mutex.Lock();
      co_return co_await guard.Unlock();
    }
    SharedGuard guard = co_await mutex.LockShared();
    co_await guard.Unlock();
    guard = co_await mutex.LockShared();
    co_await Event().Wait();
  }
};

TEST(WaitsTest, AWriterComesBeforeAReaderWhereNoOtherReads) {
  // The writers in each order, and each reader before, between or after them.
  EXPECT_EQ(Exactly(Several<ReadersAndWriters>(3)), 6u);
  EXPECT_EQ(Exactly(Several<ReadersAndWriters>(4)), 18u);
  EXPECT_EQ(Exactly(Several<ReadersAndWriters>(5)), 54u);
  // Before it reads, between its two reads, or never; the other before it, or behind it.
  EXPECT_EQ(Exactly(Several<ReaderThatStays>(2)), 3u);
  EXPECT_EQ(Exactly(Several<ReaderThatStays>(3)), 11u);
}

TEST(WaitsTest, AWriterComesBeforeReadersThatAreInItsWayTogether) {
  // Neither gives back what it read-locked without the other: before both or after both, who arrive in either order.
  OptimalDpor search;
  EXPECT_EQ(Traces(Several<ReadersThatMeet>(3), search), 4u);
}

struct Pipe {
  Channel<int> channel{1};
  // The first receives what the others send.
  Task<> Run(int task) {
    if (task != 0) {
      co_await channel.Send(task);
      co_return;
    }
    for (int i = 0; i < 3; ++i) co_await channel.Receive();
  }
};

TEST(WaitsTest, SendersPassAFullChannelInEachOrderOnce) { EXPECT_EQ(Exactly(Several<Pipe>(4)), 6u); }

struct Initialised {
  Once once;
  Atomic<int> cell{0};
  Task<> Start() { co_await cell.Store(1); }
  Task<> Run(int) {
    const auto start = [this] { return Start(); };
    co_await once.Call(start);
  }
};

TEST(WaitsTest, TasksPassAOnceInEachOrderOnce) {
  EXPECT_EQ(Exactly(Several<Initialised>(2)), 2u);
  EXPECT_EQ(Exactly(Several<Initialised>(4)), 24u);
}

struct Tried {
  Mutex mutex;
  Atomic<int> cell{0};
  Task<> Run(int task) {
    MutexGuard guard;
    if (task == 0) guard = co_await mutex.Lock();
    if (task != 0) guard = mutex.TryLock();
    if (!guard.holds()) co_return;
    co_await cell.Load();
    co_await guard.Unlock();
  }
};

// One that tries comes before the lock, while it is held, or after it.
TEST(WaitsTest, ALockWaitsForATryThatSucceededOnly) {
  EXPECT_EQ(Exactly(Several<Tried>(2)), 3u);
  EXPECT_EQ(Exactly(Several<Tried>(3)), 16u);
}

struct Notified {
  Mutex mutex;
  ConditionVariable changed;
  bool ready = false;
  // The first notifies the others.
  Task<> Run(int task) {
    MutexGuard guard = co_await mutex.Lock();
    if (task != 0) {
      const auto is_ready = [this] { return ready; };
      co_await changed.Wait(guard, is_ready);
      co_await guard.Unlock();
      co_return;
    }
    ready = true;
    co_await guard.Unlock();
    co_await changed.NotifyAll();
  }
};

TEST(WaitsTest, AWakeComesAfterItsNotificationOnly) {
  EXPECT_EQ(Exactly(Several<Notified>(2)), 2u);
  EXPECT_EQ(Exactly(Several<Notified>(3)), 10u);
  EXPECT_EQ(Exactly(Several<Notified>(4)), 96u);
}

struct Stuck {
  Barrier barrier{3};
  Latch latch{1};
  Task<> Run(int task) {
    if (task == 1) {
      co_await latch.Wait();
    } else {
      co_await barrier.ArriveAndWait();
    }
  }
};

TEST(WaitsTest, WhatNeverComesIsNotTried) { EXPECT_EQ(Exactly(Several<Stuck>(3)), 2u); }

}  // namespace
}  // namespace waits_test
}  // namespace fate::sim
