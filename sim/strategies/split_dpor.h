// SplitDpor: optimal DPOR below the first levels of the tree, which are expanded fully, so that it can be split.
//
//   while (more) {                                   // the walk
//     scheduler.Run(program, search, ...);
//     if (search.at_leaf()) fork(): in the child search.Descend(), and run it until it is exhausted
//     more = search.EndExecution(execution);
//   }
//
// What a race found below one branch adds to the plan of a node above it concerns whoever has the other branches. So
// above `levels` events nothing is left to races: every task that can run is tried, and one that was tried before sleeps
// (see SleepSets). Each part then needs nothing of the others but the sleep sets at its root, which are known when its
// root is reached. The walk ends each execution there. No complete trace is run twice. What it costs is the walk, and
// executions in which all that can run sleeps: redundant(). For optimal DPOR does without what a sleeper could precede,
// since a race found below the sleeper plans it; plans do not go through the expanded levels, so for who sleeps since
// there the weaker condition of source sets holds: a sequence is left out only if the sleeper's step is in it.
//
// Without a walk (`walks` false) one process does the same in one go. Tested by tests/strategies/split_dpor_test.cc.
#pragma once

#include "fate/sim/strategies/optimal_dpor.h"

namespace fate::sim {

class SplitDpor : public OptimalDpor {
 public:
  // REQUIRES: levels > 0.
  explicit SplitDpor(uint32_t levels, bool walks = true) {
    expanded_ = levels;
    if (walks) cut_at_ = levels;
  }

  // After an execution of the walk, before EndExecution: whether it was ended at the root of a part; whether all that
  // could run there slept, so that nothing is to be done below.
  bool at_leaf() const { return was_cut(); }
  bool blocked() const { return cut_blocked(); }
  // From here on it is the search of that part alone. traces() and redundant() are those of it.
  void Descend() { Enter(); }
  // Whether a step did something new: then sleep sets of the walk may not hold, nor those of any part.
  bool surprised() const { return surprise(); }

 private:
  bool wants_enabled() const override { return nodes_.size() <= expanded_ || OptimalDpor::wants_enabled(); }
  void Reached(Node& node) override {
    if (nodes_.size() <= expanded_) node.todo = node.enabled;
  }
  bool Next(Node& node) override;
  bool meets_by_races() const override { return nodes_.size() > expanded_; }
  uint32_t Left(const Node& node) const override {
    return OptimalDpor::Left(node) + static_cast<uint32_t>(std::popcount(node.todo & ~Slept(node)));
  }
};

}  // namespace fate::sim
