// BoundedDpor: optimal DPOR of what a few delays reach, with ever more of them.
//
// Delay bounding for partial-order reduction as Concuerror has it (scheduling_bound_type "delay"):
// the first branch explored from a node of the search is free, each later one costs one delay more
// than its elder sibling, and a branch whose path from the root costs more than the bound is not
// planned. That a step chooses something else inside, where it is, costs nothing. What is run where nothing is
// planned is the round robin of delay bounding (Emmi, Qadeer, Rakamaric, POPL 2011). Traces that differ little from
// it come first.
//
// By increasing bound 0, 1, 2, ...; each bound runs the traces of the ones before again. The bound
// that leaves nothing out has run every trace once: then the search is exhausted. Our deviation: a
// sequence is left out only if nothing planned covers it, so that such a bound is known. See
// OptimalDpor for the rest; a race costs O(length of the path) besides.
//
// Tested by tests/strategies/bounded_dpor_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/strategies/optimal_dpor.h"

namespace fate::sim {

class BoundedDpor final : public OptimalDpor {
 public:
  BoundedDpor() = default;
  // With this bound only. traces() are all there are unless cut().
  explicit BoundedDpor(uint32_t bound) : bound_(bound), fixed_(true) {}

  // Of the last execution. The counts of the search are those of this bound.
  uint32_t bound() const { return bound_; }
  // Whether the bound has left out something.
  bool cut() const { return cut_; }
  // How many executions later bounds have is not known.
  double Progress() const override { return 0; }

 private:
  uint32_t Unplanned(const ChoicePoint& point, const Node& node) override;
  bool Reverse(uint32_t index) override;
  bool plans_all() const override { return false; }
  bool Widen() override;

  uint32_t bound_ = 0;
  bool fixed_ = false;
  bool cut_ = false;
};

}  // namespace fate::sim
