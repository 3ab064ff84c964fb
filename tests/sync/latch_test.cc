#include "fate/sync/latch.h"

#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::latch_test {
namespace {

struct TwoCounts : Logged {
  Latch latch{2};
  Task<> Wait(char name) {
    co_await latch.Wait();
    log += name;
  }
  Task<> CountDown() {
    co_await latch.CountDown();
    log += static_cast<char>('0' + latch.count());
  }
  std::vector<Task<>> Tasks() { return List(Wait('a'), CountDown(), Wait('b'), CountDown()); }
};

TEST(LatchTest, LastCountDownLetsAllWaitersGoOnOldestFirst) { EXPECT_EQ(RunQueued<TwoCounts>(), "10ab"); }

struct OneWaiter : TwoCounts {
  std::vector<Task<>> Tasks() { return List(Wait('a'), CountDown(), CountDown()); }
};

TEST(LatchTest, WaiterGoesOnInEachOfSixExecutions) {
  // The counts in either order, and the waiter begins before, between or after them.
  EXPECT_EQ(Enumerate<OneWaiter>(), (Outcomes{{"10a", 6}}));
}

struct OpenLatch : Logged {
  Latch latch{0};
  Latch counted{3};
  Task<> Main() {
    co_await latch.Wait();
    co_await counted.CountDown(2);
    counted.CountDownNow();
    co_await counted.Wait();
    log += "open";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(LatchTest, IsOpenAtZero) { EXPECT_EQ(RunQueued<OpenLatch>(), "open"); }

struct BelowZero : Logged {
  Latch latch{1};
  Task<> Main() { co_await latch.CountDown(2); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(LatchTest, CountingBelowZeroIsMisuse) {
  EXPECT_EQ(MessageOf<BelowZero>(),
            "FATE_CHECK(n_ >= 0 && n_ <= latch_.count_) failed: your program counted a Latch down "
            "below zero");
  EXPECT_DEATH(RunQueued<BelowZero>(), "your program counted a Latch down below zero");
}

struct CancelledWaiters : Logged {
  Latch latch{1};
  Task<> Wait() {
    try {
      co_await latch.Wait();
      log += "returned ";
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Wait());
    JoinHandle<> second = co_await Spawn(Wait());
    co_await Yield();
    co_await first.Cancel();
    co_await latch.CountDown();
    co_await second.Cancel();
    co_await first.Wait();
    co_await second.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(LatchTest, CancelledWaitThrowsAndOneEndedBeforeReturns) {
  EXPECT_EQ(RunQueued<CancelledWaiters>(), "cancelled returned ");
}

}  // namespace
}  // namespace fate::test::latch_test
