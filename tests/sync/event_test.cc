#include "fate/sync/event.h"

#include <memory>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

struct ThreeWaiters : Logged {
  Event event;
  Task<> Wait(char name) {
    co_await event.Wait();
    log += name;
  }
  Task<> Set() {
    co_await event.Set();
    log += 's';
    co_await event.Wait();
    log += 'w';
  }
  std::vector<Task<>> Tasks() { return List(Wait('a'), Wait('b'), Set(), Wait('c')); }
};

// Its memory is gone by the time the failure is told.
TEST(EventTest, DestroyingItUnderAWaiterIsMisuse) {
  const auto program = []() -> Task<> {
    auto event = std::make_unique<Event>();
    const auto wait = [&]() -> Task<> {
      if (event != nullptr) co_await event->Wait();
    };
    JoinHandle<> handle = co_await Spawn(wait());
    co_await Yield();
    event.reset();
    co_await handle.Join();
  };
  const sim::Report report = sim::Explore(program);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.outcome.message.find("destroyed a primitive while tasks still wait on it"), std::string::npos);
}

TEST(EventTest, SetLetsAllWaitersGoOnOldestFirst) {
  // The setter goes on at once, and c, which comes later, does not wait.
  EXPECT_EQ(RunQueued<ThreeWaiters>(), "swcab");
}

TEST(EventTest, NobodyPassesBeforeTheSet) {
  for (const auto& [name, count] : Enumerate<ThreeWaiters>()) {
    EXPECT_EQ(name.size(), 5u) << name;
    EXPECT_EQ(name[0], 's') << name;
  }
}

struct ResetAgain : Logged {
  Event event;
  Task<> Main() {
    co_await event.Reset();
    log += event.is_set() ? "set " : "unset ";
    co_await event.Set();
    co_await event.Set();
    log += event.is_set() ? "set " : "unset ";
    event.ResetNow();
    log += event.is_set() ? "set " : "unset ";
    event.SetNow();
    co_await event.Wait();
    co_await event.Reset();
    co_await event.Wait();
    log += "not reached";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(EventTest, StaysSetUntilItIsReset) {
  EXPECT_EQ(RunSimulated<ResetAgain>(), "unset set unset  Deadlock");
  EXPECT_EQ(Enumerate<ResetAgain>(), (Outcomes{{"unset set unset  Deadlock", 1}}));
}

struct CancelledWaiters : Logged {
  Event event;
  Task<> Wait() {
    try {
      co_await event.Wait();
      log += "returned ";
      co_await Yield();
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Wait());
    JoinHandle<> second = co_await Spawn(Wait());
    co_await Yield();
    co_await first.Cancel();
    co_await event.Set();
    co_await second.Cancel();
    co_await first.Wait();
    co_await second.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(EventTest, CancelledWaitThrowsAndOneEndedBeforeReturns) {
  // The second returns, since the event was set before its cancellation, and throws at its Yield.
  EXPECT_EQ(RunQueued<CancelledWaiters>(), "cancelled returned cancelled ");
}

struct Pulse : Logged {
  Event event;
  Task<> Wait() {
    co_await event.Wait();
    log += "w";
  }
  Task<> SetAndReset() {
    co_await event.Set();
    co_await event.Reset();
  }
  std::vector<Task<>> Tasks() { return List(Wait(), SetAndReset()); }
};

TEST(EventTest, PulseLetsThoseThroughThatWaitInProduction) { EXPECT_EQ(RunQueued<Pulse>(), "w"); }

TEST(EventTest, PulseMayBeMissedOnOtherExecutors) {
  // The waiter begins first and goes on before or after the Reset, or it begins between Set and
  // Reset, or after both.
  EXPECT_EQ(Enumerate<Pulse>(), (Outcomes{{"w", 2}, {" Deadlock", 2}}));
}

}  // namespace
}  // namespace fate::test
