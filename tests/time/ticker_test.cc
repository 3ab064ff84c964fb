#include "fate/time/ticker.h"

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/time/now.h"
#include "fate/time/timeout.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(TickerTest, BeatsAtItsPeriodWithoutDrift) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    Ticker ticker(absl::Seconds(1));
    for (int i = 1; i <= 5; ++i) {
      int64_t missed = co_await ticker.Next();
      EXPECT_EQ(missed, 0);
      EXPECT_EQ(Now() - start, absl::Seconds(i));
      co_await Sleep(absl::Milliseconds(300));  // work does not shift the next tick
    }
  });
}

TEST(TickerTest, ALateProgramGetsTheTickAtOnceAndSkipsThoseItMissed) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    Ticker ticker(absl::Seconds(1));
    co_await Sleep(absl::Milliseconds(3500));
    int64_t missed = co_await ticker.Next();  // ticks 1, 2 and 3 are due; 1 and 2 were missed
    EXPECT_EQ(missed, 2);
    EXPECT_EQ(Now() - start, absl::Milliseconds(3500));
    missed = co_await ticker.Next();
    EXPECT_EQ(missed, 0);
    EXPECT_EQ(Now() - start, absl::Seconds(4));
    co_await Sleep(absl::Seconds(1));
    missed = co_await ticker.Next();  // exactly in time
    EXPECT_EQ(missed, 0);
    EXPECT_EQ(Now() - start, absl::Seconds(5));
  });
}

TEST(TickerTest, ACancelledNextLeavesTheTickToCome) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    Ticker ticker(absl::Seconds(10));
    auto wait = [&]() -> Task<> { co_await ticker.Next(); };
    JoinHandle<> waiter = co_await Spawn(wait());
    co_await Sleep(absl::Seconds(1));
    co_await waiter.Cancel();
    co_await waiter.Wait();
    EXPECT_TRUE(waiter.cancelled());
    int64_t missed = co_await ticker.Next();
    EXPECT_EQ(missed, 0);
    EXPECT_EQ(Now() - start, absl::Seconds(10));
  });
}

TEST(TickerTest, TwoTasksAtOnceAreMisuse) {
  auto program = []() -> Task<> {
    Ticker ticker(absl::Seconds(1));
    auto wait = [&]() -> Task<> { co_await ticker.Next(); };
    JoinHandle<> a = SpawnNow(wait());
    JoinHandle<> b = SpawnNow(wait());
    co_await a.Join();
    co_await b.Join();
  };
  sim::Report report = sim::Explore(program);
  EXPECT_NE(report.outcome.message.find("awaits a Ticker in two tasks at once"), std::string::npos);
}

TEST(TickerTest, APeriodOfNothingIsMisuse) {
  auto program = []() -> Task<> {
    Ticker ticker(absl::ZeroDuration());
    co_return;
  };
  EXPECT_NE(sim::Explore(program).outcome.message.find("period is less than a nanosecond"), std::string::npos);
}

// Beyond what a clock of 64 bits can say there is no further tick.
TEST(TickerTest, ATickTooFarAwayNeverComes) {
  Everywhere([]() -> Task<> {
    Ticker ticker(absl::Hours(24 * 365 * 150));
    int64_t missed = co_await ticker.Next();
    EXPECT_EQ(missed, 0);
    auto next = [&]() -> Task<> { co_await ticker.Next(); };
    absl::Status status = co_await WithTimeout(absl::Hours(24 * 365 * 100), next());
    EXPECT_TRUE(absl::IsDeadlineExceeded(status));
  });
}

}  // namespace
}  // namespace fate
