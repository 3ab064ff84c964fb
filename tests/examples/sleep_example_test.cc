#include "absl/time/time.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/channel.h"
#include "fate/sync/select.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"

namespace fate::sleep_example_test {
namespace {

Task<> Main() {
  absl::Time midnight = Now() + absl::Hours(24);
  Channel<int> events(1);
  co_await Sleep(absl::Milliseconds(500));
  co_await SleepUntil(midnight);
  auto first = co_await Select(events.Receive(), After(absl::Seconds(5)));
  EXPECT_EQ(first.index(), 1u);
  EXPECT_EQ(Now() - midnight, absl::Seconds(5));
}

TEST(SleepExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::sleep_example_test
