#include "fate/sim/strategies/bounded_dpor.h"

#include <bit>

#include "fate/sim/strategies/round_robin.h"

namespace fate::sim {

uint32_t BoundedDpor::Unplanned(const ChoicePoint& point, const Node& node) {
  const RoundRobin round(point);
  uint32_t next = 0;
  uint64_t nearest = ~uint64_t{0};
  for (uint32_t option = 0; option < point.options; ++option) {
    const uint64_t place = round.PlaceOf(option);
    const uint32_t task = TaskBehind(point, option);
    if (place >= nearest || Asleep(node, task) || !CouldRun(task)) continue;
    nearest = place;
    next = option;
  }
  return nearest == ~uint64_t{0} ? ReducedSearch::Unplanned(point, node) : next;
}

bool BoundedDpor::Reverse(uint32_t index) {
  int64_t left = int64_t{bound_};
  for (uint32_t i = 0; i <= index; ++i) {
    left -= std::popcount(nodes_[i].done & ~(letters_chosen_ ? Only(events_[i].task) : 0));
  }
  // The event it stands against is an elder sibling, unless it is the same with something else chosen inside.
  const PlannedStep& first = steps_[0];
  if (first.task != events_[index].task || first.partner != events_[index].partner) --left;
  const WakeupTree::Inserted inserted = tree_.InsertWithin(left, nodes_[index].plan, events_[index], Steps(), stable_);
  cut_ |= inserted == WakeupTree::Inserted::kTooFar;
  return inserted != WakeupTree::Inserted::kBeside;
}

bool BoundedDpor::Widen() {
  if (fixed_ || !cut_) return false;
  cut_ = false;
  ++bound_;
  return true;
}

}  // namespace fate::sim
