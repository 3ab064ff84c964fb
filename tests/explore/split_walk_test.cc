#include "fate/sim/explore/split_walk.h"

#include <gtest/gtest.h>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

TEST(SplitWalkTest, EachOfItsStrategiesWalksAndClaimsWhatItIs) {
  const ground_truth::Row row = ground_truth::Increments(3, 36);
  for (const std::string& name : WalkedStrategies()) {
    Scheduler scheduler;
    const std::unique_ptr<SplitWalk> walk = MakeSplitWalk(name, 1);
    ASSERT_NE(walk, nullptr) << name;
    scheduler.Run(row.program, walk->search(), 0, 1);
    EXPECT_TRUE(walk->at_leaf()) << name;
    EXPECT_FALSE(walk->blocked()) << name;
    EXPECT_FALSE(walk->surprised()) << name;
    EXPECT_EQ(walk->search().Claim(), (*MakeStrategy(name, 1))->Claim()) << name;
    walk->Descend();
    const Execution& execution = scheduler.Run(row.program, walk->search(), 0, 1);
    EXPECT_TRUE(execution.outcome.passed()) << name;
    EXPECT_FALSE(walk->at_leaf()) << name;
  }
}

TEST(SplitWalkTest, OthersAreNotSplit) {
  for (const char* name : {"delay_bounded", "preemption_bounded", "bounded_dpor", "fifo", "random", "nothing"}) {
    EXPECT_EQ(MakeSplitWalk(name, 1), nullptr) << name;
  }
}

}  // namespace
}  // namespace fate::sim
