#include "fate/sim/strategies/task_counts.h"

#include "fate/sim/strategies/task_weights.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

constexpr uint32_t kEvent = TaskCounts::kEvent;

Birth Born(uint32_t parent, uint64_t path) {
  Birth birth{};
  birth.parent = parent;
  birth.path_hash = path;
  return birth;
}

// A root with path 10 and, if asked for, its child with path 11.
Execution Finished(bool with_child, bool passed = true) {
  Execution execution;
  execution.trace.births.push_back(Born(Step::kTimerTask, 10));
  if (with_child) execution.trace.births.push_back(Born(0, 11));
  if (!passed) execution.outcome.kind = OutcomeKind::kAssertionFailed;
  return execution;
}

TEST(TaskCountsTest, MeansAreKnownAtTheEndOfARound) {
  TaskCounts counts;
  counts.Note(Finished(false), {4});
  EXPECT_TRUE(counts.empty());
  EXPECT_EQ(counts.Subtree(10), kEvent);
  counts.Note(Finished(false), {6});
  counts.EndStage();
  EXPECT_EQ(counts.Subtree(10), 5 * kEvent);
  EXPECT_EQ(counts.Subtree(11), kEvent);
}

TEST(TaskCountsTest, AChildCountsForItsParentAsOftenAsItIsSpawned) {
  TaskCounts counts;
  counts.Note(Finished(true), {2, 8});
  counts.Note(Finished(false), {2});
  counts.EndStage();
  EXPECT_EQ(counts.Subtree(11), 8 * kEvent);
  EXPECT_EQ(counts.Subtree(10), (2 + 4) * kEvent);
}

TEST(TaskCountsTest, FailedExecutionsCountUntilOneHasPassed) {
  TaskCounts counts;
  counts.Note(Finished(false, false), {1});
  counts.EndStage();
  EXPECT_EQ(counts.Subtree(10), kEvent);
  counts.Note(Finished(false), {5});
  counts.Note(Finished(false, false), {1});
  counts.EndStage();
  EXPECT_EQ(counts.Subtree(10), 5 * kEvent);
}

TEST(TaskWeightsTest, AParentPassesTheChildsPartOn) {
  TaskCounts counts;
  counts.Note(Finished(true), {2, 8});
  counts.EndStage();
  TaskWeights weights;
  weights.Begin();
  int spawned = 0;
  auto count = [&](uint32_t parent, uint32_t child, uint32_t before) {
    ++spawned;
    EXPECT_EQ(parent, 0u);
    EXPECT_EQ(child, 1u);
    EXPECT_EQ(before, 10 * kEvent);
  };
  Execution execution = Finished(true);
  EXPECT_TRUE(weights.Behind(execution));
  weights.Follow(execution, counts, count);
  EXPECT_FALSE(weights.Behind(execution));
  EXPECT_EQ(spawned, 1);
  EXPECT_EQ(weights.of(0), 2 * kEvent);
  EXPECT_EQ(weights.of(1), 8 * kEvent);
  for (int i = 0; i < 3; ++i) weights.MadeEvent(0);
  EXPECT_EQ(weights.of(0), 0u);
  EXPECT_EQ(weights.of(7), 0u);
}

}  // namespace
}  // namespace fate::sim
