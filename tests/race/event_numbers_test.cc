#include "fate/sim/race/event_numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
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

}  // namespace
}  // namespace fate::sim
