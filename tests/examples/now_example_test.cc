#include "absl/time/time.h"
#include "fate/sim/explore/explorer.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"

namespace fate::now_example_test {
namespace {

Task<> Fetch() { co_await Sleep(absl::Seconds(2)); }

Task<> Main() {
  absl::Time start = Now();
  co_await Fetch();
  absl::Duration took = Now() - start;
  EXPECT_EQ(took, absl::Seconds(2));
}

TEST(NowExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::now_example_test
