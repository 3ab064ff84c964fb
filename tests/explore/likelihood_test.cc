#include "fate/sim/explore/likelihood.h"

#include <gtest/gtest.h>

#include "tests/explore/failing_runs.h"
#include "tests/explore/programs.h"

namespace fate::sim {
namespace {

using test::Failing;

void LostUpdate(Roots& roots) { roots.Add(test::LosesAnUpdate()); }

TEST(LikelihoodTest, IsMeasuredAtEachChoiceIfTheBudgetAllows) {
  Failing failing(LostUpdate, 1);
  const std::vector<LikelihoodPoint> points = MeasureLikelihood(*failing.reruns, failing.choices);
  ASSERT_EQ(points.size(), failing.choices.size());
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].choice, i);
    EXPECT_EQ(points[i].step, failing.choices[i].step);
    EXPECT_EQ(points[i].walks, kWalksPerChoice);
    EXPECT_LE(points[i].failures, points[i].walks);
  }
  EXPECT_LT(points.front().failures, points.front().walks);
  // Once both have loaded, an update is lost whatever comes.
  EXPECT_EQ(points.back().failures, kWalksPerChoice);
  EXPECT_EQ(failing.reruns->executions(), points.size() * kWalksPerChoice);
}

TEST(LikelihoodTest, ASmallBudgetTakesTheFirstChoiceAndTheDeviations) {
  Failing failing(LostUpdate, 1, true, 2 * kWalksPerChoice);
  const std::vector<LikelihoodPoint> points = MeasureLikelihood(*failing.reruns, failing.choices);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].choice, 0u);
  EXPECT_NE(failing.choices[points[1].choice].choice.option, 0u);
  Failing too_small(LostUpdate, 1, true, kWalksPerChoice - 1);
  EXPECT_TRUE(MeasureLikelihood(*too_small.reruns, too_small.choices).empty());
}

TEST(LikelihoodTest, IsAFunctionOfTheFailure) {
  std::vector<uint32_t> failures[2];
  for (std::vector<uint32_t>& each : failures) {
    Failing failing(LostUpdate, 1);
    for (const LikelihoodPoint& point : MeasureLikelihood(*failing.reruns, failing.choices)) {
      each.push_back(point.failures);
    }
  }
  EXPECT_EQ(failures[0], failures[1]);
}

}  // namespace
}  // namespace fate::sim
