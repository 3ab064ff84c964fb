// WeightedWalk: a random walk in which each task has a random weight for the whole execution.
//
// The default random mode of dejafu ("swarm": Walker, "Revealing behaviours of concurrent
// functional programs by systematic testing", 2018), after swarm testing (Groce et al., ISSTA
// 2012): a weight of 1 to 50 a task, drawn when it is first seen; a task is chosen in proportion.
// Finds what needs one task to run long alone, which the plain walk is blind to, and has no
// parameter to estimate. Fair with probability 1. O(n) a choice. Execution i depends on (seed, i)
// alone. Our deviation: due timers, which have no number, are weighed anew whenever the candidates
// change. Tested by tests/strategies/weighted_walk_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/sampling.h"

namespace fate::sim {

class WeightedWalk final : public Sampling<WeightedWalk> {
 public:
  explicit WeightedWalk(uint64_t seed) : Sampling(seed) {}

 private:
  friend class Sampling<WeightedWalk>;
  static constexpr uint32_t kHeaviest = 50;

  void Begin() { by_task_.clear(); }
  uint32_t Pick(const ChoicePoint& point) {
    if (CandidatesChanged(point)) [[unlikely]]
      Weigh(point);
    return OptionOf(point, SlotAt(prng().Below(total_), by_slot_));
  }
  void Weigh(const ChoicePoint& point) {
    by_slot_.resize(point.options);
    total_ = 0;
    for (uint32_t slot = 0; slot < point.options; ++slot) {
      by_slot_[slot] = WeightOf(point.ready->at(slot).task->id);
      total_ += by_slot_[slot];
    }
  }
  uint32_t WeightOf(uint32_t task) {
    if (task == Step::kTimerTask) return 1 + prng().Below(kHeaviest);
    while (by_task_.size() <= task) by_task_.push_back(1 + prng().Below(kHeaviest));
    return by_task_[task];
  }

  std::vector<uint32_t> by_task_;  // by number
  std::vector<uint32_t> by_slot_;  // of the candidates
  uint32_t total_ = 0;
};

}  // namespace fate::sim
