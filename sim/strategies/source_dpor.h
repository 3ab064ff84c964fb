// SourceDpor: dynamic partial-order reduction with source sets: every trace at least once.
//
// Algorithm 1 of "Source sets: a foundation for optimal dynamic partial order reduction" (Abdulla,
// Aronis, Jonsson, Sagonas, POPL 2014, JACM 2017): for each race one task that can begin the reversed
// execution is added at the node before it. Needs less memory than optimal DPOR, and runs into
// sleeping tasks at times: redundant() says how often. Our deviations: races are looked for when the
// execution has ended; see sim/race/reduced_search.h for the rest.
// Tested by tests/strategies/source_dpor_test.cc.
#pragma once

#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

class SourceDpor : public ReducedSearch {
 protected:
  Letter Planned(const Node& node, uint32_t nth) const override { return {nth == 0 ? node.again : kNone}; }
  Below Follow(Node& node, Letter) override {
    node.again = kNone;
    return {};
  }
  bool Reverse(uint32_t index) override;
  bool Next(Node& node) override;
  bool plans_later() const override { return false; }
};

}  // namespace fate::sim
