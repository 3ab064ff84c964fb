// LastFirst: optimal DPOR that comes upon traces in another order, so that other races plan them.
#pragma once

#include <cstdint>

#include "fate/sim/strategies/optimal_dpor.h"

namespace fate::sim {

// Where nothing is planned it goes on with the last candidate, not with the first.
class LastFirst : public OptimalDpor {
  uint32_t Unplanned(const ChoicePoint& point, const Node& node) override {
    for (uint32_t option = point.options; option-- > 0;) {
      const uint32_t task = TaskBehind(point, option);
      if (CouldRun(task) && !Asleep(node, task)) return option;
    }
    return OptimalDpor::Unplanned(point, node);
  }
};

}  // namespace fate::sim
