// Simulated: what tests of the simulator run, and how: one execution, or all there are.
//
//   struct Pair {
//     Atomic<int> x;
//     Task<> Write() { co_await x.Store(1); }
//     void Begin(Roots& roots) { roots.Add(Write()); roots.Add(Write()); }
//   };
//   EXPECT_EQ(CountAll(ProgramOf<Pair>()).executions, 2u);
//
// A world is made anew for each execution, with no allocation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"

namespace fate::sim::test {

using AnyProgram = std::function<void(Roots&)>;

// A World has a Begin(Roots&), or else a Task<> Main().
template <class World>
AnyProgram ProgramOf() {
  auto world = std::make_shared<std::optional<World>>();
  return [world](Roots& roots) {
    world->emplace();
    if constexpr (requires { (*world)->Begin(roots); }) {
      (*world)->Begin(roots);
    } else {
      roots.Add((*world)->Main());
    }
  };
}

inline Settings With(Interleaving interleaving) {
  Settings settings;
  settings.interleaving = interleaving;
  return settings;
}

// The execution in which every choice is the quiet one. The copy outlives the scheduler.
inline Execution RunQuietly(const AnyProgram& program, const Settings& settings = {}) {
  Scheduler scheduler(settings);
  Fifo fifo;
  return scheduler.Run(program, fifo);
}

struct Counts {
  uint64_t executions = 0;
  uint64_t bad = 0;  // did not pass
};

// All executions there are, without stopping at those that fail.
inline Counts CountAll(const AnyProgram& program, const Settings& settings = {}) {
  Scheduler scheduler(settings);
  DepthFirst all;
  Counts counts;
  for (;;) {
    const Execution& execution = scheduler.Run(program, all, counts.executions);
    ++counts.executions;
    counts.bad += execution.outcome.passed() ? 0 : 1;
    if (!all.EndExecution(execution)) return counts;
  }
}

// Of `executions` random ones, how many fail.
inline uint64_t CountBad(const AnyProgram& program, uint64_t seed, uint64_t executions) {
  Scheduler scheduler;
  RandomWalk random(seed);
  uint64_t bad = 0;
  for (uint64_t number = 0; number < executions; ++number) {
    bad += scheduler.Run(program, random, number).outcome.passed() ? 0 : 1;
  }
  return bad;
}

// The first execution of random ones that does not end as kPassed; or the last.
inline Execution FirstBad(const AnyProgram& program, uint64_t seed = 1, const Settings& settings = {}) {
  Scheduler scheduler(settings);
  RandomWalk random(seed);
  for (uint64_t number = 0; number < 10'000; ++number) {
    if (!scheduler.Run(program, random, number, number).outcome.passed()) break;
  }
  return scheduler.execution();
}

}  // namespace fate::sim::test
