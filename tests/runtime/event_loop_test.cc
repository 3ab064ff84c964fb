// The production loop over a port whose clock is moved by hand: no real time passes here.
#include "fate/runtime/event_loop.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sync/event.h"
#include "fate/task/run_blocking.h"
#include "fate/task/run_task.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "tests/runtime/manual_port.h"

namespace fate {
namespace {

using test::ManualPort;

class EventLoopTest : public testing::Test {
 protected:
  // Appends `word` now and after each of `yields` turns.
  Task<> Say(std::string word, int yields = 0) {
    log += word;
    for (int i = 0; i < yields; ++i) {
      co_await Yield();
      log += word;
    }
  }
  Task<> SayAfter(std::string word, absl::Duration after) {
    co_await Sleep(after);
    log += word;
  }
  Task<> SayWhenCancelled(std::string word) {
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
      log += word;
      throw;
    }
  }

  ManualPort port;
  EventLoop loop{port, 7};
  std::string log;
};

// --- a turn ----------------------------------------------------------------------------------

TEST_F(EventLoopTest, TasksStartInTheOrderOfTheirSpawning) {
  auto main = [&]() -> Task<> {
    JoinHandle<> a = co_await Spawn(Say("a"));
    JoinHandle<> b = co_await Spawn(Say("b"));
    log += "m";  // the parent goes on
    co_await b.Join();
    co_await a.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "mab");
}

TEST_F(EventLoopTest, AYieldLetsAllOtherReadyTasksGoFirst) {
  auto main = [&]() -> Task<> { co_await WhenAll(Say("a", 2), Say("b", 2), Say("c", 2)); };
  RunTask(loop, main());
  EXPECT_EQ(log, "abcabcabc");
}

TEST_F(EventLoopTest, TasksThatBecomeReadyDuringAPassWaitForTheNextTurn) {
  auto main = [&]() -> Task<> {
    JoinHandle<> a = co_await Spawn(Say("a"));
    CurrentRuntime().Post([&] { log += "p"; });
    co_await Yield();
    JoinHandle<> b = co_await Spawn(Say("b"));
    co_await a.Join();
    co_await b.Join();
  };
  RunTask(loop, main());
  // The posted work comes between two passes: after the one that began with main, before a's.
  EXPECT_EQ(log, "pab");
}

TEST_F(EventLoopTest, TimersFireByDeadlineAndThenByArming) {
  auto main = [&]() -> Task<> {
    co_await WhenAll(SayAfter("c", absl::Seconds(2)), SayAfter("a", absl::Seconds(1)), SayAfter("d", absl::Seconds(2)),
                     SayAfter("b", absl::Seconds(1)));
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "abcd");
}

TEST_F(EventLoopTest, ATurnIsTimersThenPostedWorkThenReadyTasks) {
  class Tick final : public Timer {
   public:
    explicit Tick(std::string& log) : log_(log) {}
    void Fire() override { log_ += "t"; }

   private:
    std::string& log_;
  };
  Tick tick(log);
  auto main = [&]() -> Task<> {
    Runtime& runtime = CurrentRuntime();
    runtime.Post([&] { log += "p"; });
    runtime.timers().Arm(tick, runtime.now_ns());
    JoinHandle<> ready = co_await Spawn(Say("r"));
    co_await ready.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "tpr");
}

TEST_F(EventLoopTest, TheClockStandsStillWithinATurn) {
  auto main = [&]() -> Task<> {
    absl::Time start = Now();
    port.Advance(absl::Seconds(1));
    EXPECT_EQ(Now(), start);
    co_await Sleep(absl::ZeroDuration());
    EXPECT_EQ(Now(), start + absl::Seconds(1));
  };
  RunTask(loop, main());
}

TEST_F(EventLoopTest, NowIsTheWallClockAtTheStartPlusWhatHasPassed) {
  auto main = [&]() -> Task<> {
    co_await Sleep(absl::Seconds(2));
    EXPECT_EQ(Now(), absl::FromUnixSeconds(1'002));
  };
  RunTask(loop, main());
}

TEST_F(EventLoopTest, ABusyLoopStillSeesTimersAndTheOutside) {
  port.AddEvent([&] { log += "o"; });
  auto main = [&]() -> Task<> {
    JoinHandle<> sleeper = co_await Spawn(SayAfter("t", absl::Milliseconds(3)));
    while (log != "ot") {
      port.Advance(absl::Microseconds(10));
      co_await Yield();
    }
    co_await sleeper.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(port.waits, 0);
}

TEST_F(EventLoopTest, ABusyLoopDoesNotPollThePortAtEachTurn) {
  auto main = [&]() -> Task<> {
    for (int i = 0; i < 10'000; ++i) {
      port.Advance(absl::Nanoseconds(10));
      co_await Yield();
    }
  };
  RunTask(loop, main());
  EXPECT_LE(port.polls, 2);  // 100 us, of which it may neglect the outside for 50
}

TEST_F(EventLoopTest, AnIdleLoopWaitsOnceForEachDeadline) {
  auto main = [&]() -> Task<> {
    for (int i = 0; i < 10; ++i) co_await Sleep(absl::Seconds(1));
  };
  RunTask(loop, main());
  EXPECT_EQ(port.waits, 10);
}

TEST_F(EventLoopTest, ADeadlineThatIsCancelledCostsAtMostOneWakeUp) {
  auto main = [&]() -> Task<> {
    JoinHandle<> sleeper = co_await Spawn(SayWhenCancelled("c"));
    JoinHandle<> other = co_await Spawn(SayAfter("o", absl::Seconds(1)));
    co_await Yield();
    co_await other.Cancel();
    co_await Sleep(absl::Seconds(2));
    co_await sleeper.Cancel();
    co_await sleeper.Wait();
    co_await other.Wait();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "c");
  EXPECT_LE(port.waits, 2);
}

// --- the outside -----------------------------------------------------------------------------

TEST_F(EventLoopTest, PostedWorkRunsInOrderAndWhatItPostsInTheNextTurn) {
  auto main = [&]() -> Task<> {
    Runtime& runtime = CurrentRuntime();
    Event done;
    runtime.Post([&] {
      log += "1";
      runtime.Post([&] {
        log += "3";
        done.SetNow();
      });
    });
    runtime.Post([&] { log += "2"; });
    JoinHandle<> ready = co_await Spawn(Say("r"));
    co_await done.Wait();
    co_await ready.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "12r3");
}

TEST_F(EventLoopTest, PostFromOtherThreadsWakesALoopThatWaits) {
  constexpr int kThreads = 4;
  constexpr int kPosts = 1'000;
  auto main = [&]() -> Task<int> {
    Runtime& runtime = CurrentRuntime();
    int arrived = 0;
    Event all;
    auto arrive = [&] {
      if (++arrived == kThreads * kPosts) all.SetNow();
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < kPosts; ++j) runtime.Post(arrive);
      });
    }
    co_await all.Wait();
    for (std::thread& thread : threads) thread.join();
    co_return arrived;
  };
  EXPECT_EQ(RunTask(loop, main()), kThreads * kPosts);
}

TEST_F(EventLoopTest, BlockingWorkEndsInTheLoop) {
  auto main = [&]() -> Task<int> {
    JoinHandle<> other = co_await Spawn(Say("o"));
    int result = co_await RunBlocking([&] { return 42; });
    co_await other.Join();
    co_return result;
  };
  EXPECT_EQ(RunTask(loop, main()), 42);
  EXPECT_EQ(log, "o");
}

TEST_F(EventLoopTest, ALoopThatNothingCanWakeWaitsUntilItIsStopped) {
  int idle = 0;
  port.on_idle = [&] {
    if (++idle == 3) loop.Stop();
  };
  auto main = [&]() -> Task<> { co_await SayWhenCancelled("c"); };
  EXPECT_THROW(RunTask(loop, main()), Cancelled);
  EXPECT_EQ(idle, 3);
  EXPECT_EQ(log, "c");
}

// --- scale -----------------------------------------------------------------------------------

TEST_F(EventLoopTest, AHundredThousandTasksSleepAtOnce) {
  constexpr int kTasks = 100'000;
  int awake = 0;
  auto sleeper = [&](int i) -> Task<> {
    co_await Sleep(absl::Milliseconds(i % 1000));
    ++awake;
  };
  auto main = [&]() -> Task<> {
    std::vector<Task<>> tasks;
    for (int i = 0; i < kTasks; ++i) tasks.push_back(sleeper(i));
    co_await WhenAll(std::move(tasks));
  };
  RunTask(loop, main());
  EXPECT_EQ(awake, kTasks);
  EXPECT_LE(port.waits, 1'000);
}

TEST_F(EventLoopTest, AMillionStepsWork) {
  auto main = []() -> Task<int> {
    int steps = 0;
    for (; steps < 1'000'000; ++steps) co_await Yield();
    co_return steps;
  };
  EXPECT_EQ(RunTask(loop, main()), 1'000'000);
}

// Requests that end long before their timeout, in the order of their arming: the first timer of the queue
// is cancelled again and again.
TEST_F(EventLoopTest, AHundredThousandTimeoutsCancelledInOrderAreNoBurden) {
  class Never final : public Timer {
   public:
    void Fire() override { ADD_FAILURE() << "its request had ended"; }
  };
  constexpr int kInFlight = 10'000;
  std::vector<Never> timers(kInFlight);
  auto main = [&]() -> Task<> {
    TimerQueue& queue = CurrentRuntime().timers();
    for (int i = 0; i < 100'000; ++i) {
      Never& timer = timers[i % kInFlight];
      queue.Cancel(timer);
      port.Advance(absl::Nanoseconds(100));
      queue.Arm(timer, CurrentRuntime().now_ns() + 30'000'000'000 + i);
      co_await Yield();
    }
    for (Never& timer : timers) queue.Cancel(timer);
  };
  RunTask(loop, main());
}

// --- threads and nesting ---------------------------------------------------------------------

using EventLoopDeathTest = EventLoopTest;

TEST_F(EventLoopDeathTest, ALoopUsedFromASecondThreadIsMisuse) {
  EXPECT_DEATH(std::thread([&] { RunTask(loop, Say("a")); }).join(),
               "your program used a runtime from a thread other than the one that made it");
}

TEST_F(EventLoopDeathTest, APrimitiveThatTasksWaitForUsedFromASecondThreadIsMisuse) {
  auto main = [&]() -> Task<> {
    Event event;
    auto wait = [&]() -> Task<> { co_await event.Wait(); };
    JoinHandle<> waiter = co_await Spawn(wait());
    co_await Yield();
    std::thread([&] { event.SetNow(); }).join();
    co_await waiter.Join();
  };
  EXPECT_DEATH(RunTask(loop, main()), "from a thread other than that of the runtime");
}

TEST_F(EventLoopDeathTest, ATaskCancelledFromASecondThreadIsMisuse) {
  auto main = [&]() -> Task<> {
    JoinHandle<> sleeper = co_await Spawn(SayWhenCancelled("c"));
    co_await Yield();
    std::thread([&] { sleeper.CancelNow(); }).join();
    co_await sleeper.Join();
  };
  EXPECT_DEATH(RunTask(loop, main()), "from a thread other than that of");
}

TEST_F(EventLoopDeathTest, BlockingWorkAskedForFromASecondThreadIsMisuse) {
  auto main = [&]() -> Task<> {
    Runtime& runtime = CurrentRuntime();
    std::thread([&] { runtime.RunBlocking([] {}, nullptr); }).join();
    co_return;
  };
  EXPECT_DEATH(RunTask(loop, main()), "asked a runtime for blocking work from another thread");
}

TEST_F(EventLoopDeathTest, ARuntimeInsideARuntimeIsMisuse) {
  auto main = [&]() -> Task<> {
    ManualPort inner_port;
    EventLoop inner(inner_port);
    RunTask(inner, Say("a"));
    co_return;
  };
  EXPECT_DEATH(RunTask(loop, main()), "your program started a runtime inside a runtime");
}

TEST(EventLoopThreadsTest, TwoLoopsOnTwoThreadsShareNothing) {
  auto yields = []() -> Task<int> {
    int steps = 0;
    for (; steps < 100'000; ++steps) co_await Yield();
    co_return steps;
  };
  auto run = [&](int* steps) {
    ManualPort port;
    EventLoop loop(port);
    *steps = RunTask(loop, yields());
  };
  int a = 0;
  int b = 0;
  std::thread other(run, &a);
  run(&b);
  other.join();
  EXPECT_EQ(a, 100'000);
  EXPECT_EQ(b, 100'000);
}

}  // namespace
}  // namespace fate
