// Each search with reduction sees every outcome that plain depth-first search sees, where it hangs on what is no
// operation on an object: which task ends first, who is joined, a timer that might have struck, a look in plain code.
// Size: a program for each way in which an outcome can hang on what is no operation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/sync/barrier.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "tests/race/last_first.h"
#include "tests/race/outcomes.h"

namespace fate::sim {
namespace {

using test::ExpectEachSees;
using test::Outcomes;
using test::OutcomesOf;
using test::seen;

Task<> Store(Atomic<int>& cell) { co_await cell.Store(1); }
Task<> Nothing() { co_return; }
Task<> YieldTwice() {
  co_await Yield();
  co_await Yield();
}
Task<> StoreAndFail(Atomic<int>& cell, const char* what) {
  co_await cell.Store(1);
  throw std::runtime_error(what);
}
Task<> Pause(int milliseconds) { co_await Sleep(absl::Milliseconds(milliseconds)); }

// --- who ends first --------------------------------------------------------------------------

Task<> FirstOf(Task<> first, Task<> second) {
  const auto winner = co_await WhenAny(std::move(first), std::move(second));
  seen += std::to_string(winner.index());
}

TEST(OutcomesTest, EitherTaskMayWin) {
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Atomic<int> x, y;
    co_await FirstOf(Store(x), Store(y));
  });
}

TEST(OutcomesTest, EitherTaskMayWinThatDoesNothing) {
  ExpectEachSees({"0", "1"}, []() -> Task<> { co_await FirstOf(Nothing(), Nothing()); });
  ExpectEachSees({"0", "1"}, []() -> Task<> { co_await FirstOf(YieldTwice(), Nothing()); });
}

TEST(OutcomesTest, EitherSleeperMayWin) {
  ExpectEachSees({"0", "1"}, []() -> Task<> { co_await FirstOf(Pause(1), Pause(1)); });
}

TEST(OutcomesTest, EitherFailureMayBeTheFirst) {
  ExpectEachSees({"a", "b"}, []() -> Task<> {
    Atomic<int> x, y;
    try {
      co_await WhenAll(StoreAndFail(x, "a"), StoreAndFail(y, "b"));
    } catch (const std::runtime_error& error) {
      seen = error.what();
    }
  });
}

TEST(OutcomesTest, AFailureOrAValueMayBeTheFirst) {
  ExpectEachSees({"a", "value"}, []() -> Task<> {
    Atomic<int> x, y;
    seen = "value";
    try {
      co_await WhenAny(StoreAndFail(x, "a"), Store(y));
    } catch (const std::runtime_error& error) {
      seen = error.what();
    }
  });
}

// --- who is joined ---------------------------------------------------------------------------

TEST(OutcomesTest, AGroupIsJoinedAloneNotWhatWasSpawnedBefore) {
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Atomic<int> x, y, z;
    JoinHandle<> before = co_await Spawn(Store(x));
    co_await WhenAll(Store(y), Store(z));
    seen = std::to_string(co_await x.Load());
    co_await before.Join();
  });
}

TEST(OutcomesTest, AGroupWithinAGroupIsJoinedAlone) {
  ExpectEachSees({"cancelled", "went on"}, []() -> Task<> {
    const auto child = []() -> Task<> {
      seen = "cancelled";
      co_await Yield();
      seen = "went on";
    };
    const auto inner = [](TaskGroup& group) -> Task<> { co_await group.Spawn(Nothing()); };
    const auto outer = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(child());
      co_await WithTaskGroup(inner);
      co_await group.Cancel();
    };
    co_await WithTaskGroup(outer);
  });
}

TEST(OutcomesTest, WhatASiblingSpawnedIsJoinedToo) {
  ExpectEachSees({"1"}, []() -> Task<> {
    Atomic<int> x, y;
    const auto body = [&](TaskGroup& group) -> Task<> {
      const auto spawns = [&]() -> Task<> { co_await group.Spawn(Store(x)); };
      co_await group.Spawn(spawns());
      co_await y.Load();
    };
    co_await WithTaskGroup(body);
    seen = std::to_string(co_await x.Load());
  });
}

// --- timers ----------------------------------------------------------------------------------

Task<> Timed(std::function<Task<>()> body) {
  const absl::Status status = co_await WithTimeout(absl::Milliseconds(1), body());
  seen += status.ok() ? "ok" : "late";
}

TEST(OutcomesTest, ATimeoutMayStrikeAtItsInstantBetweenAnyTwoSteps) {
  ExpectEachSees({"late", "1late", "12ok"}, []() -> Task<> {
    Event ready;
    co_await ready.Set();
    const auto body = [&]() -> Task<> {
      co_await Sleep(absl::Milliseconds(1));
      seen += "1";
      co_await ready.Wait();
      seen += "2";
    };
    co_await Timed(body);
  });
}

TEST(OutcomesTest, ATimeoutMayStrikeBeforeAndAfterWhatAnotherTaskMakesPossible) {
  ExpectEachSees({"late", "1late", "12ok"}, []() -> Task<> {
    Event set, ready;
    co_await ready.Set();
    const auto body = [&]() -> Task<> {
      co_await set.Wait();
      seen += "1";
      co_await ready.Wait();
      seen += "2";
    };
    const auto other = [&]() -> Task<> {
      co_await Sleep(absl::Milliseconds(1));
      co_await set.Set();
    };
    co_await WhenAll(Timed(body), other());
  });
}

// A timer is no task of the program, even if it strikes before any of them has made a step.
TEST(OutcomesTest, TimeoutsMayStrikeInAnyOrderBeforeTheFirstStep) {
  ExpectEachSees({"lateok", "lateXlate", "Xlate"}, []() -> Task<> {
    Event never;
    const auto inner = [&]() -> Task<> { co_await never.Wait(); };
    const auto outer = [&]() -> Task<> {
      try {
        co_await Timed(inner);
        co_await CheckCancelled();
      } catch (const Cancelled&) {
        seen += "X";
        throw;
      }
    };
    co_await Timed(outer);
  });
}

// Whether its Cancelled is that of the time alone is looked at before it has done anything.
TEST(OutcomesTest, ATaskMayBeCancelledBeforeOrAfterItsTimeHasPassed) {
  ExpectEachSees({"cancelled", "late cancelled"}, []() -> Task<> {
    Event never;
    const auto gives_up = []() -> Task<> {
      throw Cancelled{};
      co_return;
    };
    const auto child = [&]() -> Task<> {
      try {
        const absl::Status status = co_await WithTimeout(absl::ZeroDuration(), gives_up());
        seen += status.ok() ? "ok " : "late ";
        co_await never.Wait();
      } catch (const Cancelled&) {
        seen += "cancelled";
        throw;
      }
    };
    JoinHandle<> handle = co_await Spawn(child());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Wait();
  });
}

// --- the end of the program ------------------------------------------------------------------

TEST(OutcomesTest, ATaskThatMayOutliveTheProgramIsALeak) {
  ExpectEachSees({"LeakedTask"}, []() -> Task<> {
    Atomic<int> x, y;
    {
      JoinHandle<> left = co_await Spawn(Store(x));
    }
    co_await Yield();
    co_await Yield();
    co_await y.Load();
  });
  ExpectEachSees({"LeakedTask"}, []() -> Task<> {
    {
      JoinHandle<> left = co_await Spawn(Nothing());
    }
    co_await Yield();
    co_await Yield();
  });
}

TEST(OutcomesTest, ATaskThatIsCancelledWhereItJoinsMayLeak) {
  ExpectEachSees({"LeakedTask"}, []() -> Task<> {
    Atomic<int> x, y;
    const auto child = [&]() -> Task<> {
      JoinHandle<> grandchild = co_await Spawn(Store(x));
      co_await grandchild.Join();
    };
    JoinHandle<> handle = co_await Spawn(child());
    co_await y.Load();
    co_await handle.Cancel();
    co_await handle.Wait();
  });
}

// What a daemon has done by the end is seen after it.
TEST(OutcomesTest, ADaemonMayBeLeftBehindAnywhere) {
  static int done;
  const auto program = []() -> Task<> {
    done = 0;
    const auto daemon = []() -> Task<> {
      for (int i = 0; i < 2; ++i) {
        co_await Yield();
        ++done;
      }
    };
    JoinHandle<> handle = co_await Spawn(daemon(), {.lifetime = Lifetime::kDaemon});
    co_await Yield();
  };
  for (const char* strategy : {"depth_first", "sleep_sets", "source_dpor", "optimal_dpor"}) {
    ExploreOptions options;
    options.strategy = strategy;
    const Report report = Explore(program, options);
    EXPECT_TRUE(report.exhausted) << strategy;
    EXPECT_EQ(report.traces, 3u) << strategy;  // it was left before its first step, between the two, and never
    EXPECT_LE(done, 2) << strategy;
  }
}

// Of three, two of which meet at a cell: any of them may not have come to its step by the end.
TEST(OutcomesTest, WhatSeveralDaemonsHaveDoneByTheEndIsSeenTogether) {
  struct World {
    Atomic<int> x, y;
    std::string loaded_x = "-", loaded_y = "-", added = "-";
    Task<> LoadX() { loaded_x = std::to_string(co_await x.Load()); }
    Task<> LoadY() { loaded_y = std::to_string(co_await y.Load()); }
    Task<> Add() {
      co_await Spawn(LoadX(), {.lifetime = Lifetime::kDaemon});
      co_await Spawn(LoadY(), {.lifetime = Lifetime::kDaemon});
      co_await y.FetchAdd(1);
      added = "+";
    }
  };
  static std::unique_ptr<World> world;  // outlives what is left behind
  const auto program = []() -> Task<> {
    world = std::make_unique<World>();
    co_await Spawn(world->Add(), {.lifetime = Lifetime::kDaemon});
    co_await Yield();
    seen = world->loaded_x + world->loaded_y + world->added;
  };
  ExpectEachSees({"---", "-0-", "--+", "-0+", "-1+", "0--", "00-", "0-+", "00+", "01+"}, program);
}

// The program goes on for a task after its root, but not for those whom that one waits for. A search that runs the root
// last sees by their ends that it could have come before them.
TEST(OutcomesTest, AGroupOfATaskThatTheProgramGoesOnForMayLeak) {
  const auto yield = []() -> Task<> { co_await Yield(); };
  const auto parent = [&]() -> Task<> { co_await WhenAll(yield(), yield()); };
  const auto program = [&](Roots& roots) {
    roots.Add([](auto& parent) -> Task<> {
      co_await Spawn(parent(), {.lifetime = Lifetime::kProgram});
      co_await Yield();
    }(parent));
  };
  Scheduler scheduler;
  LastFirst search;
  Outcomes ends;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(program, search);
    ends.insert(ToString(execution.outcome.kind));
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(ends, Outcomes({"LeakedTask", "Passed"}));
}

// The program ends before the daemon begins, or waits for what it spawned, for ever.
TEST(OutcomesTest, ADeadlockMayBeOfTasksThatADaemonHadNotMadeByTheEnd) {
  struct World {
    Event event;
    Atomic<int> x;
    Task<> Wait() { co_await event.Wait(); }
    Task<> SpawnAtOnce() {
      JoinHandle<> handle = SpawnNow(Wait(), {.lifetime = Lifetime::kProgram});
      co_return;
    }
    Task<> Main() {
      co_await Spawn(SpawnAtOnce(), {.lifetime = Lifetime::kDaemon});
      JoinHandle<> handle = co_await Spawn(Store(x));
      co_await handle.Join();
    }
  };
  static std::unique_ptr<World> world;  // outlives what is left behind
  for (const char* name : {"depth_first", "sleep_sets", "source_dpor", "optimal_dpor"}) {
    Scheduler scheduler;
    const std::unique_ptr<Strategy> strategy = *MakeStrategy(name, 1);
    const auto program = [](Roots& roots) {
      world = std::make_unique<World>();
      roots.Add(world->Main());
    };
    Outcomes ends;
    for (bool more = true; more;) {
      const Execution& execution = scheduler.Run(program, *strategy);
      if (!execution.outcome.skips) ends.insert(ToString(execution.outcome.kind));
      more = strategy->EndExecution(execution);
    }
    EXPECT_EQ(ends, Outcomes({"Deadlock", "Passed"})) << name;
  }
}

// A failure of a task that is given up is told once it has failed, or when it fails; not while another is on its way.
TEST(OutcomesTest, AFailureMayComeAfterTheHandleWasDropped) {
  static std::unique_ptr<Atomic<int>> x;  // outlives the root
  ExpectEachSees({"UncaughtException"}, []() -> Task<> {
    x = std::make_unique<Atomic<int>>();
    Atomic<int> y;  // no order of operations tells the two apart; in the quiet run it fails first
    const auto fails = [&]() -> Task<> {
      JoinHandle<> handle = co_await Spawn(StoreAndFail(*x, "a"), {.lifetime = Lifetime::kProgram});
      co_await Yield();
      co_await Yield();
      co_await y.Load();
      throw std::runtime_error("b");
    };
    try {
      co_await fails();
    } catch (const std::runtime_error& error) {
      seen = error.what();
    }
  });
}

// --- looks in plain code ---------------------------------------------------------------------

Task<> Beside(Task<> other, std::function<std::string()> look) {
  JoinHandle<> handle = co_await Spawn(std::move(other));
  co_await Yield();
  seen = look();
  co_await handle.Join();
}

TEST(OutcomesTest, ALookAtAPrimitiveIsAReadOfIt) {
  ExpectEachSees({"free", "locked"}, []() -> Task<> {
    Mutex mutex;
    const auto lock = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await Yield();
    };
    co_await Beside(lock(), [&] { return mutex.locked() ? "locked" : "free"; });
  });
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    SharedMutex mutex;
    const auto lock = [&]() -> Task<> {
      SharedMutexGuard<LockMode::kShared> guard = co_await mutex.LockShared();
      co_await Yield();
    };
    co_await Beside(lock(), [&] { return std::to_string(mutex.readers()); });
  });
  ExpectEachSees({"set", "unset"}, []() -> Task<> {
    Event event;
    const auto set = [&]() -> Task<> { co_await event.Set(); };
    co_await Beside(set(), [&] { return event.is_set() ? "set" : "unset"; });
  });
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Semaphore semaphore(0);
    const auto release = [&]() -> Task<> { co_await semaphore.Release(); };
    co_await Beside(release(), [&] { return std::to_string(semaphore.available()); });
  });
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Channel<int> channel(1);
    const auto send = [&]() -> Task<> { co_await channel.Send(1); };
    co_await Beside(send(), [&] { return std::to_string(channel.size()); });
  });
  ExpectEachSees({"2", "3"}, []() -> Task<> {
    Barrier barrier(3);
    const auto drop = [&]() -> Task<> { co_await barrier.ArriveAndDrop(); };
    co_await Beside(drop(), [&] { return std::to_string(barrier.participants()); });
  });
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Broadcast<int> messages(1);
    Subscription<int> subscription = co_await messages.Subscribe();
    co_await messages.Send(1);
    co_await messages.Send(2);
    const auto receive = [&]() -> Task<> { co_await subscription.Receive(); };
    co_await Beside(receive(), [&] { return std::to_string(subscription.lagged()); });
  });
}

TEST(OutcomesTest, ALookAtTheEndOfATaskIsOne) {
  ExpectEachSees({"ended", "runs"}, []() -> Task<> {
    Atomic<int> x, y;
    JoinHandle<> handle = co_await Spawn(Store(x));
    co_await y.Load();
    seen = handle.ended() ? "ended" : "runs";
    co_await handle.Join();
  });
  ExpectEachSees({"0", "1", "2"}, []() -> Task<> {
    Atomic<int> x, y, z;
    const auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Store(x));
      co_await group.Spawn(Store(y));
      co_await z.Load();
      seen = std::to_string(group.running());
    };
    co_await WithTaskGroup(body);
  });
}

TEST(OutcomesTest, ALookForACancellationIsOneInAPrologueToo) {
  ExpectEachSees({"cancelled", "not"}, []() -> Task<> {
    const auto child = []() -> Task<> {
      seen = CancelRequested() ? "cancelled" : "not";
      co_return;
    };
    const auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(child());
      co_await group.Cancel();
    };
    co_await WithTaskGroup(body);
  });
}

// --- granted, and cancelled in the same step -------------------------------------------------

// Production has granted the operation by then.
TEST(OutcomesTest, WhatAStepMadePossibleBeforeItCancelledTheTaskTakesEffect) {
  const auto locks = []() -> Task<> {
    Mutex mutex;
    MutexGuard guard = co_await mutex.Lock();
    const auto waits = [&]() -> Task<> {
      MutexGuard own = co_await mutex.Lock();
      seen = "held";
    };
    JoinHandle<> handle = co_await Spawn(waits());
    co_await Yield();
    co_await Yield();
    guard.UnlockNow();
    handle.CancelNow();
    co_await handle.Wait();
  };
  const auto receives = []() -> Task<> {
    Channel<int> channel(1);
    const auto waits = [&]() -> Task<> {
      const std::optional<int> value = co_await channel.Receive();
      seen = "received " + std::to_string(*value);
    };
    JoinHandle<> handle = co_await Spawn(waits());
    co_await Yield();
    co_await Yield();
    EXPECT_TRUE(channel.TrySend(7));
    handle.CancelNow();
    co_await handle.Wait();
  };
  EXPECT_EQ(OutcomesOf("fifo", locks, Interleaving::kFifo), Outcomes({"held"}));
  ExpectEachSees({"", "held"}, locks);
  EXPECT_EQ(OutcomesOf("fifo", receives, Interleaving::kFifo), Outcomes({"received 7"}));
  ExpectEachSees({"", "received 7"}, receives);
}

// The one that waits stood there when the event was set, or it had not begun.
TEST(OutcomesTest, ATaskMayBeCancelledBeforeItComesToStandBeforeItsFirstOperation) {
  ExpectEachSees({"10", "11"}, []() -> Task<> {
    Event event;
    const auto waits = [&]() -> Task<> { co_await event.Wait(); };
    const auto sets = [&]() -> Task<> { co_await event.Set(); };
    auto result = co_await WhenAny(waits(), sets());
    seen = std::to_string(result.index()) + std::to_string(result.get<0>().has_value());
  });
}

TEST(OutcomesTest, AYieldThatIsCancelledInTheQueueReturns) {
  ExpectEachSees({"0 11", "1 01", "1 11"}, []() -> Task<> {
    const auto yields = []() -> Task<> { co_await Yield(); };
    auto result = co_await WhenAny(yields(), Nothing());
    seen = std::to_string(result.index()) + " ";
    seen += std::to_string(result.get<0>().has_value()) + std::to_string(result.get<1>().has_value());
  });
}

}  // namespace
}  // namespace fate::sim
