// PctChains: PCT in which a priority belongs to a chain of tasks, for programs of many short tasks.
//
// Ozkan et al., "Randomized testing of distributed systems with probabilistic guarantees" (OOPSLA
// 2018): PCTCP partitions the events online into chains of causally ordered ones; the bound depends
// on the width of the partial order instead of the number of tasks.
//
// Our deviation: whole tasks are put on chains, and only the causality of spawns and joins is
// followed. A new task goes on with a chain that ended in its past: that of a task its spawner
// joined (or inherited), or that of its spawner if that ended with the spawn. Else it opens a new
// chain. So ten thousand tasks awaited one after the other are one chain besides the awaiter's.
// Causality through messages is not followed: it makes more chains than needed, which costs
// probability only. Costs what Pct does, and O(1) a step that is a join. Tested by
// tests/strategies/pct_chains_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/pct.h"

namespace fate::sim {

class PctChains final : public Pct {
 public:
  using Pct::Pct;

  // Of the last execution.
  uint32_t chains() const { return new_lines_; }

 private:
  static constexpr uint32_t kNone = 0xffffffff;
  struct Member {
    const TaskRecord* record = nullptr;  // of the pool: it may be another task's by now
    uint32_t chain = kNone;              // none: it never stood in a choice
    uint32_t first_free = kNone;         // chains that ended in its past, a list through next_free_
    uint32_t last_free = kNone;
    uint32_t last_child = kNone;  // a list of its children through earlier_sibling
    uint32_t earlier_sibling = kNone;
    bool handed_on = false;     // its chain is another's
    bool spawned_last = false;  // its last step was a spawn
  };

  void BeginLines() override;
  uint32_t LineOf(const ChoicePoint& point, const TaskRecord& task) override;
  void Follow(const Execution& execution);
  void Join(Member& joiner, Member& joined);
  bool Ended(uint32_t task) const;

  std::vector<Member> members_;      // by task, as far as births were followed
  std::vector<uint32_t> next_free_;  // by chain
  size_t followed_ = 0;              // steps
};

}  // namespace fate::sim
