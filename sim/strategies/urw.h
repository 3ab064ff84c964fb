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

#include <algorithm>
#include <vector>

#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/task_weights.h"

namespace fate::sim {

class Urw final : public Sampling<Urw> {
 public:
  explicit Urw(uint64_t seed) : Sampling(seed) {}

 private:
  friend class Sampling<Urw>;
  void Begin() { weights_.Begin(); }
  uint32_t Pick(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage() { counts_.EndStage(); }
  void Rebuild(const ChoicePoint& point);
  uint32_t WeightOf(uint32_t task) const { return std::max(weights_.of(task), TaskCounts::kEvent); }

  TaskCounts counts_;
  TaskWeights weights_;
  std::vector<uint32_t> by_slot_;  // weights of the candidates
  uint64_t total_ = 0;             // of them
  uint32_t ran_slot_ = 0;
  uint32_t ran_task_ = 0;
  std::vector<uint32_t> events_;  // by task, for Learn
};

}  // namespace fate::sim
