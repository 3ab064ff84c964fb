#include <string>
#include <vector>

#include "absl/random/distributions.h"
#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "gtest/gtest.h"

namespace fate::random_example_test {
namespace {

Task<> Main() {
  std::vector<std::string> trees = {"OAK", "ALDER", "CATALPA", "CYPRESS", "WALNUT"};
  Random random;
  int die = random.Uniform(1, 6);
  EXPECT_TRUE(die >= 1 && die <= 6);
  const std::string& tree = random.Choice(trees);
  EXPECT_FALSE(tree.empty());
  bool retry = random.Bernoulli(0.25);
  random.Shuffle(trees);
  int delay = random.Uniform(0, 3, kExplorable);
  double wait = absl::Exponential<double>(random.ref(), 2.0);
  EXPECT_GE(wait + delay + retry, 0);
  co_return;
}

TEST(RandomExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::random_example_test
