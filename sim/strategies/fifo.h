// Fifo: the quiet run: always option 0.
//
// One execution, since there is but one; under Interleaving::kFifo it is what the production loop
// does. Tested by tests/strategies/fifo_test.cc.
#pragma once

#include "fate/sim/core/strategy.h"

namespace fate::sim {

class Fifo : public Strategy {
 public:
  void BeginExecution(uint64_t) override {}
  uint32_t Choose(const ChoicePoint&) override { return 0; }
  bool EndExecution(const Execution&) override { return false; }
  bool fixed_draws() const override { return true; }
};

}  // namespace fate::sim
