// Urw: the uniform random walk: each interleaving with the same probability.
//
// Zhao et al., "Selectively uniform concurrency testing" (ASPLOS 2025), algorithm 1. If n_i events
// are left of task i, (sum n_i)! / prod n_i! completions are; choosing task i with probability n_i
// / sum n makes them equally likely, as long as nothing blocks and the counts are right.
//
// Our deviation: counts are means over all executions of earlier stages, by the path of the task;
// the first execution is a plain random walk, and a task whose count is used up weighs one event.
// What a task will spawn counts for it until it is spawned. O(n) a choice. Tested by
// tests/strategies/urw_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/task_counts.h"
#include "fate/sim/strategies/uniform_walk.h"

namespace fate::sim {

class Urw final : public Sampling<Urw> {
 public:
  explicit Urw(uint64_t seed) : Sampling(seed) {}

 private:
  friend class Sampling<Urw>;
  void Begin() { walk_.Begin(); }
  uint32_t Pick(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage() { counts_.EndStage(); }

  TaskCounts counts_;
  UniformWalk walk_;
  std::vector<uint32_t> events_;  // by task, for Learn
};

}  // namespace fate::sim
