#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/event.h"
#include "fate/task/task_group.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::task_group_example_test {
namespace {

Task<> Main() {
  std::vector<int> ports = {80, 443};
  Event stopped;
  int ended = 0;
  auto Serve = [&](int port) -> Task<> {
    try {
      if (port == 443) co_await stopped.Set();
      for (;;) co_await Yield();
    } catch (const Cancelled&) {
      ++ended;
      throw;
    }
  };
  auto body = [&](TaskGroup& group) -> Task<> {
    for (int port : ports) co_await group.Spawn(Serve(port));
    co_await stopped.Wait();
    co_await group.Cancel();
  };
  co_await WithTaskGroup(body);
  EXPECT_EQ(ended, 2);
}

TEST(TaskGroupExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::task_group_example_test
