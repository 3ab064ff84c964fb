// Candidates: the tasks that could run at a choice, by their numbers across executions, and where each stands in the
// ready set.
//
//   candidates.Restart();               // another execution
//   candidates.Collect(point, tasks);   // at a choice of a task
//   if (candidates.Has(task)) ... point.ready->at(candidates.SlotOf(task)) ...
//
// Kept from one choice to the next as long as no task came to be ready or ceased to be, or just one did, as at its end.
// Tested by tests/race/candidates_test.cc.
#pragma once

#include <array>
#include <cstdint>

#include "fate/sim/core/strategy.h"
#include "fate/sim/race/task_numbers.h"

namespace fate::sim {

class Candidates {
 public:
  using TaskSet = uint64_t;

  // Nothing is known of the ready set.
  void Restart() { changes_ = kUnknown; }
  // O(tasks that are ready); O(1) if they are the same as last time, or one fewer.
  void Collect(const ChoicePoint& point, TaskNumbers& tasks) {
    if (changes_ == point.ready->changes()) return;
    const bool one_left = changes_ + 1 == point.ready->changes() && point.options + 1 == ready_;
    one_left&& ready_ <= TaskNumbers::kMax ? DropOne(point) : CollectAnew(point, tasks);
  }
  // Only those of `tasks` are candidates, until Collect.
  void Keep(TaskSet tasks) {
    set_ &= tasks;
    Restart();
  }

  TaskSet set() const { return set_; }
  bool Has(uint32_t task) const { return (set_ >> task & 1) != 0; }
  // REQUIRES: Has(task), and the ready set is the same.
  uint32_t SlotOf(uint32_t task) const { return slots_[task]; }
  const TaskRecord& RecordOf(const ChoicePoint& point, uint32_t task) const {
    return *point.ready->at(slots_[task]).task;
  }
  // Those that have not begun. REQUIRES: the ready set is the same.
  TaskSet Unstarted(const ChoicePoint& point) const;

 private:
  static constexpr uint64_t kUnknown = ~uint64_t{0};

  // The one that left the ready set.
  void DropOne(const ChoicePoint& point);
  void CollectAnew(const ChoicePoint& point, TaskNumbers& tasks);

  TaskSet set_ = 0;
  uint64_t changes_ = kUnknown;                    // of the ready set, when it was looked at
  uint32_t ready_ = 0;                             // how many were in it
  std::array<uint32_t, TaskNumbers::kMax> slots_;  // of each candidate
  std::array<uint32_t, TaskNumbers::kMax> tasks_;  // the other way round
};

}  // namespace fate::sim
