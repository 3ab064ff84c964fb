#include "fate/sim/explore/join_runs.h"

#include "fate/runtime/check.h"
#include "fate/sim/explore/shrinker.h"
#include "fate/sim/strategies/follow_order.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim {
namespace {

Settings Recording() {
  Settings settings;
  settings.record_accesses = true;
  return settings;
}

Task<> Count(Atomic<int>& counter, int times) {
  for (int i = 0; i < times; ++i) co_await counter.FetchAdd(1);
}
Task<> Fails(Atomic<int>& counter) {
  co_await counter.Store(7);
  int seen = co_await counter.Load();
  FATE_CHECK(seen != 7, "it is seven");
}

// Two tasks with cells of their own, and one that fails by itself.
Task<> OneFails() {
  Atomic<int> a, b;
  JoinHandle<> first = co_await Spawn(Count(a, 3));
  JoinHandle<> second = co_await Spawn(Fails(b));
  co_await first.Join();
  co_await second.Join();
}

Execution FirstFailure(Scheduler& scheduler, Program program, uint64_t seed) {
  RandomWalk walk(seed);
  for (uint64_t i = 0; i < 20'000; ++i) {
    const Execution& execution = scheduler.Run(program, walk, i, 1);
    if (!execution.outcome.passed()) return execution;
  }
  ADD_FAILURE() << "does not fail";
  return Execution();
}

uint64_t SwitchesOf(const Trace& trace) {
  uint64_t switches = 0;
  uint32_t last = Step::kTimerTask;
  for (size_t i = 0; i < trace.steps.size(); ++i) {
    if (trace.steps[i].joined) continue;
    switches += last != Step::kTimerTask && trace.steps[i].task != last ? 1 : 0;
    last = trace.steps[i].task;
  }
  return switches;
}

TEST(JoinRunsTest, WhatHasNoPathToTheFailureIsLeftOut) {
  Scheduler scheduler(Recording());
  const auto program = [](Roots& roots) { roots.Add(OneFails()); };
  uint64_t left_out = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Execution failure = FirstFailure(scheduler, program, seed);
    Footprints footprints;
    const JoinedRuns joined = JoinRuns(failure, footprints);
    left_out += joined.left_out;
    // Two spawns, a store, a load.
    EXPECT_EQ(joined.order.size(), 4u);
    EXPECT_EQ(joined.switches, 1u);
    FollowOrder follow(joined.order);
    EXPECT_EQ(FailureIdentity(scheduler.Run(program, follow, 0, 1)), FailureIdentity(failure));
  }
  EXPECT_GT(left_out, 0u);
}

TEST(JoinRunsTest, TheFailureStaysAndTasksGoOnForLonger) {
  uint64_t before = 0;
  uint64_t after = 0;
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    Scheduler scheduler(Recording());
    const Execution failure = FirstFailure(scheduler, program.run, 3);
    Footprints footprints;
    const JoinedRuns joined = JoinRuns(failure, footprints);
    EXPECT_LE(joined.switches, SwitchesOf(failure.trace)) << program.name;
    FollowOrder follow(joined.order);
    const Execution& again = scheduler.Run(program.run, follow, failure.number, failure.seed);
    EXPECT_EQ(FailureIdentity(again), FailureIdentity(failure)) << program.name;
    before += SwitchesOf(failure.trace);
    after += SwitchesOf(again.trace);
  }
  EXPECT_LT(after * 4, before * 3);
}

TEST(JoinRunsTest, OfALongExecutionThereIsNone) {
  Scheduler scheduler(Recording());
  const auto program = [](Roots& roots) {
    roots.Add([]() -> Task<> {
      Atomic<int> counter;
      co_await Count(counter, 1000);
      FATE_CHECK(false, "at last");
    }());
  };
  Footprints footprints;
  EXPECT_TRUE(JoinRuns(FirstFailure(scheduler, program, 1), footprints).order.empty());
}

}  // namespace
}  // namespace fate::sim
