// SleepSets: depth-first search that leaves out what a sleeping task would repeat.
//
// Godefroid, "Partial-order methods for the verification of concurrent systems" (1991, 1996): every
// task that can run is tried at every node, but one that was tried before sleeps until a step that
// conflicts with its own. Each trace is completed once; executions that run into sleeping tasks only
// are repetitions, and are counted as redundant(). Our deviation: such an execution is run to its end,
// since the program has to be left in order. For comparison with DPOR, and for splitting a search.
// Tested by tests/strategies/sleep_sets_test.cc.
#pragma once

#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

class SleepSets : public ReducedSearch {
 protected:
  Letter Planned(const Node& node, uint32_t nth) const override { return {nth == 0 ? node.again : kNone}; }
  bool wants_enabled() const override { return true; }
  void Reached(Node& node) override { node.todo = node.enabled; }
  Below Follow(Node& node, Letter) override {
    node.again = kNone;
    return {};
  }
  bool Reverse(uint32_t) override { return true; }
  bool plans_later() const override { return false; }
  bool Next(Node& node) override;
};

}  // namespace fate::sim
