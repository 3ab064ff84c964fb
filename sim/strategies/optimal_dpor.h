// OptimalDpor: every trace once: dynamic partial-order reduction with wakeup trees.
//
// Algorithm 2 of "Source sets: a foundation for optimal dynamic partial order reduction" (Abdulla,
// Aronis, Jonsson, Sagonas, POPL 2014, JACM 2017). Each execution it runs to the end is another
// Mazurkiewicz trace, and none is given up half-way. Our deviations: races that end in the common
// prefix are looked at again only if it may matter (Reverse); blocking operations race as
// sim/race/happens_before.h says; a plan beside one that is doubtful covers itself
// (WakeupTree::awake); what steps do inside is held against them wherever they are moved
// (sim/race/reduced_search.h). A sequence must go to the end of the execution, as the paper has it: cut off
// at its race, as others have it, traces are lost, one in some thousand small programs
// (tests/race/differential_test.cc).
// Tested by tests/strategies/optimal_dpor_test.cc.
#pragma once

#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

class OptimalDpor : public ReducedSearch {
 protected:
  bool Reverse(uint32_t index) override;
  bool plans_all() const override { return true; }
  bool Next(Node& node) override;
  bool meets_by_races() const override { return true; }
  uint32_t Left(const Node& node) const override;

 private:
  Letter Planned(const Node& node, uint32_t nth) const override;
  Below Follow(Node& node, Letter letter) override;
  Letter LetterOf(WakeupTree::Branch branch) const {
    return {tree_.task(branch), tree_.partner(branch), tree_.chosen(branch)};
  }
  // The first branch of the task that does not sleep; kNone: there is none.
  WakeupTree::Branch FirstAwake(const Node& node, uint32_t task) const;
  Below FollowOrDrop(Node& node, Letter letter);
  // What is planned below exactly this step.
  Below FollowBranch(Node& node, Letter letter);
};

}  // namespace fate::sim
