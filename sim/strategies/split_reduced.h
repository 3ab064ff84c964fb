// SplitReduced: a search with reduction below the first levels of the tree, which are expanded fully, so that it can be
// split.
//
//   while (more) {                                   // the walk
//     scheduler.Run(program, search, ...);
//     if (search.at_leaf()) fork(): in the child search.Descend(), and run it until it is exhausted
//     more = search.EndExecution(execution);
//   }
//
// What a race found below one branch adds to the plan of a node above it concerns whoever has the other branches. So
// above `levels` events nothing is left to races: every task that can run is tried, and one that was tried before
// sleeps (see SleepSets). Each part then needs nothing of the others but the sleep sets at its root, which are known
// when its root is reached. The walk ends each execution there. No complete trace is run twice by a search that does
// not without being split. What it costs is the walk, and executions in which all that can run sleeps: redundant().
//
// SleepSets leaves nothing to races anyway, and source sets ask of a sleeper no more than that its step begins what is
// left out, so they are split as they are; optimal DPOR is not (split_dpor.h).
//
// Without a walk (`walks` false) one process does the same in one go. Tested by tests/strategies/split_reduced_test.cc.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "fate/sim/race/reduced_search.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"

namespace fate::sim {

template <class Search>
class SplitReduced : public Search {
 public:
  // REQUIRES: levels > 0.
  explicit SplitReduced(uint32_t levels, bool walks = true) {
    this->expanded_ = levels;
    if (walks) this->cut_at_ = levels;
  }

  // After an execution of the walk, before EndExecution: whether it was ended at the root of a part; whether all that
  // could run there slept, so that nothing is to be done below.
  bool at_leaf() const { return this->was_cut(); }
  bool blocked() const { return this->cut_blocked(); }
  // From here on it is the search of that part alone. traces() and redundant() are those of it.
  void Descend() { this->Enter(); }
  // Whether a step did something new: then sleep sets of the walk may not hold, nor those of any part.
  bool surprised() const { return this->surprise(); }

 protected:
  using Node = typename Search::Node;

  // Whether the last node is one of those that are expanded.
  bool expanding() const { return this->nodes_.size() <= this->expanded_; }
  bool wants_enabled() const override { return expanding() || Search::wants_enabled(); }
  void Reached(Node& node) override {
    Search::Reached(node);
    if (expanding()) node.todo = node.enabled;
  }
};

using SplitSleepSets = SplitReduced<SleepSets>;
using SplitSourceDpor = SplitReduced<SourceDpor>;

}  // namespace fate::sim
