#include <optional>

#include "absl/time/time.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/select.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"

namespace fate::select_example_test {
namespace {

struct Waiter {
  Channel<int> orders{2};
  Event stopped;
  int served = 0;

  void Serve(int order) { served += order; }

  Task<> Work() {
    auto first = co_await Select(orders.Receive(), stopped.Wait(), After(absl::Seconds(5)));
    switch (first.index()) {
      case 0:
        if (std::optional<int> order = first.get<0>()) Serve(*order);
        break;
      case 1:
        co_return;
    }
    if (auto taken = TrySelect(orders.Receive())) Serve(taken->get<0>().value());
  }
};

Task<> Main() {
  Waiter waiter;
  co_await waiter.Work();  // nobody comes for five seconds
  EXPECT_EQ(waiter.served, 0);
  co_await waiter.orders.Send(1);
  co_await waiter.orders.Send(2);
  co_await waiter.Work();
  EXPECT_EQ(waiter.served, 3);
  co_await waiter.stopped.Set();
  co_await waiter.Work();
  EXPECT_EQ(waiter.served, 3);
}

TEST(SelectExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::select_example_test
