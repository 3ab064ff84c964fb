#include "fate/sim/strategies/weighted_walk.h"

#include <cmath>

#include "tests/strategies/runs.h"

namespace fate::sim::weighted_walk_test {
namespace {

struct Alone {
  std::string log;
  Cell cell{0};
  Task<> Short() {
    co_await cell.Store(1);
    log += 's';
  }
  Task<> Long() {
    for (int i = 0; i < 10; ++i) co_await cell.Load();
    log += 'l';
  }
  std::vector<Task<>> Tasks() { return List(Short(), Long()); }
};

// The mean of (w / (v + w))^10 over weights v and w of 1 to 50 is 0.107; a plain walk has 2^-10.
TEST(WeightedWalkTest, LetsATaskRunLongAlone) {
  double mean = 0;
  for (int v = 1; v <= 50; ++v) {
    for (int w = 1; w <= 50; ++w) mean += std::pow(static_cast<double>(w) / (v + w), 10) / 2500;
  }
  constexpr int kExecutions = 10'000;
  WeightedWalk walk(1);
  double p = Sample<Alone>(walk, kExecutions)["ls"] / static_cast<double>(kExecutions);
  EXPECT_NEAR(p, mean, 3 * std::sqrt(mean / kExecutions));
}

}  // namespace
}  // namespace fate::sim::weighted_walk_test
