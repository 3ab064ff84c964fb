#include "fate/sim/strategies/random_walk.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "fate/sim/core/execution.h"
#include "fate/sync/atomic.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/core/simulated.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

using test::ProgramOf;

// That `count` of `draws` is what `probability` would give. The seeds are fixed, so what holds once
// holds for ever.
void ExpectWithinThreeSigma(const std::string& what, uint64_t count, uint64_t draws, double probability) {
  const double n = static_cast<double>(draws);
  const double sigma = std::sqrt(n * probability * (1 - probability));
  EXPECT_NEAR(static_cast<double>(count), n * probability, 3 * sigma) << what;
}

// The probabilities were computed by an enumerator that shares no code with fate. That tasks begin
// before they are known to be blocked does not move them: no such begin takes part in a race that
// is lost, or the program would be missing here.
TEST(RandomWalkTest, FailsAsOftenAsTheExactProbabilitySays) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    constexpr uint64_t kExecutions = test::Samples(20'000);
    const uint64_t bad = test::CountBad(program.run, 7, kExecutions);
    ExpectWithinThreeSigma(program.name, bad, kExecutions, program.probability);
  }
}

struct ThreeWriters {
  static inline std::string order;
  ThreeWriters() { order.clear(); }
  Atomic<int> x;
  Task<> Write(char name) {
    co_await x.Store(1);
    order += name;
  }
  void Begin(Roots& roots) {
    for (char name : {'a', 'b', 'c'}) roots.Add(Write(name));
  }
};

TEST(RandomWalkTest, EachOrderOfTasksThatNeverBlockIsEquallyLikely) {
  constexpr uint64_t kExecutions = 60'000;
  std::map<std::string, uint64_t> orders;
  Scheduler scheduler;
  RandomWalk random(1);
  for (uint64_t number = 0; number < kExecutions; ++number) {
    scheduler.Run(ProgramOf<ThreeWriters>(), random, number);
    ++orders[ThreeWriters::order];
  }
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) ExpectWithinThreeSigma(order, count, kExecutions, 1.0 / 6);
}

TEST(RandomWalkTest, EachOptionIsEquallyLikely) {
  RandomWalk random(1);
  random.BeginExecution(0);
  for (uint32_t options : {2u, 3u, 7u}) {
    std::array<uint64_t, 7> counts{};
    for (int i = 0; i < 70'000; ++i) ++counts[random.Choose({ChoiceKind::kDraw, options})];
    for (uint32_t option = 0; option < options; ++option) {
      ExpectWithinThreeSigma("an option", counts[option], 70'000, 1.0 / options);
    }
  }
}

TEST(RandomWalkTest, AnExecutionDependsOnSeedAndNumberAlone) {
  auto choices = [](uint64_t seed, uint64_t number, bool after_others) {
    RandomWalk random(seed);
    if (after_others) {
      for (uint64_t other = 0; other < 5; ++other) {
        random.BeginExecution(other);
        random.Choose({ChoiceKind::kTask, 3});
      }
    }
    random.BeginExecution(number);
    std::string text;
    for (int i = 0; i < 30; ++i) text += static_cast<char>('0' + random.Choose({ChoiceKind::kTask, 3}));
    return text;
  };
  EXPECT_EQ(choices(1, 9, false), choices(1, 9, true));
  EXPECT_NE(choices(1, 9, false), choices(1, 8, false));
  EXPECT_NE(choices(1, 9, false), choices(2, 9, false));
}

TEST(RandomWalkTest, IsNeverExhausted) {
  RandomWalk random(1);
  EXPECT_TRUE(random.EndExecution(Execution()));
  EXPECT_FALSE(random.fixed_draws());
}

TEST(RandomWalkTest, ForeseesWhatItChoosesNextAndAfterThat) {
  RandomWalk walk(5);
  walk.BeginExecution(3);
  for (uint32_t options = 2; options < 100; ++options) {
    const uint32_t next = walk.Foresee(options, 0);
    const uint32_t after = walk.Foresee(options, 1);
    EXPECT_EQ(walk.Choose({ChoiceKind::kTask, options}), next);
    EXPECT_EQ(walk.Choose({ChoiceKind::kTask, options}), after);
  }
}

}  // namespace
}  // namespace fate::sim
