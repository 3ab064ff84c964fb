#include "fate/sim/strategies/optimal_dpor.h"

namespace fate::sim {

// A node that was come back to goes on with the first branch that is left; a new one has what was
// planned below the branch that led to it.
uint32_t OptimalDpor::Planned(const Node& node, uint32_t nth) const {
  if (node.again != kNone) return nth == 0 ? node.again : kNone;
  WakeupTree::Branch branch = node.plan;
  while (nth-- > 0 && branch != WakeupTree::kNone) branch = tree_.next(branch);
  return branch == WakeupTree::kNone ? kNone : tree_.task(branch);
}

OptimalDpor::Below OptimalDpor::Follow(Node& node, uint32_t task) {
  if (node.again != kNone) {
    // Another choice inside the same step: the branch is taken already.
    node.again = kNone;
    return {};
  }
  // What stands before it cannot be done here. If nothing planned can, the task that ran instead begins
  // a search from this node that covers all the rest of it.
  while (node.plan != WakeupTree::kNone) {
    WakeupTree::Branch branch = node.plan;
    const Below below{tree_.child(branch), tree_.awake(branch)};
    bool fits = tree_.task(branch) == task;
    node.plan = tree_.next(branch);
    tree_.Free(branch);
    if (fits) return below;
    if (!Asleep(node, tree_.task(branch))) ++infeasible_;
    tree_.FreeAll(below.plan);
  }
  return {};
}

// What is planned is explored from the last of the stable steps on, whatever comes later. What seems to be covered
// since a task beside it is in nobody's way may not be with what comes later in another execution.
bool OptimalDpor::Reverse(uint32_t index) {
  const Cover cover = Covered(index);
  if (cover != Cover::kNone) return cover == Cover::kForGood;
  return tree_.Insert(nodes_[index].plan, Steps(), stable_) != WakeupTree::Inserted::kBeside;
}

bool OptimalDpor::Next(Node& node) {
  while (node.plan != WakeupTree::kNone) {
    WakeupTree::Branch branch = node.plan;
    if (!Asleep(node, tree_.task(branch))) return true;
    // Only after a plan that could not be followed.
    node.plan = tree_.next(branch);
    tree_.FreeAll(tree_.child(branch));
    tree_.Free(branch);
  }
  return false;
}

uint32_t OptimalDpor::Left(const Node& node) const {
  uint32_t left = 0;
  for (WakeupTree::Branch branch = node.plan; branch != WakeupTree::kNone; branch = tree_.next(branch)) ++left;
  return left;
}

}  // namespace fate::sim
