// Signals, raised by the test itself.
#include "fate/uv/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/uv/run.h"
#include "fate/uv/signal_watch.h"
#include "fate/uv/uv_event_port.h"

namespace fate {
namespace {

// Waits until what was raised so far has arrived: libuv delivers in order.
Task<> Settle() {
  SignalStream last({SIGWINCH});
  std::raise(SIGWINCH);
  co_await last.Next();
}

TEST(SignalWatchTest, EachCallsForEachSignalUntilItIsDestroyed) {
  UvEventPort port;
  int calls = 0;
  {
    SignalWatch watch(port, SIGUSR1, SignalWatch::Times::kEach, [&] { ++calls; });
    for (int i = 1; i <= 3; ++i) {
      std::raise(SIGUSR1);
      while (calls < i) port.WaitUntil(port.now_ns() + 1'000'000'000);
    }
  }
  EXPECT_EQ(calls, 3);
}

TEST(SignalWatchTest, AWatchMayEndInsideItsCallback) {
  UvEventPort port;
  std::unique_ptr<SignalWatch> watch;
  bool called = false;
  auto end = [&] {
    watch.reset();
    called = true;
  };
  watch = std::make_unique<SignalWatch>(port, SIGUSR1, SignalWatch::Times::kEach, end);
  std::raise(SIGUSR1);
  while (!called) port.WaitUntil(port.now_ns() + 1'000'000'000);
}

TEST(SignalWatchDeathTest, AfterTheFirstTheNextHasItsDefaultEffectEvenBeforeItIsCalled) {
  EXPECT_EXIT(
      {
        UvEventPort port;
        SignalWatch watch(port, SIGTERM, SignalWatch::Times::kFirst, [] {});
        std::raise(SIGTERM);
        std::raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(SignalWatchDeathTest, ASignalThatCannotBeCaughtIsMisuse) {
  UvEventPort port;
  EXPECT_DEATH(SignalWatch(port, SIGKILL, SignalWatch::Times::kEach, [] {}),
               "your program asked for signal 9, which nobody can have");
}

TEST(SignalStreamTest, SignalsAreTakenInTheOrderOfTheirArrival) {
  auto main = []() -> Task<std::vector<int>> {
    SignalStream stream({SIGUSR1, SIGUSR2});
    std::raise(SIGUSR2);
    co_await Settle();
    std::raise(SIGUSR1);
    co_await Settle();
    std::vector<int> taken;
    for (int i = 0; i < 2; ++i) taken.push_back(co_await stream.Next());
    co_return taken;
  };
  EXPECT_EQ(fate::Run(main()), (std::vector<int>{SIGUSR2, SIGUSR1}));
}

TEST(SignalStreamTest, OneThatWaitsToBeTakenCountsOnce) {
  auto main = []() -> Task<std::vector<int>> {
    SignalStream stream({SIGUSR1, SIGUSR2});
    for (int i = 0; i < 3; ++i) std::raise(SIGUSR1);
    co_await Settle();
    std::raise(SIGUSR2);
    std::vector<int> taken;
    for (int i = 0; i < 2; ++i) taken.push_back(co_await stream.Next());
    co_return taken;
  };
  EXPECT_EQ(fate::Run(main()), (std::vector<int>{SIGUSR1, SIGUSR2}));
}

TEST(SignalStreamTest, TheOldestWaiterGetsIt) {
  auto main = []() -> Task<std::string> {
    SignalStream stream({SIGUSR1});
    std::string log;
    auto waiter = [&](char name) -> Task<> {
      co_await stream.Next();
      log += name;
    };
    auto raiser = [&]() -> Task<> {
      std::raise(SIGUSR1);
      co_await Settle();
      std::raise(SIGUSR1);
    };
    co_await WhenAll(waiter('a'), waiter('b'), raiser());
    co_return log;
  };
  EXPECT_EQ(fate::Run(main()), "ab");
}

TEST(SignalStreamTest, TwoStreamsBothGetIt) {
  auto main = []() -> Task<int> {
    SignalStream one({SIGUSR1});
    SignalStream other({SIGUSR1});
    std::raise(SIGUSR1);
    int sum = co_await one.Next();
    sum += co_await other.Next();
    co_return sum;
  };
  EXPECT_EQ(fate::Run(main()), 2 * SIGUSR1);
}

TEST(SignalStreamTest, ACancelledNextLosesNothing) {
  auto main = []() -> Task<int> {
    SignalStream stream({SIGUSR1});
    auto waiter = [&]() -> Task<> { co_await stream.Next(); };
    JoinHandle<> handle = co_await Spawn(waiter());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Wait();
    std::raise(SIGUSR1);
    co_return co_await stream.Next();
  };
  EXPECT_EQ(fate::Run(main()), SIGUSR1);
}

TEST(SignalStreamTest, InTheSimulatorItIsAFinding) {
  auto program = []() -> Task<> {
    SignalStream stream({SIGUSR1});
    co_await stream.Next();
  };
  sim::Report report = sim::Explore(program);
  EXPECT_NE(report.outcome.message.find("model what is outside as a task"), std::string::npos)
      << report.outcome.message;
}

}  // namespace
}  // namespace fate
