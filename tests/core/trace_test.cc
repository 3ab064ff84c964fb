#include "fate/sim/core/trace.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Step StepOf(uint32_t task, OpKind kind, uint32_t object = 0) {
  return {.place = Place(), .task = task, .kind = kind, .object = object};
}

// Two tasks of a root and four steps, at 0 and from the third on at 5 ns.
Trace SmallTrace() {
  Trace trace;
  trace.births.push_back({Step::kTimerTask, 1, 111, Place(), "main", Birth::kBeforeSteps});
  trace.births.push_back({0, 1, 222, Place(), nullptr, 0});
  trace.steps.push_back(StepOf(0, OpKind::kSpawn));
  trace.steps.push_back(StepOf(1, OpKind::kLoad, 1));
  trace.clock_moves.push_back({2, 5});
  trace.steps.push_back(StepOf(1, OpKind::kStore, 1));
  trace.steps.push_back(StepOf(0, OpKind::kJoin));
  return trace;
}

TEST(TraceTest, ClearForgetsEverything) {
  Trace trace = SmallTrace();
  trace.object_names.push_back(3);
  trace.Clear();
  EXPECT_TRUE(trace.steps.empty());
  EXPECT_TRUE(trace.births.empty());
  EXPECT_TRUE(trace.clock_moves.empty());
  EXPECT_TRUE(trace.object_names.empty());
  EXPECT_EQ(trace.Hash(), Trace().Hash());
}

TEST(TraceTest, TimeOfAStepIsThatOfTheLastMoveBeforeIt) {
  Trace trace = SmallTrace();
  trace.clock_moves.push_back({3, 9});
  EXPECT_EQ(trace.TimeOf(0), 0);
  EXPECT_EQ(trace.TimeOf(1), 0);
  EXPECT_EQ(trace.TimeOf(2), 5);
  EXPECT_EQ(trace.TimeOf(3), 9);
  EXPECT_EQ(trace.TimeOf(100), 9);
}

TEST(TraceTest, HashHoldsWhoDidWhatToWhatWhenAndWhatItFound) {
  const uint64_t hash = SmallTrace().Hash();
  EXPECT_EQ(SmallTrace().Hash(), hash);
  Trace other = SmallTrace();
  other.steps[1].kind = OpKind::kStore;
  EXPECT_NE(other.Hash(), hash) << "the operation";
  other = SmallTrace();
  other.steps[1].task = 0;
  EXPECT_NE(other.Hash(), hash) << "the task";
  other = SmallTrace();
  other.steps[1].object = 2;
  EXPECT_NE(other.Hash(), hash) << "the object";
  other = SmallTrace();
  other.steps[1].outcome = 1;
  EXPECT_NE(other.Hash(), hash) << "the outcome";
  other = SmallTrace();
  other.steps[1].joined = true;
  EXPECT_NE(other.Hash(), hash) << "whether it is part of the step before";
  other = SmallTrace();
  other.clock_moves[0].now_ns = 6;
  EXPECT_NE(other.Hash(), hash) << "the time";
  other = SmallTrace();
  other.births[1].path_hash = 333;
  EXPECT_NE(other.Hash(), hash) << "the path of the task";
  other = SmallTrace();
  other.steps.pop_back();
  EXPECT_NE(other.Hash(), hash) << "the number of steps";
}

TEST(TraceTest, HashHoldsNoPlaceAndNoName) {
  Trace other = SmallTrace();
  for (size_t i = 0; i < other.steps.size(); ++i) other.steps[i].place = Place::current();
  other.births[1].name = "named";
  other.births[1].place = Place::current();
  EXPECT_EQ(other.Hash(), SmallTrace().Hash());
}

TEST(TraceTest, HashIsTheSameOnEveryCompiler) { EXPECT_EQ(SmallTrace().Hash(), 287584280608048530u); }

}  // namespace
}  // namespace fate::sim
