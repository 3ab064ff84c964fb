// UniformWalk: how to choose among candidates so that all interleavings of what is left are equally likely.
//
//   UniformWalk walk;
//   walk.Begin();                                         // an execution
//   const bool changed = CandidatesChanged(point);        // see Sampling
//   walk.Follow(point, counts, changed, unseen_step());
//   slot = SlotAt(DrawBelow(prng, walk.total()), walk.by_slot());
//   walk.Takes(point, slot);
//
// A candidate weighs as many events as are left of its task (see Urw), and at least one. O(1) a choice while the
// candidates stay the same, else O(n). Tested by tests/strategies/urw_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/strategies/task_weights.h"

namespace fate::sim {

class UniformWalk {
 public:
  void Begin() { left_.Begin(); }
  // What was done since the last choice. `changed`: not one step of the task that was taken alone; then the steps are
  // those from `unseen_step` on.
  void Follow(const ChoicePoint& point, const TaskCounts& counts, bool changed, size_t unseen_step) {
    if (changed) [[unlikely]]
      return Rebuild(point, counts, unseen_step);
    left_.MadeEvent(taken_task_);
    const uint32_t now = WeightOf(taken_task_);
    total_ -= by_slot_[taken_slot_] - now;
    by_slot_[taken_slot_] = now;
  }
  // The weights of the candidates, and their sum.
  const std::vector<uint32_t>& by_slot() const { return by_slot_; }
  uint64_t total() const { return total_; }
  void Takes(const ChoicePoint& point, uint32_t slot) {
    taken_slot_ = slot;
    taken_task_ = point.ready->at(slot).task->id;
  }

 private:
  void Rebuild(const ChoicePoint& point, const TaskCounts& counts, size_t unseen_step) {
    const Log<Step>& steps = point.execution->trace.steps;
    left_.Follow(*point.execution, counts, [](uint32_t, uint32_t, uint32_t) {});
    for (size_t i = unseen_step; i < steps.size(); ++i) left_.MadeEvent(steps[i].task);
    by_slot_.resize(point.options);
    total_ = 0;
    for (uint32_t slot = 0; slot < point.options; ++slot) {
      by_slot_[slot] = WeightOf(point.ready->at(slot).task->id);
      total_ += by_slot_[slot];
    }
  }
  uint32_t WeightOf(uint32_t task) const { return std::max(left_.of(task), TaskCounts::kEvent); }

  TaskWeights left_;
  std::vector<uint32_t> by_slot_;
  uint64_t total_ = 0;
  uint32_t taken_slot_ = 0;
  uint32_t taken_task_ = 0;
};

}  // namespace fate::sim
