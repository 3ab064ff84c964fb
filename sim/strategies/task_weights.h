// TaskWeights: what is still to come of each live task in the running execution, in weights.
//
// A task begins with what it and its descendants are expected to do, passes a child's part on to
// the child when it spawns it, and loses an event's weight with each it makes (Zhao et al., ASPLOS
// 2025). Tested by tests/strategies/task_counts_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/strategies/task_counts.h"

namespace fate::sim {

class TaskWeights {
 public:
  void Begin() { left_.clear(); }

  // Whether there are births that Follow has not seen.
  bool Behind(const Execution& execution) const { return left_.size() < execution.trace.births.size(); }
  // Follows the births so far; calls spawned(parent, child, parent's weight before) for each.
  template <class Spawned>
  void Follow(const Execution& execution, const TaskCounts& counts, Spawned spawned) {
    const Log<Birth>& births = execution.trace.births;
    while (left_.size() < births.size()) {
      uint32_t child = static_cast<uint32_t>(left_.size());
      const Birth& birth = births[child];
      left_.push_back(counts.Subtree(birth.path_hash));
      if (birth.parent == Step::kTimerTask) continue;
      uint32_t before = left_[birth.parent];
      left_[birth.parent] -= std::min(before, left_[child]);
      spawned(birth.parent, child, before);
    }
  }
  void MadeEvent(uint32_t task) {
    if (task < left_.size()) left_[task] -= std::min(left_[task], TaskCounts::kEvent);
  }
  uint32_t of(uint32_t task) const { return task < left_.size() ? left_[task] : 0; }

 private:
  std::vector<uint32_t> left_;  // by task
};

}  // namespace fate::sim
