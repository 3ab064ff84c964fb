#include "fate/sim/strategies/anchored.h"

#include <gtest/gtest.h>

#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/channel.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

// The failing executions of a walk, by name, run the same steps again.
TEST(AnchoredTest, TheDeviationsOfAScheduleBringItBack) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    Scheduler scheduler;
    RandomWalk walk(5);
    for (uint64_t i = 0; i < 50; ++i) {
      const Execution& execution = scheduler.Run(program.run, walk, i, 1);
      uint64_t hash = execution.trace.Hash();
      Schedule schedule = execution.schedule();
      Anchored strict(schedule);
      strict.EndExecution(scheduler.Run(program.run, strict, i, 1));
      EXPECT_EQ(strict.taken().size(), schedule.deviations.size());
      Anchored named(strict.taken());
      const Execution& again = scheduler.Run(program.run, named, i, 1);
      EXPECT_EQ(again.trace.Hash(), hash) << program.name;
      named.EndExecution(again);
      EXPECT_EQ(named.taken(), strict.taken());
      EXPECT_EQ(named.cost(), strict.cost());
    }
  }
}

TEST(AnchoredTest, WithoutDeviationsTheRunIsTheQuietOne) {
  Scheduler scheduler;
  Anchored quiet(std::vector<AnchoredDeviation>{});
  const Execution& execution = scheduler.Run(ground_truth::Increments(3, 36).program, quiet, 0, 1);
  quiet.EndExecution(execution);
  EXPECT_TRUE(execution.schedule().deviations.empty());
  // Three tasks one after the other, each of two steps.
  EXPECT_EQ(quiet.cost(), (ScheduleCost{0, 2, 0, 6}));
}

TEST(AnchoredTest, WhatDoesNotFitIsLeftOut) {
  Scheduler scheduler;
  AnchoredDeviation nowhere{{12345, 1, 0}, static_cast<uint32_t>(ChoiceKind::kTask), 1};
  AnchoredDeviation nobody{{0, 0, 0}, static_cast<uint32_t>(ChoiceKind::kTask), 12345};
  Anchored strategy(std::vector<AnchoredDeviation>{nobody, nowhere});
  const Execution& execution = scheduler.Run(ground_truth::Increments(2, 4).program, strategy, 0, 1);
  strategy.EndExecution(execution);
  EXPECT_TRUE(strategy.taken().empty());
  EXPECT_TRUE(execution.outcome.passed());
}

TEST(AnchoredTest, APreemptionIsASwitchAwayFromATaskThatCouldGoOn) {
  Scheduler scheduler;
  ground_truth::Row row = ground_truth::Increments(2, 4);
  Anchored quiet(std::vector<AnchoredDeviation>{});
  uint64_t first = 0;
  uint64_t second = 0;
  {
    const Execution& execution = scheduler.Run(row.program, quiet, 0, 1);
    first = execution.trace.births[0].path_hash;
    second = execution.trace.births[1].path_hash;
  }
  // The second task comes between the two steps of the first, or after them.
  AnchoredDeviation between{{first, 1, 0}, static_cast<uint32_t>(ChoiceKind::kTask), second};
  Anchored strategy(std::vector<AnchoredDeviation>{between});
  strategy.EndExecution(scheduler.Run(row.program, strategy, 0, 1));
  EXPECT_EQ(strategy.cost(), (ScheduleCost{1, 2, 1, 4}));
  between.when_it_stops = true;
  Anchored later(std::vector<AnchoredDeviation>{between});
  later.EndExecution(scheduler.Run(row.program, later, 0, 1));
  EXPECT_EQ(later.cost(), (ScheduleCost{0, 1, 0, 4}));
}

}  // namespace
}  // namespace fate::sim
