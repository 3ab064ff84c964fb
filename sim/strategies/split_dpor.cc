#include "fate/sim/strategies/split_dpor.h"

namespace fate::sim {

bool SplitDpor::Next(Node& node) {
  if (nodes_.size() > expanded_) return OptimalDpor::Next(node);
  const TaskSet left = node.todo & ~Slept(node);
  if (left == 0) return false;
  node.again = static_cast<uint32_t>(std::countr_zero(left));
  return true;
}

}  // namespace fate::sim
