#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fate/sim/explore/explorer.h"
#include "fate/time/ticker.h"
#include "fate/time/timeout.h"
#include "gtest/gtest.h"

namespace fate::ticker_example_test {
namespace {

int polls = 0;
void Poll() { ++polls; }
void Log(const char* text, int64_t number) { ADD_FAILURE() << text << number; }

Task<> Beat() {
  Ticker ticker(absl::Seconds(1));
  for (;;) {
    int64_t missed = co_await ticker.Next();
    if (missed > 0) Log("late by ", missed);
    Poll();
  }
}

Task<> Main() {
  polls = 0;
  absl::Status ended = co_await WithTimeout(absl::Milliseconds(10'500), Beat());
  EXPECT_TRUE(absl::IsDeadlineExceeded(ended));
  EXPECT_EQ(polls, 10);
}

TEST(TickerExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::ticker_example_test
