// How many schedules each strategy needs for the bug programs of the ground truth.
#include <cmath>
#include <cstring>

#include "fate/base/mix.h"
#include "tests/base/samples.h"
#include "tests/detect/sct_programs.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

constexpr int kSeeds = 100;
constexpr uint64_t kCap = 10'000;

double Mean(const sct::SctProgram& program, const std::string& name) {
  Scheduler scheduler;
  double schedules = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto strategy = Make(name, Mix(77, seed));
    uint64_t number = 0;
    while (number < kCap) {
      const Execution& execution = scheduler.Run(program.run, *strategy, number, number);
      ++number;
      if (!execution.outcome.passed()) {
        EXPECT_EQ(execution.outcome.kind, program.outcome) << execution.outcome.message;
        break;
      }
      strategy->EndExecution(execution);
    }
    schedules += static_cast<double>(number);
  }
  return schedules / kSeeds;
}

// Mean schedules to the first bug in the reference simulation at operation granularity.
struct Reference {
  const char* program;
  double random, pct, pos, urw, surw;
};
constexpr Reference kReferences[] = {
    {"account", 7.33, 5, 6.08, 3.92, 4.24},       {"bluetooth", 10.3, 30.6, 9.4, 119, 12.3},
    {"deadlock01", 2.71, 8.68, 3.99, 2.12, 4.04}, {"token_ring", 10.1, 9.15, 6.47, 10.9, 11.1},
    {"wronglock_3", 3.12, 9.39, 3.28, 3.62, 2.7}, {"reorder_3", 39.7, 25.2, 15, 9.91, 6.38},
    {"reorder_4", 143, 56.6, 35.2, 13.8, 7.97},   {"reorder_5", 581, 101, 84.9, 19.1, 9.8},
};

class FirstBugTest : public testing::TestWithParam<sct::SctProgram> {};

TEST_P(FirstBugTest, TheRandomWalkIsWithinThreeSigmaOfTheExactProbability) {
  constexpr uint64_t kExecutions = test::Samples(40'000);
  const sct::SctProgram& program = GetParam();
  Scheduler scheduler;
  auto strategy = Make("random", 2);
  uint64_t failures = 0;
  for (uint64_t i = 0; i < kExecutions; ++i) {
    const Execution& execution = scheduler.Run(program.run, *strategy, i, i);
    failures += !execution.outcome.passed();
  }
  double p = program.probability;
  double sigma = std::sqrt(p * (1 - p) / kExecutions);
  EXPECT_NEAR(static_cast<double>(failures) / kExecutions, p, 3 * sigma);
}

TEST_P(FirstBugTest, NoStrategyNeedsMuchMoreThanTheReference) {
  for (const Reference& reference : kReferences) {
    if (std::strcmp(reference.program, GetParam().name) != 0) continue;
    if (test::kSanitized && reference.random > 100) GTEST_SKIP() << "takes long with sanitizers";
    EXPECT_LE(Mean(GetParam(), "random"), 1.5 * reference.random);
    EXPECT_LE(Mean(GetParam(), "pct"), 1.5 * reference.pct);
    EXPECT_LE(Mean(GetParam(), "pct_chains"), 1.5 * reference.pct);
    EXPECT_LE(Mean(GetParam(), "pos"), 1.5 * reference.pos);
    EXPECT_LE(Mean(GetParam(), "urw"), 1.5 * reference.urw);
    EXPECT_LE(Mean(GetParam(), "surw"), 1.5 * reference.surw);
  }
}

INSTANTIATE_TEST_SUITE_P(Sct, FirstBugTest, testing::ValuesIn(sct::SctPrograms()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fate::sim
