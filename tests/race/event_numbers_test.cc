#include "fate/sim/race/event_numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/race/step_order.h"
#include "fate/sim/strategies/depth_first.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// Of the events of one execution, sorted; a start that does nothing is none.
std::vector<uint64_t> NumbersOf(const Execution& execution, Footprints& footprints) {
  const StepOrder order(execution, footprints);
  EventNumbers numbers;
  std::vector<uint64_t> all;
  for (const StepOrder::Event& event : order.events()) {
    if (event.footprint.kind == OpKind::kStart) continue;
    all.push_back(numbers.Next(event.task, event.name.task, event.footprint, footprints));
  }
  std::ranges::sort(all);
  return all;
}

TEST(EventNumbersTest, AllInterleavingsHaveAsManySetsOfNumbersAsThereAreTraces) {
  for (const ground_truth::Row& row : {ground_truth::Readers(3, 8), ground_truth::Increments(3, 36),
                                       ground_truth::MutexOrder(3, 6), ground_truth::Increments(2, 4)}) {
    Settings settings;
    settings.record_accesses = true;
    Scheduler scheduler(settings);
    DepthFirst search;
    Footprints footprints;
    std::set<std::vector<uint64_t>> seen;
    bool more = true;
    for (uint64_t number = 0; more; ++number) {
      const Execution& execution = scheduler.Run(row.program, search, number);
      seen.insert(NumbersOf(execution, footprints));
      more = search.EndExecution(execution);
    }
    EXPECT_EQ(seen.size(), row.traces) << row.name;
  }
}

TEST(EventNumbersTest, AnEventIsMadeOfItsPastAlone) {
  Footprints footprints;
  const StepFootprint write{1, OpKind::kStore, Mode::kChange, 0};
  const StepFootprint read{1, OpKind::kLoad, Mode::kRead, 0};
  const StepFootprint elsewhere{2, OpKind::kStore, Mode::kChange, 0};
  EventNumbers numbers;
  const uint64_t first = numbers.Next(0, 7, write, footprints);
  const uint64_t after = numbers.Next(1, 8, read, footprints);
  numbers.Restart();
  const uint64_t before = numbers.Next(1, 8, read, footprints);
  EXPECT_NE(before, after);
  numbers.Restart();
  numbers.Next(2, 9, elsewhere, footprints);  // in nobody's past
  EXPECT_EQ(numbers.Next(0, 7, write, footprints), first);
  EXPECT_EQ(numbers.Next(1, 8, read, footprints), after);
}

TEST(EventNumbersTest, WhatAStepDoesInsideIsInThePastOfOthers) {
  Footprints footprints;
  const StepFootprint read{1, OpKind::kLoad, Mode::kRead, 0};
  const StepFootprint elsewhere{2, OpKind::kStore, Mode::kChange, 0};
  const StepFootprint both = footprints.Add(elsewhere, {1, OpKind::kWrite, Mode::kChange});
  const StepFootprint nothing{1, OpKind::kLoad, Mode::kNone, 0};
  EventNumbers numbers;
  const uint64_t alone = numbers.Next(1, 8, read, footprints);
  numbers.Restart();
  numbers.Next(0, 7, elsewhere, footprints);
  numbers.Next(2, 9, nothing, footprints);
  EXPECT_EQ(numbers.Next(1, 8, read, footprints), alone);
  numbers.Restart();
  numbers.Next(0, 7, both, footprints);
  EXPECT_NE(numbers.Next(1, 8, read, footprints), alone);
}

TEST(EventNumbersTest, WhatConflictsWithAllIsAfterAllAndBeforeTheRest) {
  Footprints footprints;
  const StepFootprint write{1, OpKind::kStore, Mode::kChange, 0};
  const StepFootprint timeout{0, OpKind::kTimeout, Mode::kEverything, 0};
  const StepFootprint elsewhere{2, OpKind::kStore, Mode::kChange, 0};
  const auto numbers_of = [&](bool timeout_first) {
    EventNumbers numbers;
    if (!timeout_first) numbers.Next(0, 7, write, footprints);
    const uint64_t struck = numbers.Next(Step::kTimerTask, 5, timeout, footprints);
    if (timeout_first) numbers.Next(0, 7, write, footprints);
    return std::pair(struck, numbers.Next(1, 8, elsewhere, footprints));
  };
  EXPECT_NE(numbers_of(true).first, numbers_of(false).first);
  EXPECT_NE(numbers_of(true).second, numbers_of(false).second);
}

}  // namespace
}  // namespace fate::sim
