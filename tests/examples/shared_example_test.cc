#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "gtest/gtest.h"

namespace fate::shared_example_test {
namespace {

Task<> Main() {
  Shared<int> balance(100);
  int seen = balance.Read();
  balance.Write(seen - 30);
  EXPECT_EQ(balance, 70);
  co_return;
}

TEST(SharedExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::shared_example_test
