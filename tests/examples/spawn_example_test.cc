#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::spawn_example_test {
namespace {

Task<int> Answer() { co_return 42; }

Task<> Main() {
  JoinHandle<int> handle = co_await Spawn(Answer());
  int answer = co_await handle.Join();
  EXPECT_EQ(answer, 42);
}

TEST(SpawnExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::spawn_example_test
