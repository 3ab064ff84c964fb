#include "fate/sim/strategies/urw.h"

#include "fate/task/spawn.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

// The sum of (seen - expected)^2 / expected over `cells` equally likely outcomes.
double ChiSquare(const std::map<std::string, int>& seen, int cells, double total) {
  double expected = total / cells;
  double sum = (cells - static_cast<double>(seen.size())) * expected;
  for (const auto& [log, count] : seen) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

// 10! / (5! 5!) = 252 interleavings. 99.9 % of chi-square with 251 degrees of freedom is 325.
TEST(UrwTest, EachInterleavingOfTwoTasksOfFiveStepsIsEquallyLikely) {
  constexpr int kExecutions = 50'400;
  Urw urw(1);
  Runs<TwoTimesFive> runs;
  runs.Run(urw, 0);
  std::map<std::string, int> seen = Sample<TwoTimesFive>(urw, kExecutions, 1);
  EXPECT_EQ(seen.size(), 252u);
  EXPECT_LT(ChiSquare(seen, 252, kExecutions), 325);
}

struct Unequal {
  std::string log;
  Cell cell{0};
  Task<> Work(char name, int steps) {
    for (int i = 0; i < steps; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a', 1), Work('b', 6), Work('c', 2)); }
};

// 9! / (1! 6! 2!) = 252 again.
TEST(UrwTest, SoIsEachOfTasksOfUnequalLengths) {
  constexpr int kExecutions = 50'400;
  Urw urw(1);
  Runs<Unequal> runs;
  runs.Run(urw, 0);
  std::map<std::string, int> seen = Sample<Unequal>(urw, kExecutions, 1);
  EXPECT_EQ(seen.size(), 252u);
  EXPECT_LT(ChiSquare(seen, 252, kExecutions), 325);
}

struct Spawning {
  std::string log;
  Cell cell{0};
  Task<> Work(char name, int steps) {
    for (int i = 0; i < steps; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  Task<> Parent() {
    const SpawnOptions not_joined = {.lifetime = Lifetime::kProgram};
    co_await Spawn(Work('c', 4), not_joined);
    log += 'S';
  }
  std::vector<Task<>> Tasks() { return List(Parent(), Work('a', 4)); }
};

// S c c c c and a a a a, each in its order: 9! / (5! 4!) = 126. 99.9 % of chi-square with 125
// degrees of freedom is 179.
TEST(UrwTest, WhatATaskWillSpawnCountsForIt) {
  constexpr int kExecutions = 25'200;
  Urw urw(1);
  Runs<Spawning> runs;
  runs.Run(urw, 0);
  std::map<std::string, int> seen = Sample<Spawning>(urw, kExecutions, 1);
  EXPECT_EQ(seen.size(), 126u);
  EXPECT_LT(ChiSquare(seen, 126, kExecutions), 179);
}

}  // namespace
}  // namespace fate::sim
