#include <optional>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/oneshot.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::oneshot_example_test {
namespace {

Task<> Work(Oneshot<int>& answer) { co_await answer.Send(42); }

Task<> Main() {
  Oneshot<int> answer;
  JoinHandle<> worker = co_await Spawn(Work(answer));
  std::optional<int> value = co_await answer.Receive();
  EXPECT_EQ(value, 42);
  co_await worker.Join();
}

TEST(OneshotExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::oneshot_example_test
