// PreemptionBounded: every schedule once, those with few preemptions first.
//
// Iterative context bounding: Musuvathi, Qadeer, "Iterative context bounding for systematic testing
// of multithreaded programs" (PLDI 2007). A preemption is a switch away from a task that could go
// on; a switch where the task waits, yields or ends is free. Most bugs need one or two. Our
// deviations: a task that stands before an operation that production would queue (a mutex others
// wait for) could not go on there, so to leave it is free; choices that are not of tasks are free
// too. With c preemptions, n tasks of k steps that wait b times: at most C(nk, c) (nb + c)!
// schedules; see BoundedSearch for the memory.
//
// Tested by tests/strategies/preemption_bounded_test.cc.
#pragma once

#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

class PreemptionBounded final : public BoundedSearch {
 private:
  Price PriceOf(const ChoicePoint& point) const override {
    return point.preferred != nullptr ? Price::kOne : Price::kFree;
  }
  // Option 0 is the current task if it can go on.
  uint32_t OptionAt(const ChoicePoint&, uint32_t rank) override { return rank; }
};

}  // namespace fate::sim
