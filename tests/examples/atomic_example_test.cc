#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "gtest/gtest.h"

namespace fate::atomic_example_test {
namespace {

Task<> Main() {
  Atomic<int> owner(0);
  int expected = 0;
  int me = 1;
  Atomic<int> hits(0);
  int before = co_await hits.FetchAdd(1);
  bool won = co_await owner.CompareExchange(expected, me);
  EXPECT_EQ(before, 0);
  EXPECT_TRUE(won);
}

TEST(AtomicExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::atomic_example_test
