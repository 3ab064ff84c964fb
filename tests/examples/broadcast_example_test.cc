#include <cstdint>
#include <optional>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/broadcast.h"
#include "gtest/gtest.h"

namespace fate::broadcast_example_test {
namespace {

Task<> Main() {
  int shown = 0;
  auto Show = [&](int price) { shown += price; };
  auto ShowGap = [](uint64_t missed) { ADD_FAILURE() << missed; };
  Broadcast<int> prices(16);
  Subscription<int> mine = co_await prices.Subscribe();
  co_await prices.Send(100);
  co_await prices.Close();
  while (std::optional<int> price = co_await mine.Receive()) {
    Show(*price);
  }
  if (mine.lagged() > 0) ShowGap(mine.lagged());
  EXPECT_EQ(shown, 100);
}

TEST(BroadcastExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::broadcast_example_test
