#include "fate/sim/strategies/interests.h"

#include "fate/sim/strategies/random_walk.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

struct Some {
  std::string log;
  Cell both{0}, one{0}, looked_at{0};
  Task<> Work(bool writes) {
    if (writes) {
      co_await one.Store(1);
    }
    co_await both.FetchAdd(1);
    co_await looked_at.Load();
  }
  std::vector<Task<>> Tasks() { return List(Work(true), Work(false)); }
};

TEST(InterestsTest, WhatSeveralTasksTouchAndOneChangesIsOfInterest) {
  Runs<Some> runs;
  RandomWalk walk(1);
  const Execution& execution = runs.Run(walk, 0);
  Interests interests;
  interests.LearnFrom(execution);
  EXPECT_EQ(interests.touches(), std::vector<uint32_t>{2});
  int on_it = 0;
  for (const Step& step : execution.trace.steps) {
    uint64_t path = execution.trace.births[step.task].path_hash;
    uint64_t bits = interests.Of(path, step.place);
    EXPECT_EQ(bits, step.kind == OpKind::kFetchAdd ? 1u : 0u);
    on_it += static_cast<int>(bits);
    // A task that is new is judged by the place.
    EXPECT_EQ(interests.Of(path + 1, step.place), bits);
  }
  EXPECT_EQ(on_it, 2);
  EXPECT_EQ(interests.OfFirst(execution.trace.births[0].path_hash), 0u);
  EXPECT_EQ(interests.OfFirst(execution.trace.births[1].path_hash), 1u);
}

TEST(InterestsTest, AnUnlockIsNoEvent) {
  EXPECT_TRUE(IsEvent(OpKind::kLock));
  EXPECT_TRUE(IsEvent(OpKind::kSend));
  EXPECT_FALSE(IsEvent(OpKind::kUnlock));
}

}  // namespace
}  // namespace fate::sim
