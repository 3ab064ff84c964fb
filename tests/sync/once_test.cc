#include "fate/sync/once.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::once_test {
namespace {

struct Base : Logged {
  Once once;
  int runs = 0;
  int failures = 0;
  // Runs over a yield; the first `failures` times it throws.
  Task<> Work() {
    ++runs;
    co_await Yield();
    if (failures > 0) {
      --failures;
      throw std::runtime_error("no");
    }
  }
  Task<> Use(char name) {
    auto work = [this] { return Work(); };
    try {
      co_await once.Call(work);
      log += name;
    } catch (const std::runtime_error&) {
      log += '!';
    } catch (const Cancelled&) {
      log += '?';
    }
    log += std::to_string(runs);
  }
};

struct Success : Base {
  std::vector<Task<>> Tasks() { return List(Use('a'), Use('b'), Use('c')); }
};

TEST(OnceTest, RunsOnceAndAllGoOnOldestFirst) { EXPECT_EQ(RunQueued<Success>(), "a1b1c1"); }

struct TwoUses : Base {
  std::vector<Task<>> Tasks() { return List(Use('a'), Use('b')); }
};

TEST(OnceTest, TwoCallersHaveFourExecutions) {
  // Either runs the callable; the other begins, in vain, before its end, or comes after it. Since
  // the end is in one step with the logging, the order follows.
  EXPECT_EQ(Enumerate<TwoUses>(), (Outcomes{{"a1b1", 2}, {"b1a1", 2}}));
}

struct Failure : Base {
  Failure() { failures = 2; }
  std::vector<Task<>> Tasks() { return List(Use('a'), Use('b'), Use('c'), Use('d')); }
};

TEST(OnceTest, AfterAFailureTheOldestWaiterTries) { EXPECT_EQ(RunQueued<Failure>(), "!1!2c3d3"); }

struct CancelledRun : Logged {
  Once once;
  Event event;
  int runs = 0;
  Task<> Work() {
    ++runs;
    co_await event.Wait();
  }
  Task<> Use(char name) {
    auto work = [this] { return Work(); };
    try {
      co_await once.Call(work);
      log += name;
    } catch (const Cancelled&) {
      log += '?';
    }
    log += std::to_string(runs);
  }
  Task<> Main() {
    JoinHandle<> runner = co_await Spawn(Use('a'));
    JoinHandle<> waiter = co_await Spawn(Use('b'));
    JoinHandle<> leaver = co_await Spawn(Use('c'));
    co_await Yield();
    co_await leaver.Cancel();
    co_await runner.Cancel();
    co_await Yield();
    co_await event.Set();
    co_await runner.Wait();
    co_await waiter.Wait();
    co_await leaver.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(OnceTest, CancellationOfTheRunnerIsAFailureAndOfAWaiterItsOwnAffair) {
  EXPECT_EQ(RunQueued<CancelledRun>(), "?1?1b2");
}

struct Recursive : Logged {
  Once once;
  Task<> Main() {
    co_await once.Call([this] { return Main(); });
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(OnceTest, CallingItFromInsideDeadlocks) { EXPECT_EQ(RunSimulated<Recursive>(), " Deadlock"); }

struct Held : Logged {
  Once once;
  Task<> Main() {
    const TaskRecord* holder = nullptr;
    auto work = [&]() -> Task<> {
      holder = once.holder();
      co_return;
    };
    co_await once.Call(work);
    log += holder == context.task ? "held " : "? ";
    log += once.holder() == nullptr && once.done() ? "done" : "?";
    co_await once.Call(work);
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(OnceTest, RunnerHoldsIt) { EXPECT_EQ(RunQueued<Held>(), "held done"); }

}  // namespace
}  // namespace fate::test::once_test
