#include "fate/sync/condition_variable.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::condition_variable_test {
namespace {

struct Base : Logged {
  Mutex mutex;
  ConditionVariable condition;
  Task<> Wait(char name) {
    MutexGuard guard = co_await mutex.Lock();
    log += name;
    try {
      co_await condition.Wait(guard);
      log += static_cast<char>(name - 'a' + 'A');
    } catch (const Cancelled&) {
      log += '!';
    }
    log += guard.holds() && mutex.holder() == context.task ? "" : "(not held)";
  }
};

struct NotifyInTurn : Base {
  Task<> Main() {
    log += '1';
    co_await condition.NotifyOne();
    co_await Yield();
    log += '*';
    co_await condition.NotifyAll();
    co_await Yield();
  }
  std::vector<Task<>> Tasks() { return List(Wait('a'), Wait('b'), Wait('c'), Main()); }
};

TEST(ConditionVariableTest, NotifyOneWakesWhoWaitedLongestAndNotifyAllTheRest) {
  EXPECT_EQ(RunQueued<NotifyInTurn>(), "abc1A*BC");
}

struct NotifyNobody : Base {
  Task<> Main() {
    co_await condition.NotifyOne();
    co_await condition.NotifyAll();
    condition.NotifyOneNow();
    condition.NotifyAllNow();
    log += "nobody";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, NotifyingNobodyHasNoEffect) { EXPECT_EQ(RunQueued<NotifyNobody>(), "nobody"); }

struct Morphing : Base {
  Task<> Main() {
    co_await Yield();
    MutexGuard guard = co_await mutex.Lock();
    co_await condition.NotifyOne();
    co_await Yield();
    log += '-';  // a is awake, but the mutex is held here
  }
  Task<> Lock() {
    co_await Yield();
    co_await Yield();
    MutexGuard guard = co_await mutex.Lock();
    log += 'l';
  }
  std::vector<Task<>> Tasks() { return List(Wait('a'), Main(), Lock()); }
};

TEST(ConditionVariableTest, WhoIsWokenQueuesForTheMutex) {
  // a was notified before the locker came to the mutex.
  EXPECT_EQ(RunQueued<Morphing>(), "a-Al");
}

// --- cancellation ------------------------------------------------------------------------------

struct CancelWaiting : Base {
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Wait('a'));
    co_await Yield();
    MutexGuard guard = co_await mutex.Lock();
    co_await waiter.Cancel();
    co_await Yield();
    log += '-';  // it cannot throw before it has the mutex
    co_await guard.Unlock();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, CancelledWaitTakesTheMutexAgainBeforeItThrows) {
  EXPECT_EQ(RunQueued<CancelWaiting>(), "a-!");
}

struct CancelNotified : Base {
  Task<> Waiter() {
    MutexGuard guard = co_await mutex.Lock();
    co_await condition.Wait(guard);
    log += "returned ";
    try {
      co_await Yield();
    } catch (const Cancelled&) {
      log += "then cancelled";
    }
  }
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Waiter());
    co_await Yield();
    MutexGuard guard = co_await mutex.Lock();
    co_await condition.NotifyOne();
    co_await waiter.Cancel();
    co_await guard.Unlock();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, NotifiedBeforeTheCancellationReturns) {
  EXPECT_EQ(RunQueued<CancelNotified>(), "returned then cancelled");
}

struct CancelFirstOfTwo : Base {
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Wait('a'));
    JoinHandle<> second = co_await Spawn(Wait('b'));
    co_await Yield();
    co_await first.Cancel();
    co_await condition.NotifyOne();
    co_await first.Wait();
    co_await second.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, CancelledWaiterTakesNoNotificationFromTheOthers) {
  EXPECT_EQ(RunQueued<CancelFirstOfTwo>(), "ab!B");
}

struct CancelBefore : Base {
  Task<> Waiter() {
    MutexGuard guard = co_await mutex.Lock();
    try {
      co_await Yield();
    } catch (const Cancelled&) {
    }
    try {
      co_await condition.Wait(guard);
    } catch (const Cancelled&) {
      log += guard.holds() ? "holds" : "released";
    }
  }
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Waiter());
    co_await Yield();
    co_await waiter.Cancel();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, WaitInACancelledScopeThrowsWithoutUnlocking) {
  EXPECT_EQ(RunQueued<CancelBefore>(), "holds");
}

// Two waiters, of which one is cancelled, and one notification, at any time once both wait.
struct CancelAgainstNotify : Base {
  int woken = 0;
  int cancelled = 0;
  Task<> Count() {
    MutexGuard guard = co_await mutex.Lock();
    try {
      co_await condition.Wait(guard);
      ++woken;
    } catch (const Cancelled&) {
      ++cancelled;
    }
    EXPECT_TRUE(guard.holds());
    EXPECT_EQ(mutex.holder(), context.task);
  }
  Task<> Notify() { co_await condition.NotifyOne(); }
  Task<> Main() {
    JoinHandle<> first = SpawnNow(Count());
    JoinHandle<> second = SpawnNow(Count());
    co_await Yield();
    JoinHandle<> notifier = co_await Spawn(Notify());
    co_await first.Cancel();
    co_await notifier.Wait();
    co_await first.Wait();
    log += {static_cast<char>('0' + woken), static_cast<char>('0' + cancelled)};
    while (!second.ended()) {
      co_await condition.NotifyAll();
      co_await Yield();
    }
    log += {static_cast<char>('0' + woken), static_cast<char>('0' + cancelled)};
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, EachWaiterIsEitherWokenOrCancelled) {
  for (const auto& [name, count] : Sample<CancelAgainstNotify>(2000)) {
    // In the end both were woken, or one, and the other was cancelled, in its wait or before its
    // lock.
    ASSERT_EQ(name.size(), 4u) << name;
    EXPECT_TRUE(name.ends_with("20") || name.ends_with("11") || name.ends_with("10")) << name;
  }
}

// --- misuse and exceptions -----------------------------------------------------------------------

struct NotHeld : Base {
  Task<> Main() {
    MutexGuard guard;
    co_await condition.Wait(guard);
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, WaitingWithoutTheMutexIsMisuse) {
  EXPECT_EQ(MessageOf<NotHeld>(),
            "FATE_CHECK(guard.holds()) failed: your program waits on a ConditionVariable without "
            "holding the mutex");
}

struct ThrowingPredicate : Base {
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    auto predicate = []() -> bool { throw std::runtime_error("no"); };
    try {
      co_await condition.Wait(guard, predicate);
    } catch (const std::runtime_error& error) {
      log += error.what();
    }
    log += guard.holds() ? " holds" : " released";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ConditionVariableTest, ExceptionOfThePredicateLeavesTheMutexHeld) {
  EXPECT_EQ(RunQueued<ThrowingPredicate>(), "no holds");
}

// --- the search --------------------------------------------------------------------------------

struct WithPredicate : Base {
  bool ready = false;
  Task<> Consume() {
    MutexGuard guard = co_await mutex.Lock();
    co_await condition.Wait(guard, [this] { return ready; });
    log += 'c';
  }
  Task<> Produce() {
    MutexGuard guard = co_await mutex.Lock();
    ready = true;
    co_await condition.NotifyOne();
  }
  std::vector<Task<>> Tasks() { return List(Consume(), Produce()); }
};

TEST(ConditionVariableTest, NoNotificationIsLostUnderTheMutex) {
  // The consumer locks first, and the producer begins, in vain, or not, before it waits; from there
  // on everything is forced. Or the producer locks first, and the consumer begins, or not, before
  // it notifies, and then finds the work done.
  EXPECT_EQ(Enumerate<WithPredicate>(), (Outcomes{{"c", 4}}));
}

struct WithoutState : Base {
  Task<> Notify() { co_await condition.NotifyOne(); }
  std::vector<Task<>> Tasks() { return List(Wait('a'), Notify()); }
};

TEST(ConditionVariableTest, NotificationBeforeTheWaitIsLost) {
  // The notification comes before the lock, between lock and wait, or after.
  EXPECT_EQ(Enumerate<WithoutState>(), (Outcomes{{"aA", 1}, {"a Deadlock", 2}}));
}

TEST(ConditionVariableTest, TraceStandsWhereTheProgramWaits) {
  sim::ExploreOptions options;
  options.strategy = "depth_first";
  std::unique_ptr<WithoutState> state;
  auto program = [&state](sim::Roots& roots) {
    state = std::make_unique<WithoutState>();
    for (Task<>& task : state->Tasks()) roots.Add(std::move(task));
  };
  sim::Report report = sim::Explore(program, options);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.ToText().find("condition_variable.cc"), std::string::npos) << report.ToText();
}

}  // namespace
}  // namespace fate::test::condition_variable_test
