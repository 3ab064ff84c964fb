// Sleepers: what each task that sleeps on the path of a search would do next, whom it has met, and what it chose.
//
//   Sleepers sleepers;
//   sleepers.Sleep(4, task, footprint, 0);   // from node 4 on
//   sleepers.NextOf(task, 4)                 // at node 4: what it was to do before
//   sleepers.Leave(4);                       // so again
//
// A task that was explored from a node sleeps below its siblings, until a step conflicts with its own. It may run then,
// and be explored and sleep again further on, with another step; leaving that node brings back the older one.
// O(1), but NextOf, MetOf and ExploredOf O(nodes from there on where a task fell asleep). Tested by
// tests/race/sleepers_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fate/sim/core/log.h"
#include "fate/sim/race/footprint.h"
#include "fate/sim/race/inside_choices.h"
#include "fate/sim/race/task_numbers.h"

namespace fate::sim {

class Sleepers {
 public:
  using TaskSet = uint64_t;

  // REQUIRES: no later node is there than this one.
  void Sleep(uint32_t node, uint32_t task, const StepFootprint& footprint, TaskSet met,
             uint32_t explored = InsideChoices::kPlainOnly) {
    saved_.push_back({node, task, next_[task], met_[task], explored_[task]});
    next_[task] = footprint;
    met_[task] = met;
    explored_[task] = explored;
  }
  // It has met them besides.
  void Meet(uint32_t task, TaskSet met) { met_[task] |= met; }
  // Of its next step so much is explored now: a set of InsideChoices.
  void Explore(uint32_t task, uint32_t explored) { explored_[task] = explored; }
  // Forgets who fell asleep at the node. REQUIRES: no later node is there.
  void Leave(uint32_t node) {
    for (; !saved_.empty() && saved_.back().node == node; saved_.pop_back()) {
      next_[saved_.back().task] = saved_.back().next;
      met_[saved_.back().task] = saved_.back().met;
      explored_[saved_.back().task] = saved_.back().explored;
    }
  }
  void Clear() { saved_.clear(); }

  // Of a task that sleeps at the end of the path.
  const StepFootprint& next(uint32_t task) const { return next_[task]; }
  TaskSet met(uint32_t task) const { return met_[task]; }
  uint32_t explored(uint32_t task) const { return explored_[task]; }
  // Of one that sleeps at this node, even if it has run and sleeps again further on.
  const StepFootprint& NextOf(uint32_t task, uint32_t node) const {
    const StepFootprint* next = &next_[task];
    for (const Saved* saved = saved_.end(); saved != saved_.begin() && saved[-1].node > node; --saved) {
      if (saved[-1].task == task) next = &saved[-1].next;
    }
    return *next;
  }
  TaskSet MetOf(uint32_t task, uint32_t node) const {
    TaskSet met = met_[task];
    for (const Saved* saved = saved_.end(); saved != saved_.begin() && saved[-1].node > node; --saved) {
      if (saved[-1].task == task) met = saved[-1].met;
    }
    return met;
  }
  uint32_t ExploredOf(uint32_t task, uint32_t node) const {
    uint32_t explored = explored_[task];
    for (const Saved* saved = saved_.end(); saved != saved_.begin() && saved[-1].node > node; --saved) {
      if (saved[-1].task == task) explored = saved[-1].explored;
    }
    return explored;
  }

 private:
  struct Saved {
    uint32_t node;
    uint32_t task;
    StepFootprint next;
    TaskSet met;
    uint32_t explored;
  };

  std::array<StepFootprint, TaskNumbers::kMax> next_;
  std::array<TaskSet, TaskNumbers::kMax> met_{};
  std::array<uint32_t, TaskNumbers::kMax> explored_{};
  Log<Saved> saved_;  // what they were before, by node
};

}  // namespace fate::sim
