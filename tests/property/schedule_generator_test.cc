#include "fate/sim/property/schedule_generator.h"

#include <vector>

#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Task<> Add(Atomic<int>& sum, int value) {
  const int seen = co_await sum.Load();
  co_await sum.Store(seen + value);
}

// Loses an update in some schedules, not in the quiet one.
Task<> SumUp(int tasks) {
  Atomic<int> sum;
  std::vector<Task<>> adds;
  for (int i = 0; i < tasks; ++i) adds.push_back(Add(sum, 1));
  co_await WhenAll(std::move(adds));
  RC_ASSERT(sum.Peek() == tasks);
}

TEST(ScheduleGeneratorTest, EveryScheduleFitsAndEveryShrinkIsCheaper) {
  const auto program = [](Roots& roots) { roots.Add(SumUp(3)); };
  const rc::Gen<Schedule> schedules = SchedulesOf(program);
  int shrinks = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const rc::Shrinkable<Schedule> one = schedules(rc::Random(seed));
    EXPECT_NE(RunSchedule(program, one.value()).outcome.kind, OutcomeKind::kDiverged);
    rc::Seq<rc::Shrinkable<Schedule>> smaller = one.shrinks();
    while (auto next = smaller.next()) {
      ++shrinks;
      EXPECT_NE(RunSchedule(program, next->value()).outcome.kind, OutcomeKind::kDiverged);
    }
  }
  EXPECT_GT(shrinks, 20);
}

TEST(ScheduleGeneratorTest, TheSameRandomGivesTheSameSchedule) {
  const auto program = [](Roots& roots) { roots.Add(SumUp(3)); };
  EXPECT_EQ(SchedulesOf(program)(rc::Random(7)).value(), SchedulesOf(program)(rc::Random(7)).value());
  EXPECT_NE(SchedulesOf(program)(rc::Random(7)).value(), SchedulesOf(program)(rc::Random(8)).value());
}

TEST(ScheduleGeneratorTest, AFailingScheduleShrinksToAtMostTwoDeviations) {
  const auto program = [](Roots& roots) { roots.Add(SumUp(2)); };
  const auto fails = [&](const Schedule& schedule) { return !RunSchedule(program, schedule).passed(); };
  const rc::Gen<Schedule> schedules = SchedulesOf(program);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const rc::Shrinkable<Schedule> one = schedules(rc::Random(seed));
    if (!fails(one.value())) continue;
    const Schedule smallest = rc::shrinkable::findLocalMin(one, fails).first;
    // Who begins, which is free, and one preemption.
    EXPECT_LE(smallest.deviations.size(), 2u) << smallest.ToText();
  }
}

TEST(ScheduleGeneratorTest, AScheduleIsShownAsItsText) { EXPECT_EQ(rc::toString(Schedule()), Schedule().ToText()); }

}  // namespace
}  // namespace fate::sim
