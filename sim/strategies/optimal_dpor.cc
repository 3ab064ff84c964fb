#include "fate/sim/strategies/optimal_dpor.h"

#include <algorithm>

namespace fate::sim {

// A node that was come back to goes on with the first branch that is left; a new one has what was
// planned below the branch that led to it.
OptimalDpor::Letter OptimalDpor::Planned(const Node& node, uint32_t nth) const {
  if (node.again != kNone) return {nth == 0 ? node.again : kNone};
  WakeupTree::Branch branch = node.plan;
  while (nth-- > 0 && branch != WakeupTree::kNone) branch = tree_.next(branch);
  if (branch == WakeupTree::kNone) return {};
  return LetterOf(branch);
}

OptimalDpor::Below OptimalDpor::Follow(Node& node, Letter letter) {
  if (node.again != kNone) {
    // Another choice inside the same step: the branch is taken already, unless it has become another step.
    node.again = kNone;
    return FollowBranch(node, letter);
  }
  // What stands before it cannot be done here. If nothing planned can, the task that ran instead begins
  // a search from this node that covers all the rest of it.
  while (node.plan != WakeupTree::kNone) {
    WakeupTree::Branch branch = node.plan;
    // A select may do this with another of its branches.
    const bool same = tree_.task(branch) == letter.task;
    if (same && tree_.kind(branch) == OpKind::kSelect) return FollowOrDrop(node, letter);
    const Below below{tree_.child(branch), tree_.awake(branch)};
    if (same && tree_.chosen(branch) != letter.chosen) return FollowOrDrop(node, letter);
    bool fits = same;
    if (tree_.partner(branch) != PlannedStep::kNoPartner) fits = fits && tree_.partner(branch) == letter.partner;
    node.plan = tree_.next(branch);
    tree_.Free(branch);
    if (fits) return below;
    if (!Asleep(node, LetterOf(branch))) ++infeasible_;
    tree_.FreeAll(below.plan);
  }
  return {};
}

// What could not be chosen as it was planned is not planned any more.
OptimalDpor::Below OptimalDpor::FollowOrDrop(Node& node, Letter letter) {
  const WakeupTree::Branch wanted = FirstAwake(node, letter.task);
  const size_t planned = tree_.size();
  const Below below = FollowBranch(node, letter);
  const bool found = tree_.size() != planned;
  if (!found && wanted != WakeupTree::kNone && (tree_.chosen(wanted) | letter.chosen) != InsideChoices::kPlain) {
    ++infeasible_;
    tree_.FreeAll(tree_.child(wanted));
    tree_.Unlink(node.plan, wanted);
  }
  return below;
}

WakeupTree::Branch OptimalDpor::FirstAwake(const Node& node, uint32_t task) const {
  WakeupTree::Branch branch = node.plan;
  while (branch != WakeupTree::kNone && (tree_.task(branch) != task || Asleep(node, LetterOf(branch)))) {
    branch = tree_.next(branch);
  }
  return branch;
}

OptimalDpor::Below OptimalDpor::FollowBranch(Node& node, Letter letter) {
  const uint32_t partner = std::min(letter.partner, PlannedStep::kNoPartner);
  WakeupTree::Branch found = WakeupTree::kNone;
  for (WakeupTree::Branch branch = node.plan; branch != WakeupTree::kNone; branch = tree_.next(branch)) {
    if (tree_.task(branch) != letter.task || tree_.partner(branch) != partner) continue;
    if (tree_.chosen(branch) != letter.chosen) continue;
    found = branch;
    break;
  }
  if (found == WakeupTree::kNone) return {};
  const Below below{tree_.child(found), tree_.awake(found)};
  tree_.Unlink(node.plan, found);
  return below;
}

// What is planned is explored from the last of the stable steps on, whatever comes later. What seems to be covered
// since a task beside it is in nobody's way may not be with what comes later in another execution.
bool OptimalDpor::Reverse(uint32_t index) {
  return tree_.Insert(nodes_[index].plan, events_[index], Steps(), stable_) != WakeupTree::Inserted::kBeside;
}

bool OptimalDpor::Next(Node& node) {
  while (node.plan != WakeupTree::kNone) {
    WakeupTree::Branch branch = node.plan;
    if (!Asleep(node, LetterOf(branch))) return true;
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
