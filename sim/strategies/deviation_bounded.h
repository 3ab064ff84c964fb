// DeviationBounded: every schedule once, those with few deviations from the quiet one first.
//
// As PreemptionBounded, but each choice of a task that is not the quiet one costs 1, preemption or not: the
// schedules near the quiet one, of which there are few: at most (nk)^d with d deviations, n tasks and k steps
// each. Used to look near a schedule and by the shrinker. Tested by tests/strategies/deviation_bounded_test.cc.
#pragma once

#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

class DeviationBounded final : public BoundedSearch {
 public:
  using BoundedSearch::BoundedSearch;

 private:
  Price PriceOf(const ChoicePoint&) const override { return Price::kOne; }
  uint32_t OptionAt(const ChoicePoint&, uint32_t rank) override { return rank; }
};

}  // namespace fate::sim
