// DelayBounded: every schedule once, those with few delays first.
//
// Emmi, Qadeer, Rakamaric, "Delay-bounded scheduling" (POPL 2011). A deterministic scheduler runs a
// task until it waits, yields or ends, then the next in order of creation, round robin; a delay
// passes over the task whose turn it is, so that the option of rank r costs r delays. With d delays
// and k contested steps there are O(k^d) schedules, however many tasks. Our deviations: only what
// can run has a turn, so a delay is never in vain; a due timer stands behind the youngest task;
// choices that are not of tasks are free; of more than kCrowd tasks the order is that of the options.
// O(min(n, kCrowd)) a choice; see BoundedSearch for the memory.
//
// Tested by tests/strategies/delay_bounded_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

class DelayBounded final : public BoundedSearch {
 public:
  using BoundedSearch::BoundedSearch;
  static constexpr uint32_t kCrowd = 1024;

 private:
  Price PriceOf(const ChoicePoint&) const override { return Price::kRank; }
  uint32_t OptionAt(const ChoicePoint& point, uint32_t rank) override;

  std::vector<uint64_t> turns_;  // scratch: by option; the place in the round above, the option below
};

}  // namespace fate::sim
