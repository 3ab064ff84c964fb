#include "fate/sim/race/task_numbers.h"

#include <gtest/gtest.h>

#include <vector>

namespace fate::sim {
namespace {

Birth Root(uint64_t path) {
  Birth birth{};
  birth.path_hash = path;
  birth.step = Birth::kBeforeSteps;
  return birth;
}

Birth Child(uint64_t path, uint32_t step) {
  Birth birth = Root(path);
  birth.step = step;
  return birth;
}

void SetBirths(Trace& trace, const std::vector<Birth>& births) {
  trace.births.clear();
  for (const Birth& birth : births) trace.births.push_back(birth);
}

TEST(TaskNumbersTest, ARootIsNumberedByItsPlaceAndOthersByTheirPaths) {
  TaskNumbers numbers;
  Trace trace;
  SetBirths(trace, {Root(10), Root(11), Child(20, 0), Child(21, 1)});
  EXPECT_EQ(numbers.Of(trace, 3, 0), 2u);
  EXPECT_EQ(numbers.roots(), 2u);
  EXPECT_EQ(numbers.Of(trace, 1, 0), 1u);
  EXPECT_EQ(numbers.Of(trace, 2, 0), 3u);
  // In another execution they are born the other way round.
  SetBirths(trace, {Root(10), Root(11), Child(21, 0), Child(20, 1)});
  EXPECT_EQ(numbers.Of(trace, 2, 0), 2u);
  EXPECT_EQ(numbers.Of(trace, 3, 0), 3u);
}

TEST(TaskNumbersTest, ADueTimerIsATaskOfItsOwn) {
  TaskNumbers numbers;
  Trace trace;
  SetBirths(trace, {Root(10)});
  EXPECT_EQ(numbers.Of(trace, 0, 0), 0u);
  EXPECT_EQ(numbers.Of(trace, Step::kTimerTask, 0), 1u);
  EXPECT_EQ(numbers.Of(trace, Step::kTimerTask, 1), 2u);
  EXPECT_EQ(numbers.Of(trace, Step::kTimerTask, 0), 1u);
}

TEST(TaskNumbersTest, MoreThanFitInASetAreReported) {
  TaskNumbers numbers;
  Trace trace;
  SetBirths(trace, {Root(1)});
  for (uint32_t id = 1; id <= TaskNumbers::kMax; ++id) trace.births.push_back(Child(100 + id, id));
  for (uint32_t id = 0; id < TaskNumbers::kMax; ++id) EXPECT_EQ(numbers.Of(trace, id, 0), id);
  EXPECT_FALSE(numbers.overflow());
  EXPECT_EQ(numbers.Of(trace, TaskNumbers::kMax, 0), TaskNumbers::kMax - 1);
  EXPECT_TRUE(numbers.overflow());
}

}  // namespace
}  // namespace fate::sim
