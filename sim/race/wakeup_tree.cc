#include "fate/sim/race/wakeup_tree.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fate::sim {

WakeupTree::Branch WakeupTree::New(const PlannedStep& step) {
  ++used_;
  if (MayDoLess(step)) some_may_do_less_ = true;
  Branch branch = free_;
  if (branch == kNone) {
    branch = static_cast<Branch>(branches_.size());
    branches_.emplace_back();
  } else {
    free_ = branches_[branch].next;
  }
  branches_[branch] = {kNone, kNone, step, 0};
  return branch;
}

inline size_t WakeupTree::Find(const PlannedStep& step, std::span<const PlannedStep> steps, size_t begin) const {
  const size_t position = Position(steps, begin, step.task, step.footprint);
  if (position >= steps.size()) return position;
  if (step.chosen != steps[position].chosen) return kDependent;
  if ((step.meets | steps[position].meets) == 0) return position;
  if (step.meets != steps[position].meets || steps[position].partner != step.partner) return kDependent;
  for (size_t i = begin; i < position; ++i) {
    if (steps[i].task == step.partner || steps[i].partner == step.partner) return kDependent;
  }
  return position;
}

inline size_t WakeupTree::PositionOf(const PlannedStep& step, std::span<const PlannedStep> steps, size_t begin) const {
  size_t position = Find(step, steps, begin);
  if (position != steps.size()) return position;
  // What cannot be taken stands for nothing, and a step of two tasks is in the way of both.
  if (step.doubtful) return kDependent;
  for (size_t i = begin; step.partner != PlannedStep::kNoPartner && i < steps.size(); ++i) {
    if (steps[i].task == step.partner) return kDependent;
  }
  return position;
}

WakeupTree::Inserted WakeupTree::InsertWithin(int64_t delays, Branch& first, const PlannedStep& taken,
                                              std::span<PlannedStep> steps, size_t stable) {
  int64_t skipped = 0;    // siblings
  Branch parent = kNone;  // kNone: the node itself, whose first branch is `first`
  size_t begin = 0;       // what is left of steps
  uint64_t awake = 0;
  Inserted there = Inserted::kThere;
  bool asleep = true;  // `taken`, below the branches that lead there
  for (;;) {
    if (begin == steps.size()) return Inserted::kBeside;
    Branch branch = parent == kNone ? first : branches_[parent].child;
    Branch last = kNone;
    for (; branch != kNone; last = branch, branch = branches_[branch].next) {
      size_t position = PositionOf(branches_[branch].step, steps, begin);
      if (position == kDependent) {
        const PlannedStep& step = branches_[branch].step;
        if (step.task != steps[begin].task || step.partner != steps[begin].partner) ++skipped;
        if (MayDoLess(step)) awake |= uint64_t{1} << step.task;
        continue;
      }
      branches_[branch].awake |= std::exchange(awake, 0);
      if (position >= stable) there = Inserted::kBeside;
      asleep = asleep && LeavesAsleep(position < steps.size() ? steps[position] : branches_[branch].step, taken);
      if (branches_[branch].child == kNone && !asleep) return there;  // a leaf: all of it will be explored
      if (position == steps.size()) break;
      // Most often it is the first.
      std::move_backward(steps.begin() + static_cast<std::ptrdiff_t>(begin),
                         steps.begin() + static_cast<std::ptrdiff_t>(position),
                         steps.begin() + static_cast<std::ptrdiff_t>(position) + 1);
      ++begin;
      break;
    }
    if (branch != kNone) {
      parent = branch;
      continue;
    }
    if (skipped > delays) return Inserted::kTooFar;
    Add(first, parent, last, steps.subspan(begin), awake);
    return Inserted::kAdded;
  }
}

void WakeupTree::Add(Branch& first, Branch parent, Branch last, std::span<const PlannedStep> steps, uint64_t awake) {
  Branch added = New(steps[0]);
  branches_[added].awake = awake;
  if (last != kNone) {
    branches_[last].next = added;
  } else if (parent == kNone) {
    first = added;
  } else {
    branches_[parent].child = added;
  }
  for (const PlannedStep& step : steps.subspan(1)) {
    const Branch below = New(step);
    branches_[added].child = below;
    added = below;
  }
}

WakeupTree::Branch WakeupTree::CopyAll(Branch first) {
  Branch copy = kNone;
  // What is to be copied, and the copy it hangs from: as child, or as next.
  struct Left {
    Branch branch;
    Branch from;
    bool child;
  };
  std::vector<Left> left;
  if (first != kNone) left.push_back({first, kNone, false});
  while (!left.empty()) {
    const Left one = left.back();
    left.pop_back();
    const Node node = branches_[one.branch];
    PlannedStep step = node.step;
    step.doubtful = true;
    const Branch added = New(step);
    branches_[added].awake = node.awake;
    (one.from == kNone ? copy : one.child ? branches_[one.from].child : branches_[one.from].next) = added;
    if (node.next != kNone) left.push_back({node.next, added, false});
    if (node.child != kNone) left.push_back({node.child, added, true});
  }
  return copy;
}

void WakeupTree::FreeAll(Branch first) {
  while (first != kNone) {
    // Hangs the branches below in front of the siblings: no recursion, however deep it is.
    Branch next = branches_[first].next;
    if (Branch child = branches_[first].child; child != kNone) {
      Branch last = child;
      while (branches_[last].next != kNone) last = branches_[last].next;
      branches_[last].next = next;
      next = child;
    }
    Free(first);
    first = next;
  }
}

}  // namespace fate::sim
