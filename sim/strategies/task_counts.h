// TaskCounts: how many events each task is expected to make, learned from finished executions.
//
// A task is known by its path (spawn ordinals from the root), which is the same in every schedule.
// What is noted becomes known at the end of a stage. Executions that failed ended early: they count
// only until one has passed. Tested by tests/strategies/task_counts_test.cc.
// Unordered: looked up by path only; sums go over the vector of lines.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

class TaskCounts {
 public:
  // Weights are expected events in 64ths, so that means need no fractions.
  static constexpr uint32_t kEvent = 64;

  // Notes a finished execution in which task i made events[i] events.
  void Note(const Execution& execution, const std::vector<uint32_t>& events);
  void EndStage();
  void Clear();

  bool empty() const { return known_.empty(); }
  // What a task and those it will spawn are expected to do, in weights; one event if it is unknown.
  uint32_t Subtree(uint64_t path) const {
    auto at = known_.find(path);
    return at == known_.end() ? kEvent : at->second;
  }

 private:
  struct Line {
    uint64_t path = 0;
    uint64_t parent = 0;  // line; itself for a root
    uint64_t events = 0;  // in all executions
    uint64_t executions = 0;
  };
  absl::flat_hash_map<uint64_t, uint64_t> line_of_;  // by path
  std::vector<Line> lines_;                          // parents before children
  absl::flat_hash_map<uint64_t, uint32_t> known_;
  std::vector<uint64_t> line_of_task_;
  bool passed_ = false;
};

}  // namespace fate::sim
