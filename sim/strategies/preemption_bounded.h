// PreemptionBounded: every schedule once, those with few preemptions first.
//
// Iterative context bounding: Musuvathi, Qadeer, "Iterative context bounding for systematic testing
// of multithreaded programs" (PLDI 2007). A preemption is a switch away from a task that could go
// on; a switch where the task waits, yields or ends is free. Most bugs need one or two. Our
// deviations: a task that stands before an operation that production would queue (a mutex others
// wait for) could not go on there, so to leave it is free; choices that are not of tasks are free
// too. To go on with a task that yields while others could run costs one: else a loop that yields
// until another task has done something would be run ever longer within one bound, and no bound would end
// (the same authors' fair scheduler, PLDI 2008, forbids it). With c preemptions, n tasks of k steps that
// wait b times: at most C(nk, c) (nb + c)! schedules, where c counts no further rounds; see BoundedSearch for the
// memory.
//
// Tested by tests/strategies/preemption_bounded_test.cc.
#pragma once

#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

class PreemptionBounded final : public BoundedSearch {
 public:
  using BoundedSearch::BoundedSearch;

 private:
  static constexpr uint32_t kNone = 0xffffffff;

  Price PriceOf(const ChoicePoint& point) const override {
    if (point.preferred != nullptr) return Price::kOne;
    return YieldingOption(point) == kNone ? Price::kFree : Price::kLast;
  }
  // Option 0 is the current task if it can go on; if it yields, it comes last.
  uint32_t OptionAt(const ChoicePoint& point, uint32_t rank) override;
  // The option that goes on with a task that yields; kNone: the last step was not that of such a task.
  static uint32_t YieldingOption(const ChoicePoint& point);
};

}  // namespace fate::sim
