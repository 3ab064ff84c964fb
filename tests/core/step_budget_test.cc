#include "fate/sim/core/step_budget.h"

#include <gtest/gtest.h>

namespace fate::sim {
namespace {

TEST(StepBudgetTest, IsSpentAfterAsManyStepsAsItWasGiven) {
  StepBudget budget;
  budget.Restart(2);
  budget.Spend();
  EXPECT_FALSE(budget.spent());
  budget.Spend();
  EXPECT_TRUE(budget.spent());
  EXPECT_EQ(budget.done(), 2u);
}

TEST(StepBudgetTest, ANewGrantReplacesWhatWasLeftAndForgetsNoStep) {
  StepBudget budget;
  budget.Restart(100);
  budget.Spend();
  budget.Grant(0);
  EXPECT_TRUE(budget.spent());
  EXPECT_EQ(budget.done(), 1u);
  budget.Grant(1);
  EXPECT_FALSE(budget.spent());
  budget.Spend();
  EXPECT_TRUE(budget.spent());
  EXPECT_EQ(budget.done(), 2u);
}

TEST(StepBudgetTest, BeginsAnewWithNoStepMade) {
  StepBudget budget;
  budget.Restart(3);
  budget.Spend();
  budget.Restart(0);
  EXPECT_TRUE(budget.spent());
  EXPECT_EQ(budget.done(), 0u);
}

}  // namespace
}  // namespace fate::sim
