#include "fate/sim/explore/choice_steps.h"

#include <gtest/gtest.h>

#include "fate/runtime/random.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::ProgramOf;

struct World {
  Task<> Steps() {
    co_await Yield();
    Random().Uniform(0, 3, kExplorable);
    co_await Yield();
  }
  void Begin(Roots& roots) {
    roots.Add(Steps());
    roots.Add(Steps());
  }
};

// Both start, yield, draw, yield: a choice before each step until one has ended; a draw in two of them.
TEST(ChoiceStepsTest, KnowsBeforeWhichStepOrInWhichAChoiceWasMade) {
  Scheduler scheduler;
  RandomWalk walk(3);
  const Execution first = scheduler.Run(ProgramOf<World>(), walk);
  ChoiceSteps noted(first.schedule());
  const Execution& second = scheduler.Run(ProgramOf<World>(), noted, 0, first.seed);
  EXPECT_EQ(second.trace.Hash(), first.trace.Hash());
  ASSERT_EQ(noted.choices().size(), first.choices.size());
  uint64_t step = 0;
  int draws = 0;
  for (size_t i = 0; i < first.choices.size(); ++i) {
    const NotedChoice& choice = noted.choices()[i];
    EXPECT_EQ(choice.choice, first.choices[i]);
    if (choice.choice.choice_kind() == ChoiceKind::kTask) {
      EXPECT_GE(choice.step, step);
      step = choice.step + 1;
    } else {
      ++draws;
      EXPECT_GE(choice.step + 1, step);
      EXPECT_EQ(second.trace.steps[choice.step].kind, OpKind::kYield);
    }
  }
  EXPECT_EQ(draws, 2);
}

TEST(ChoiceStepsTest, IsAsStrictAsReplay) {
  Scheduler scheduler;
  Schedule longer;
  longer.choices = 1;
  longer.deviations.push_back({0, {5, 9, static_cast<uint32_t>(ChoiceKind::kTask)}});
  ChoiceSteps noted(longer);
  EXPECT_EQ(scheduler.Run(ProgramOf<World>(), noted).outcome.kind, OutcomeKind::kDiverged);
}

}  // namespace
}  // namespace fate::sim
