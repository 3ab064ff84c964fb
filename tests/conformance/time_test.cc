// Time: sleeping, tickers, timeouts.
#include <string>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "fate/time/ticker.h"
#include "fate/time/timeout.h"
#include "tests/conformance/worlds.h"

namespace fate::conformance::time_test {
namespace {

class TimeTest : public ConformanceTest {};
CONFORMANCE(TimeTest);

constexpr absl::Duration kTick = absl::Milliseconds(2);
constexpr absl::Duration kNeverReached = absl::Hours(10);

TEST_P(TimeTest, SleepersWakeInTheOrderOfTheirDeadlines) {
  auto program = [](Log& log) -> Task<> {
    auto sleeper = [&](int ticks) -> Task<> {
      co_await Sleep(ticks * kTick);
      log(ticks);
    };
    co_await WhenAll(sleeper(5), sleeper(1), sleeper(4), sleeper(2), sleeper(3));
  };
  EXPECT_EQ(Run(program), "1 2 3 4 5");
}

TEST_P(TimeTest, EqualDeadlinesGoInTheOrderOfArming) {
  auto program = [](Log& log) -> Task<> {
    absl::Time at = Now() + kTick;
    auto sleeper = [&](std::string name) -> Task<> {
      co_await SleepUntil(at);
      log(name);
    };
    co_await WhenAll(sleeper("a"), sleeper("b"), sleeper("c"));
  };
  EXPECT_EQ(Run(program), "a b c");
}

TEST_P(TimeTest, ASleepIsNeverTooShortAndTheClockStandsStillBetween) {
  auto program = [](Log& log) -> Task<> {
    absl::Time start = Now();
    if (Now() == start) log("still");
    co_await Sleep(kTick);
    if (Now() - start >= kTick) log("long enough");
  };
  EXPECT_EQ(Run(program), "still long enough");
}

TEST_P(TimeTest, ASleepForNothingIsASwitch) {
  auto program = [](Log& log) -> Task<> {
    auto sleeper = [&]() -> Task<> {
      log("a");
      co_await Sleep(absl::ZeroDuration());
      log("a");
    };
    auto other = [&]() -> Task<> {
      log("b");
      co_return;
    };
    co_await WhenAll(sleeper(), other());
  };
  // The search chooses whether it switches: the quiet run goes on with what can go on.
  EXPECT_EQ(Run(program), fifo() ? "a b a" : "a a b");
}

// The printers of the demo, to points in time: a tree in the middle of each beat, a car at its beginning.
TEST_P(TimeTest, PrintersTakeTurns) {
  auto program = [](Log& log) -> Task<> {
    absl::Time start = Now();
    auto trees = [&]() -> Task<> {
      for (int beat = 0; beat < 4; ++beat) {
        co_await SleepUntil(start + (2 * beat + 1) * kTick);
        log("tree");
      }
    };
    auto cars = [&]() -> Task<> {
      for (int beat = 0; beat < 4; ++beat) {
        log("car");
        co_await SleepUntil(start + (2 * beat + 2) * kTick);
      }
    };
    co_await WhenAll(trees(), cars());
  };
  EXPECT_EQ(Run(program), "car tree car tree car tree car tree");
}

TEST_P(TimeTest, ATickerBeatsAndSkipsWhatItMissed) {
  auto program = [](Log& log) -> Task<> {
    absl::Time start = Now();
    Ticker ticker(kTick);
    int64_t beats = 0;
    while (beats < 5) beats += 1 + co_await ticker.Next();
    if (Now() - start >= beats * kTick) log("in time");
  };
  EXPECT_EQ(Run(program), "in time");
}

TEST_P(TimeTest, ATimeoutCutsShortAndWaitsForTheEnd) {
  auto program = [](Log& log) -> Task<> {
    auto slow = [&]() -> Task<int> {
      try {
        co_await Sleep(kNeverReached);
      } catch (const Cancelled&) {
        log("cancelled");
        throw;
      }
      co_return 1;
    };
    absl::StatusOr<int> result = co_await WithTimeout(kTick, slow());
    log(absl::StatusCodeToString(result.status().code()));
  };
  EXPECT_EQ(Run(program), "cancelled DEADLINE_EXCEEDED");
}

TEST_P(TimeTest, ATaskThatEndsInTimeGivesItsValue) {
  auto program = [](Log& log) -> Task<> {
    auto quick = []() -> Task<int> {
      co_await Sleep(kTick);
      co_return 42;
    };
    absl::StatusOr<int> result = co_await WithTimeout(kNeverReached, quick());
    log(*result);
  };
  EXPECT_EQ(Run(program), "42");
}

TEST_P(TimeTest, ATimeoutStrikesThroughAnother) {
  auto program = [](Log& log) -> Task<> {
    auto slow = []() -> Task<> { co_await Sleep(kNeverReached); };
    absl::Status inner = co_await WithTimeout(kNeverReached, WithTimeout(kTick, slow()));
    log(absl::StatusCodeToString(inner.code()));
    absl::Status outer = co_await WithTimeout(kTick, WithTimeout(kNeverReached, slow()));
    log(absl::StatusCodeToString(outer.code()));
  };
  EXPECT_EQ(Run(program), "DEADLINE_EXCEEDED DEADLINE_EXCEEDED");
}

}  // namespace
}  // namespace fate::conformance::time_test
