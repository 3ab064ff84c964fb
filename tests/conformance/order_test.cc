// In which order tasks go on: spawning, yielding, joining, and waiting at the primitives.
#include <string>
#include <vector>

#include "fate/sync/barrier.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "tests/conformance/worlds.h"

namespace fate::conformance {
namespace {

class OrderTest : public ConformanceTest {};
CONFORMANCE(OrderTest);

Task<> Say(Log& log, std::string word, int times = 1) {
  for (int i = 0; i < times; ++i) {
    if (i > 0) co_await Yield();
    log(word);
  }
}

// --- tasks -----------------------------------------------------------------------------------

TEST_P(OrderTest, ChildrenStartInTheOrderOfTheirSpawningAfterTheParentHasGoneOn) {
  auto program = [](Log& log) -> Task<> {
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Say(log, "a"));
      co_await group.Spawn(Say(log, "b"));
      co_await group.Spawn(Say(log, "c"));
      log("parent");
    };
    co_await WithTaskGroup(body);
    log("end");
  };
  EXPECT_EQ(Run(program), "parent a b c end");
}

TEST_P(OrderTest, YieldsGoRound) {
  auto program = [](Log& log) -> Task<> { co_await WhenAll(Say(log, "a", 3), Say(log, "b", 3), Say(log, "c", 3)); };
  EXPECT_EQ(Run(program), "a b c a b c a b c");
}

TEST_P(OrderTest, AChildSpawnedLaterStartsBehindTheReadyOnes) {
  auto program = [](Log& log) -> Task<> {
    auto parent = [&]() -> Task<> {
      log("p");
      JoinHandle<> child = co_await Spawn(Say(log, "child"));
      co_await child.Join();
      log("p");
    };
    co_await WhenAll(parent(), Say(log, "a", 2), Say(log, "b", 2));
  };
  EXPECT_EQ(Run(program), "p a b child a b p");
}

TEST_P(OrderTest, AwaitingATaskIsNoSwitch) {
  auto program = [](Log& log) -> Task<> {
    auto nested = [&]() -> Task<> {
      log("before");
      co_await Say(log, "inside");
      log("after");
    };
    co_await WhenAll(nested(), Say(log, "other"));
  };
  EXPECT_EQ(Run(program), "before inside after other");
}

TEST_P(OrderTest, AJoinOfWhatHasEndedGoesOnAtOnce) {
  auto program = [](Log& log) -> Task<> {
    JoinHandle<> a = co_await Spawn(Say(log, "a"));
    JoinHandle<> b = co_await Spawn(Say(log, "b"));
    co_await b.Join();
    log("joined b");
    co_await a.Join();
    log("joined a");
  };
  EXPECT_EQ(Run(program), "a b joined b joined a");
}

TEST_P(OrderTest, ResultsComeInTheOrderOfTheArguments) {
  auto program = [](Log& log) -> Task<> {
    auto late = [](int value, int yields) -> Task<int> {
      for (int i = 0; i < yields; ++i) co_await Yield();
      co_return value;
    };
    auto [a, b, c] = co_await WhenAll(late(1, 3), late(2, 1), late(3, 2));
    log(a);
    log(b);
    log(c);
  };
  EXPECT_EQ(Run(program), "1 2 3");
}

// --- locks -----------------------------------------------------------------------------------

TEST_P(OrderTest, AMutexIsHandedToTheOldestWaiter) {
  auto program = [](Log& log) -> Task<> {
    Mutex mutex;
    auto locker = [&](std::string name) -> Task<> {
      for (int i = 0; i < 2; ++i) {
        MutexGuard guard = co_await mutex.Lock();
        log(name);
        co_await Yield();
        co_await guard.Unlock();
      }
    };
    co_await WhenAll(locker("a"), locker("b"), locker("c"));
  };
  EXPECT_EQ(Run(program), "a b c a b c");
}

TEST_P(OrderTest, ASemaphoreServesInOrderOfArrival) {
  auto program = [](Log& log) -> Task<> {
    Semaphore semaphore(2);
    auto user = [&](std::string name) -> Task<> {
      SemaphorePermit permit = co_await semaphore.Acquire();
      log("+" + name);
      co_await Yield();
      log("-" + name);
    };
    co_await WhenAll(user("a"), user("b"), user("c"), user("d"));
  };
  EXPECT_EQ(Run(program), "+a +b -a -b +c +d -c -d");
}

TEST_P(OrderTest, ReadersShareAndAWriterThatCameFirstGoesFirst) {
  auto program = [](Log& log) -> Task<> {
    SharedMutex mutex;
    auto reader = [&](std::string name) -> Task<> {
      SharedGuard guard = co_await mutex.LockShared();
      log("+" + name);
      co_await Yield();
      log("-" + name);
      co_await guard.Unlock();
    };
    auto writer = [&](std::string name) -> Task<> {
      ExclusiveGuard guard = co_await mutex.Lock();
      log("+" + name);
      co_await Yield();
      log("-" + name);
      co_await guard.Unlock();
    };
    co_await WhenAll(reader("r"), reader("s"), writer("w"), reader("t"));
  };
  // The search knows no queue: its quiet run lets a reader join those that are in already.
  EXPECT_EQ(Run(program), fifo() ? "+r +s -r -s +w -w +t -t" : "+r +s +t -r -s -t +w -w");
}

TEST_P(OrderTest, ConditionVariableWaitersWakeInOrder) {
  auto program = [](Log& log) -> Task<> {
    Mutex mutex;
    ConditionVariable changed;
    int tokens = 0;
    auto waiter = [&](std::string name) -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      auto any = [&] { return tokens > 0; };
      co_await changed.Wait(guard, any);
      --tokens;
      log(name);
    };
    auto feeder = [&]() -> Task<> {
      for (int i = 0; i < 3; ++i) {
        MutexGuard guard = co_await mutex.Lock();
        ++tokens;
        log("feed");
        co_await changed.NotifyOne();
        co_await guard.Unlock();
        for (int turn = 0; turn < 5; ++turn) co_await Yield();
      }
    };
    co_await WhenAll(waiter("a"), waiter("b"), waiter("c"), feeder());
  };
  EXPECT_EQ(Run(program), "feed a feed b feed c");
}

// --- signalling ------------------------------------------------------------------------------

TEST_P(OrderTest, AnEventLetsAllWaitersGoOnOldestFirst) {
  auto program = [](Log& log) -> Task<> {
    Event event;
    auto waiter = [&](std::string name) -> Task<> {
      co_await event.Wait();
      log(name);
    };
    auto setter = [&]() -> Task<> {
      co_await event.Set();
      log("set");
    };
    co_await WhenAll(waiter("a"), waiter("b"), setter(), waiter("late"));
  };
  EXPECT_EQ(Run(program), "set late a b");
}

TEST_P(OrderTest, ALatchOpensWithTheLastCountDown) {
  auto program = [](Log& log) -> Task<> {
    Latch latch(2);
    auto worker = [&](std::string name, int yields) -> Task<> {
      for (int i = 0; i < yields; ++i) co_await Yield();
      log(name);
      co_await latch.CountDown();
    };
    auto waiter = [&]() -> Task<> {
      co_await latch.Wait();
      log("open");
    };
    co_await WhenAll(waiter(), worker("a", 1), worker("b", 3));
  };
  EXPECT_EQ(Run(program), "a b open");
}

TEST_P(OrderTest, ABarrierLetsNobodyRunAhead) {
  auto program = [](Log& log) -> Task<> {
    Barrier barrier(2);
    auto party = [&](int yields) -> Task<> {
      for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < yields; ++i) co_await Yield();
        log(std::to_string(round));
        co_await barrier.ArriveAndWait();
      }
    };
    co_await WhenAll(party(0), party(3));
  };
  EXPECT_EQ(Run(program), "0 0 1 1 2 2");
}

TEST_P(OrderTest, OnceRunsInTheFirstCaller) {
  auto program = [](Log& log) -> Task<> {
    Once once;
    auto caller = [&](std::string name) -> Task<> {
      auto open = [&]() -> Task<> {
        log("open by " + name);
        co_await Yield();
        log("opened");
      };
      co_await once.Call(open);
      log(name);
    };
    co_await WhenAll(caller("a"), caller("b"), caller("c"));
  };
  EXPECT_EQ(Run(program), "open by a opened a b c");
}

// --- channels --------------------------------------------------------------------------------

TEST_P(OrderTest, AnUnboundedChannelKeepsTheOrder) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> numbers = Channel<int>::Unbounded();
    auto producer = [&](int first) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        co_await numbers.Send(first + i);
        co_await Yield();
      }
    };
    auto consumer = [&]() -> Task<> {
      while (std::optional<int> number = co_await numbers.Receive()) log(*number);
      log("closed");
    };
    JoinHandle<> consumes = co_await Spawn(consumer());
    co_await WhenAll(producer(10), producer(20));
    co_await numbers.Close();
    co_await consumes.Join();
  };
  EXPECT_EQ(Run(program), "10 20 11 21 12 22 closed");
}

TEST_P(OrderTest, ABoundedChannelServesSendersInOrder) {
  auto program = [](Log& log) -> Task<> {
    Channel<std::string> words(1);
    auto producer = [&](std::string word) -> Task<> {
      bool sent = co_await words.Send(word);
      if (!sent) log("not sent");
    };
    auto consumer = [&]() -> Task<> {
      for (int i = 0; i < 4; ++i) {
        std::optional<std::string> word = co_await words.Receive();
        log(*word);
      }
    };
    co_await WhenAll(producer("a"), producer("b"), producer("c"), producer("d"), consumer());
  };
  EXPECT_EQ(Run(program), "a b c d");
}

TEST_P(OrderTest, ARendezvousPairsTheOldest) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> meeting;
    auto sender = [&](int number) -> Task<> { co_await meeting.Send(number); };
    auto receiver = [&](std::string name) -> Task<> {
      std::optional<int> number = co_await meeting.Receive();
      log(name + std::to_string(*number));
    };
    co_await WhenAll(receiver("a"), receiver("b"), sender(1), sender(2));
  };
  EXPECT_EQ(Run(program), "a1 b2");
}

TEST_P(OrderTest, CloseWakesThoseWhoWait) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> numbers(1);
    auto receiver = [&](std::string name) -> Task<> {
      std::optional<int> number = co_await numbers.Receive();
      log(number.has_value() ? name + std::to_string(*number) : name + " nothing");
    };
    auto closer = [&]() -> Task<> {
      co_await numbers.Send(1);
      co_await numbers.Close();
      bool sent = co_await numbers.Send(2);
      if (!sent) log("closed");
    };
    co_await WhenAll(receiver("a"), receiver("b"), closer());
  };
  EXPECT_EQ(Run(program), "closed a1 b nothing");
}

TEST_P(OrderTest, SelectTakesTheFirstListedThatCanProceed) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> empty(1);
    Channel<int> full(1);
    Event set;
    co_await full.Send(5);
    co_await set.Set();
    auto first = co_await Select(empty.Receive(), full.Receive(), set.Wait());
    log(static_cast<int64_t>(first.index()));
    auto second = co_await Select(empty.Receive(), full.Receive(), set.Wait());
    log(static_cast<int64_t>(second.index()));
  };
  EXPECT_EQ(Run(program), "1 2");
}

TEST_P(OrderTest, ASelectThatWaitsLeavesTheOtherBranchesUntouched) {
  auto program = [](Log& log) -> Task<> {
    Channel<int> left(1);
    Channel<int> right(1);
    auto chooser = [&]() -> Task<> {
      auto taken = co_await Select(left.Receive(), right.Receive());
      log(static_cast<int64_t>(taken.index()));
      std::optional<int> other = co_await left.Receive();
      log(*other);
    };
    auto sender = [&]() -> Task<> {
      co_await right.Send(1);
      co_await Yield();
      co_await left.Send(2);
    };
    co_await WhenAll(chooser(), sender());
  };
  EXPECT_EQ(Run(program), "1 2");
}

}  // namespace
}  // namespace fate::conformance
