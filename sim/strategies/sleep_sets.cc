#include "fate/sim/strategies/sleep_sets.h"

namespace fate::sim {

bool SleepSets::Next(Node& node) {
  TaskSet left = node.todo & ~Slept(node);
  if (left == 0) return false;
  node.again = static_cast<uint32_t>(std::countr_zero(left));
  return true;
}

}  // namespace fate::sim
