// SplitDpor: optimal DPOR below the first levels of the tree, which are expanded fully, so that it can be split.
//
// As SplitReduced has it. But optimal DPOR does without what a sleeper could precede, since a race found below the
// sleeper plans it; plans do not go through the expanded levels, so for who sleeps since there the weaker condition of
// source sets holds: a sequence is left out only if the sleeper's step is in it. No complete trace is run twice; what
// it costs is executions in which all that can run sleeps: redundant().
// Tested by tests/strategies/split_dpor_test.cc.
#pragma once

#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/split_reduced.h"

namespace fate::sim {

class SplitDpor : public SplitReduced<OptimalDpor> {
 public:
  using SplitReduced::SplitReduced;

 private:
  bool Next(Node& node) override;
  bool meets_by_races() const override { return !expanding(); }
  uint32_t Left(const Node& node) const override {
    return OptimalDpor::Left(node) + static_cast<uint32_t>(std::popcount(node.todo & ~Slept(node)));
  }
};

}  // namespace fate::sim
