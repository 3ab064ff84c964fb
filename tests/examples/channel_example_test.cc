#include <optional>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/channel.h"
#include "gtest/gtest.h"

namespace fate::channel_example_test {
namespace {

Task<> Main() {
  Channel<int> numbers(2);
  Channel<int> all = Channel<int>::Unbounded();
  co_await numbers.Send(7);
  co_await numbers.Close();
  while (std::optional<int> number = co_await numbers.Receive()) {
    co_await all.Send(*number);
  }
  EXPECT_EQ(all.size(), 1u);
  EXPECT_EQ(all.TryReceive(), 7);
}

TEST(ChannelExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::channel_example_test
