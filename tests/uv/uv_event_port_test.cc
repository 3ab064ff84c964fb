// The port itself, with real time: waits of a few milliseconds.
#include "fate/uv/uv_event_port.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "fate/runtime/timer_queue.h"
#include "fate/sim/explore/explorer.h"

namespace fate {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(UvEventPortTest, TheClockStartsAtZeroAndItsEpochIsTheWallClock) {
  absl::Time before = absl::Now();
  UvEventPort port;
  EXPECT_GE(port.epoch(), before);
  EXPECT_LE(port.epoch(), absl::Now());
  int64_t first = port.now_ns();
  EXPECT_GE(first, 0);
  EXPECT_LT(first, 1000 * kMs);
  EXPECT_GE(port.now_ns(), first);
}

TEST(UvEventPortTest, AWaitLastsUntilItsDeadline) {
  UvEventPort port;
  for (int64_t wait_ns : {kMs / 10, kMs, 3 * kMs + 7}) {
    int64_t deadline_ns = port.now_ns() + wait_ns;
    // It may return early, but then it is asked again.
    int waits = 0;
    for (; port.now_ns() < deadline_ns; ++waits) port.WaitUntil(deadline_ns);
    EXPECT_LE(waits, 3);
  }
}

TEST(UvEventPortTest, ADeadlineThatHasPassedDoesNotWait) {
  UvEventPort port;
  port.WaitUntil(0);
  port.WaitUntil(-1);
  port.Poll();
}

TEST(UvEventPortTest, AWakeOfAnotherThreadEndsAWaitForEver) {
  UvEventPort port;
  std::thread other([&] { port.Wake(); });
  port.WaitUntil(TimerQueue::kNever);
  other.join();
}

TEST(UvEventPortTest, AWakeThatNobodyWaitsForEndsTheNextWait) {
  UvEventPort port;
  port.Wake();
  port.Wake();
  port.WaitUntil(TimerQueue::kNever);
}

TEST(UvEventPortTest, BlockingWorkRunsOnAnotherThreadAndEndsOnThisOne) {
  UvEventPort port;
  std::thread::id here = std::this_thread::get_id();
  std::thread::id worked;
  bool done = false;
  port.RunBlocking([&] { worked = std::this_thread::get_id(); },
                   [&] {
                     EXPECT_EQ(std::this_thread::get_id(), here);
                     done = true;
                   });
  while (!done) port.WaitUntil(TimerQueue::kNever);
  EXPECT_NE(worked, here);
}

TEST(UvEventPortTest, TheDestructorWaitsForWorkAndCallsNoDone) {
  std::atomic<int> worked = 0;
  auto held = std::make_shared<int>(0);
  {
    UvEventPort port;
    for (int i = 0; i < 10; ++i) {
      port.RunBlocking([&worked, held] { ++worked; }, [held] { ADD_FAILURE() << "called at the end"; });
    }
  }
  EXPECT_EQ(worked, 10);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(UvEventPortDeathTest, ThereIsNoneOutsideARuntime) {
  EXPECT_DEATH(UvEventPort::Current("SignalStream"), "your program used SignalStream outside fate::Run");
}

TEST(UvEventPortTest, ThereIsNoneInTheSimulator) {
  auto program = []() -> Task<> {
    UvEventPort::Current("SignalStream");
    co_return;
  };
  sim::Report report = sim::Explore(program);
  EXPECT_FALSE(report.passed());
  EXPECT_NE(report.outcome.message.find("your program used SignalStream, which only the production loop"),
            std::string::npos)
      << report.outcome.message;
}

}  // namespace
}  // namespace fate
