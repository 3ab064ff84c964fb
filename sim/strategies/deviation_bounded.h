// DeviationBounded: every schedule once, those with few deviations from the quiet one first.
//
// There are few schedules with few deviations, so this is where a shrinker and a story look first. See
// bounded_search.h. Tested by tests/strategies/deviation_bounded_test.cc.
#pragma once

#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

class DeviationBounded final : public BoundedSearch {
 private:
  Price PriceOf(const ChoicePoint&) const override { return Price::kOne; }
  uint32_t OptionAt(const ChoicePoint&, uint32_t rank) override { return rank; }
};

}  // namespace fate::sim
