#include "fate/sim/explore/budget.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

TEST(BudgetTest, AllowsSoManyExecutions) {
  Budget budget(3, absl::InfiniteDuration());
  for (uint64_t number = 0; number < 3; ++number) EXPECT_TRUE(budget.Allows(number));
  EXPECT_FALSE(budget.Allows(3));
  EXPECT_FALSE(budget.capped());
}

TEST(BudgetTest, WithoutTimeOneExecutionIsStillAllowed) {
  Budget budget(10, absl::ZeroDuration());
  EXPECT_TRUE(budget.Allows(0));
  EXPECT_FALSE(budget.capped());
  EXPECT_FALSE(budget.Allows(1));
  EXPECT_TRUE(budget.capped());
}

TEST(BudgetTest, TimeThatRunsOutEndsTheSearch) {
  Budget budget(UINT64_MAX, absl::Milliseconds(5));
  uint64_t number = 0;
  while (budget.Allows(number)) ++number;
  EXPECT_TRUE(budget.capped());
  EXPECT_GE(budget.elapsed(), absl::Milliseconds(5));
}

TEST(BudgetTest, ABudgetThatWasNotNeededIsNotCapped) {
  Budget budget(1000, absl::Hours(1));
  for (uint64_t number = 0; number < 1000; ++number) ASSERT_TRUE(budget.Allows(number));
  EXPECT_FALSE(budget.Allows(1000));
  EXPECT_FALSE(budget.capped());
}

}  // namespace
}  // namespace fate::sim
