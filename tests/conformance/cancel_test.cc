// Cancellation: an await took effect and returns, or throws Cancelled without effect.
#include <string>

#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/finally.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/conformance/worlds.h"

namespace fate::conformance {
namespace {

class CancelTest : public ConformanceTest {};
CONFORMANCE(CancelTest);

constexpr absl::Duration kNeverReached = absl::Hours(10);

Task<> SayWhenCancelled(Log& log, std::string name) {
  try {
    log(name);
    co_await Sleep(kNeverReached);
  } catch (const Cancelled&) {
    log(name + "!");
    throw;
  }
}

TEST_P(CancelTest, ACancelledTaskIsJoinedAsCancelled) {
  auto program = [](Log& log) -> Task<> {
    JoinHandle<> sleeper = co_await Spawn(SayWhenCancelled(log, "a"));
    co_await Yield();
    co_await sleeper.Cancel();
    co_await sleeper.Wait();
    log(sleeper.cancelled() ? "cancelled" : "not cancelled");
  };
  EXPECT_EQ(Run(program), "a a! cancelled");
}

TEST_P(CancelTest, ATaskCancelledBeforeItStartsRunsToItsFirstAwait) {
  auto program = [](Log& log) -> Task<> {
    JoinHandle<> sleeper = co_await Spawn(SayWhenCancelled(log, "a"));
    co_await sleeper.Cancel();
    log("asked");
    co_await sleeper.Wait();
  };
  EXPECT_EQ(Run(program), "asked a a!");
}

TEST_P(CancelTest, EachLaterAwaitThrowsToo) {
  auto program = [](Log& log) -> Task<> {
    auto stubborn = [&]() -> Task<> {
      for (int i = 0; i < 3; ++i) {
        try {
          co_await Sleep(kNeverReached);
        } catch (const Cancelled&) {
          log(i);
        }
      }
      log("done");
    };
    JoinHandle<> handle = co_await Spawn(stubborn());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Join();
  };
  EXPECT_EQ(Run(program), "0 1 2 done");
}

TEST_P(CancelTest, ALockGrantedBeforeTheCancellationIsHeld) {
  auto program = [](Log& log) -> Task<> {
    Mutex mutex;
    MutexGuard first = co_await mutex.Lock();
    auto locker = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      log("locked");
      co_await Sleep(kNeverReached);
    };
    JoinHandle<> handle = co_await Spawn(locker());
    co_await Yield();
    // In production the unlock grants at once; in the search the lock is still to be chosen, and then it
    // throws instead.
    co_await first.Unlock();
    handle.CancelNow();
    co_await handle.Wait();
    log(mutex.locked() ? "held" : "free");
  };
  EXPECT_EQ(Run(program), fifo() ? "locked free" : "free");
}

TEST_P(CancelTest, ACancelledWaiterLeavesTheQueue) {
  auto program = [](Log& log) -> Task<> {
    Mutex mutex;
    MutexGuard first = co_await mutex.Lock();
    auto locker = [&](std::string name) -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      log(name);
    };
    JoinHandle<> a = co_await Spawn(locker("a"));
    JoinHandle<> b = co_await Spawn(locker("b"));
    co_await Yield();
    co_await a.Cancel();
    co_await a.Wait();
    log("a is gone");
    co_await first.Unlock();
    co_await b.Join();
  };
  EXPECT_EQ(Run(program), "a is gone b");
}

TEST_P(CancelTest, AShieldedTaskRunsToItsEnd) {
  auto program = [](Log& log) -> Task<> {
    Event go;
    auto goodbye = [&]() -> Task<> {
      co_await go.Wait();
      log("goodbye");
    };
    auto polite = [&]() -> Task<> {
      co_await Shield(goodbye());
      log("not cancelled yet");
      co_await Yield();
      log("never");
    };
    JoinHandle<> handle = co_await Spawn(polite());
    co_await Yield();
    co_await handle.Cancel();
    co_await go.Set();
    co_await handle.Wait();
    log(handle.cancelled() ? "cancelled" : "not cancelled");
  };
  EXPECT_EQ(Run(program), "goodbye not cancelled yet cancelled");
}

TEST_P(CancelTest, ACleanupRunsShielded) {
  auto program = [](Log& log) -> Task<> {
    auto cleanup = [&]() -> Task<> {
      log("closing");
      co_await Yield();
      log("closed");
    };
    auto works = [&]() -> Task<> { co_await Finally(SayWhenCancelled(log, "a"), cleanup); };
    JoinHandle<> handle = co_await Spawn(works());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Wait();
  };
  EXPECT_EQ(Run(program), "a a! closing closed");
}

TEST_P(CancelTest, ACancelledGroupEndsAllItsTasksInTheOrderOfTheirCreation) {
  auto program = [](Log& log) -> Task<> {
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(SayWhenCancelled(log, "a"));
      co_await group.Spawn(SayWhenCancelled(log, "b"));
      co_await group.Spawn(SayWhenCancelled(log, "c"));
      for (int i = 0; i < 2; ++i) co_await Yield();  // all of them sleep now
      co_await group.Cancel();
    };
    co_await WithTaskGroup(body);
    log("joined");
  };
  EXPECT_EQ(Run(program), "a b c a! b! c! joined");
}

TEST_P(CancelTest, TheLosersOfWhenAnyAreCancelledAndWaitedFor) {
  auto program = [](Log& log) -> Task<> {
    auto quick = []() -> Task<int> {
      co_await Yield();
      co_return 7;
    };
    auto first = co_await WhenAny(SayWhenCancelled(log, "slow"), quick());
    log(static_cast<int64_t>(first.index()));
    log(*first.get<1>());
  };
  EXPECT_EQ(Run(program), "slow slow! 1 7");
}

TEST_P(CancelTest, ASendIsNotHalfDone) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> numbers(1);
    co_await numbers.Send(1);
    auto sender = [&]() -> Task<> {
      try {
        co_await numbers.Send(2);
        log("sent");
      } catch (const Cancelled&) {
        log("not sent");
      }
    };
    JoinHandle<> handle = co_await Spawn(sender());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Join();
    while (std::optional<int> number = numbers.TryReceive()) log(*number);
  };
  EXPECT_EQ(Run(program), "not sent 1");
}

TEST_P(CancelTest, ACancelScopeThatCutItsBodyShortSaysSo) {
  auto program = [](Log& log) -> Task<> {
    CancelScope* stop = nullptr;
    auto body = [&](CancelScope& scope) -> Task<> {
      stop = &scope;
      co_await SayWhenCancelled(log, "a");
    };
    auto canceller = [&]() -> Task<> {
      co_await Yield();
      CancelNow(*stop);
    };
    JoinHandle<> handle = co_await Spawn(canceller());
    bool cut_short = co_await WithCancelScope(body);
    log(cut_short ? "cut short" : "ended");
    co_await handle.Join();
  };
  EXPECT_EQ(Run(program), "a a! cut short");
}

}  // namespace
}  // namespace fate::conformance
