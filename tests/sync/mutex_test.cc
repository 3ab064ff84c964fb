#include "fate/sync/mutex.h"

#include <optional>
#include <string>
#include <vector>

#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::mutex_test {
namespace {

// Locks, logs its name in lower case, lets others run, logs it in upper case, unlocks.
struct Lockers : Logged {
  Mutex mutex;
  Task<> Lock(char name) {
    MutexGuard guard = co_await mutex.Lock();
    log += name;
    co_await Yield();
    co_await Yield();
    log += static_cast<char>(name - 'a' + 'A');
  }
  std::vector<Task<>> Tasks() { return List(Lock('a'), Lock('b'), Lock('c')); }
};

TEST(MutexTest, UnlockHandsOverToOldestWaiter) { EXPECT_EQ(RunQueued<Lockers>(), "aAbBcC"); }

struct Newcomer : Logged {
  Mutex mutex;
  Task<> First() {
    MutexGuard guard = co_await mutex.Lock();
    co_await Yield();
    co_await guard.Unlock();
    // The waiter has not run yet, but holds it.
    log += mutex.TryLock().holds() ? "barged " : "refused ";
    MutexGuard again = co_await mutex.Lock();
    log += "first";
  }
  Task<> Second() {
    MutexGuard guard = co_await mutex.Lock();
    log += "second ";
  }
  std::vector<Task<>> Tasks() { return List(First(), Second()); }
};

TEST(MutexTest, NobodyBargesInBetweenUnlockAndTheWaiter) { EXPECT_EQ(RunQueued<Newcomer>(), "refused second first"); }

struct CancelledWaiter : Logged {
  Mutex mutex;
  Task<> Waiter() {
    try {
      MutexGuard guard = co_await mutex.Lock();
      log += "held ";
    } catch (const Cancelled&) {
      log += "cancelled ";
      throw;
    }
  }
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    JoinHandle<> waiter = co_await Spawn(Waiter());
    co_await Yield();
    co_await waiter.Cancel();
    co_await waiter.Wait();
    co_await guard.Unlock();
    log += mutex.locked() ? "locked" : "free";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, CancelledWaiterDoesNotHold) {
  EXPECT_EQ(RunQueued<CancelledWaiter>(), "cancelled free");
  // Main and the waiter: Cancel may come before the waiter begins or after; it never holds.
  for (const auto& [name, count] : Enumerate<CancelledWaiter>()) EXPECT_EQ(name, "cancelled free");
}

struct GrantedThenCancelled : Logged {
  Mutex mutex;
  Task<> Waiter() {
    MutexGuard guard = co_await mutex.Lock();
    log += "held ";
    try {
      co_await Yield();
    } catch (const Cancelled&) {
      log += "then cancelled";
    }
  }
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    JoinHandle<> waiter = co_await Spawn(Waiter());
    co_await Yield();
    co_await guard.Unlock();
    co_await waiter.Cancel();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, LockGrantedBeforeTheCancellationIsHeld) {
  EXPECT_EQ(RunQueued<GrantedThenCancelled>(), "held then cancelled");
}

struct NotHeld : Logged {
  Mutex mutex;
  Task<> Main() { co_await mutex.Unlock(); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, UnlockingWhatIsNotHeldIsMisuse) {
  EXPECT_EQ(RunSimulated<NotHeld>(), " AssertionFailed");
  EXPECT_EQ(MessageOf<NotHeld>(), "FATE_CHECK(locked_) failed: your program unlocked a Mutex that nobody holds");
  EXPECT_DEATH(RunQueued<NotHeld>(), "your program unlocked a Mutex that nobody holds");
}

struct EmptyGuard : Logged {
  Mutex mutex;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    co_await guard.Unlock();
    co_await guard.Unlock();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, UnlockingTwiceThroughAGuardIsMisuse) {
  EXPECT_EQ(MessageOf<EmptyGuard>(),
            "FATE_CHECK(mutex_ != nullptr) failed: your program unlocked through a MutexGuard that "
            "holds nothing");
}

struct BehindTheBack : Logged {
  Mutex mutex;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    mutex.UnlockNow();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, UnlockingBehindTheBackOfAGuardIsMisuse) {
  EXPECT_EQ(MessageOf<BehindTheBack>(),
            "FATE_CHECK(held) failed: your program unlocked a Mutex behind the back of its guard");
  EXPECT_DEATH(RunQueued<BehindTheBack>(), "behind the back of its guard");
}

struct Guards : Logged {
  Mutex mutex;
  Mutex other;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    MutexGuard moved = std::move(guard);
    log += guard.holds() ? "H" : "h";
    log += moved.holds() ? "H" : "h";
    log += mutex.holder() == moved_by() ? "m" : "?";
    moved = co_await other.Lock();  // unlocks mutex
    log += mutex.locked() ? "L" : "l";
    log += other.locked() ? "L" : "l";
    moved.Release()->UnlockNow();
    log += other.locked() ? "L" : "l";
  }
  const TaskRecord* moved_by() const { return context.task; }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, GuardUnlocksWhatItHolds) { EXPECT_EQ(RunQueued<Guards>(), "hHmlLl"); }

struct UnlocksInItsStep : Logged {
  Mutex mutex;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    guard.UnlockNow();
    log += mutex.locked() ? "L" : "l";
    log += guard.holds() ? "H" : "h";
    guard.UnlockNow();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, AGuardUnlocksWithinTheStepAndOnlyOnce) {
  EXPECT_EQ(MessageOf<UnlocksInItsStep>(),
            "FATE_CHECK(mutex_ != nullptr) failed: your program unlocked through a MutexGuard that "
            "holds nothing");
}

// --- the search --------------------------------------------------------------------------------

struct LockForEver : Logged {
  Mutex mutex;
  Task<> Lock() {
    MutexGuard guard = co_await mutex.Lock();
    guard.Release();
  }
  std::vector<Task<>> Tasks() { return List(Lock(), Lock()); }
};

TEST(MutexTest, DeadlockOfTwoThatNeverUnlockHasTwoExecutions) {
  // mutex_deadlock(2): either locks first, the other can only begin.
  EXPECT_EQ(Enumerate<LockForEver>(), (Outcomes{{" Deadlock", 2}}));
}

struct TwoOrders : Logged {
  Mutex mutex;
  Task<> Lock(char name) {
    MutexGuard guard = co_await mutex.Lock();
    log += name;
    co_await guard.Unlock();
  }
  std::vector<Task<>> Tasks() { return List(Lock('a'), Lock('b')); }
};

TEST(MutexTest, AnyOrderOfTwoLockersIsFound) {
  // a locks; then either a unlocks and b follows, or b begins, which is a step of its own since it
  // cannot go on, and a unlocks. The same with b first.
  EXPECT_EQ(Enumerate<TwoOrders>(), (Outcomes{{"ab", 2}, {"ba", 2}}));
}

struct Nested : Logged {
  Mutex first;
  Mutex second;
  Task<> Lock(Mutex& outer, Mutex& inner) {
    MutexGuard outer_guard = co_await outer.Lock();
    MutexGuard inner_guard = co_await inner.Lock();
    co_await inner_guard.Unlock();
    co_await outer_guard.Unlock();
  }
  std::vector<Task<>> Tasks() { return List(Lock(first, second), Lock(second, first)); }
};

TEST(MutexTest, NestedLocksInOppositeOrderDeadlockInTwoOfTenExecutions) {
  // Let f(i, j) be the executions left when the tasks have done i and j of their 4 operations.
  // f(4, j) = f(i, 4) = 1. After the outer locks of both, f(1, 1) = 1, a deadlock.
  // f(3, 0) = f(4, 0) + f(3, 1) = 2, since then the second cannot lock `first`. f(2, 0): the first
  // unlocks, f(3, 0), or the second begins without getting anywhere, and then again f(3, 0): 4.
  // f(1, 0) = f(2, 0) + f(1, 1) = 5 = f(0, 1), so f(0, 0) = 10, and f(1, 1) is reached twice.
  EXPECT_EQ(Enumerate<Nested>(), (Outcomes{{"", 8}, {" Deadlock", 2}}));
}

struct Counter : Logged {
  Mutex mutex;
  Shared<int> count;
  int left = 3;
  Task<> Add() {
    MutexGuard guard = co_await mutex.Lock();
    int before = count;
    co_await Yield();
    count = before + 1;
    if (--left == 0) log = std::to_string(count.Peek());
  }
  std::vector<Task<>> Tasks() { return List(Add(), Add(), Add()); }
};

TEST(MutexTest, NoIncrementUnderTheLockGetsLost) { EXPECT_EQ(Sample<Counter>(200), (Outcomes{{"3", 200}})); }

struct Recursive : Logged {
  Mutex mutex;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    MutexGuard again = co_await mutex.Lock();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

// The one that holds it has ended, and its record may be another task's by now.
struct Leaver : Logged {
  Mutex mutex;
  Task<> Leaves() {
    MutexGuard guard = co_await mutex.Lock();
    guard.Release();
  }
  Task<> Main() {
    JoinHandle<> leaver = co_await Spawn(Leaves());
    co_await leaver.Join();
    JoinHandle<> innocent = co_await Spawn(Waits());
    co_await innocent.Join();
  }
  Task<> Waits() { MutexGuard guard = co_await mutex.Lock(); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(MutexTest, ADeadlockBlamesNobodyForTheLockOfATaskThatHasEnded) {
  sim::Report report = sim::Explore([](sim::Roots& roots) {
    static std::optional<Leaver> world;
    world.emplace();
    roots.Add(world->Main());
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock);
  EXPECT_NE(report.outcome.message.find(", held by task #1, which has ended\n"), std::string::npos)
      << report.outcome.message;
}

TEST(MutexTest, LockingWhatOneHoldsDeadlocks) {
  EXPECT_EQ(Enumerate<Recursive>(), (Outcomes{{" Deadlock", 1}}));
  EXPECT_EQ(RunSimulated<Recursive>(), " Deadlock");
}

}  // namespace
}  // namespace fate::test::mutex_test
