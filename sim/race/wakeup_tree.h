// WakeupTree: the sequences of steps that are still to be explored from the nodes of a search path.
//
// Of "Source sets" (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017, section 6): an ordered tree whose
// branches are labelled with tasks; a sequence is inserted unless an explored or planned one leads to
// an equivalent execution. insert is that of Concuerror (concuerror_dpor: insert_wakeup), which needs
// no equivalence check but the footprints of the labels. One pool holds the branches of all nodes;
// a node of the path keeps its first branch. Tested by tests/race/wakeup_tree_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fate/sim/race/footprint.h"
#include "fate/sim/race/inside_choices.h"

namespace fate::sim {

// One step of a sequence: who, and what it does there.
struct PlannedStep {
  static constexpr uint32_t kNoPartner = InsideChoices::kAlone;

  uint32_t task = 0;
  uint32_t partner : 7 = kNoPartner;  // of a rendezvous
  uint32_t doubtful : 1 = 0;          // it may turn out that it cannot be taken here
  // With another partner it is another step; so it is if it chooses something else inside.
  uint32_t meets : 1 = 0;
  uint32_t chosen : 23 = InsideChoices::kPlain;
  StepFootprint footprint;
};

class WakeupTree {
 public:
  using Branch = uint32_t;
  static constexpr Branch kNone = 0;
  struct Node {
    Branch next = kNone;   // to the right
    Branch child = kNone;  // the leftmost; none: a leaf
    PlannedStep step;
    uint64_t awake = 0;
  };

  explicit WakeupTree(const Footprints& footprints) : footprints_(footprints) {}

  uint32_t task(Branch branch) const { return branches_[branch].step.task; }
  // Whom it meets; kNoPartner: nobody, or whoever is there.
  uint32_t partner(Branch branch) const {
    const PlannedStep& step = branches_[branch].step;
    return step.meets ? step.partner : PlannedStep::kNoPartner;
  }
  uint32_t chosen(Branch branch) const { return branches_[branch].step.chosen; }
  OpKind kind(Branch branch) const { return branches_[branch].step.footprint.kind; }
  const Node& at(Branch branch) const { return branches_[branch]; }
  Branch next(Branch branch) const { return branches_[branch].next; }
  Branch child(Branch branch) const { return branches_[branch].child; }
  // Tasks that must not sleep below it, though they were explored before it: an older branch of theirs covers it if it
  // can be taken, which is doubtful, and so it must cover itself.
  uint64_t awake(Branch branch) const { return branches_[branch].awake; }
  // How many branches there are.
  size_t size() const { return used_; }

  // A start where nobody knows what its task does then: it may conflict with all, or with nothing.
  static bool IsAnything(const PlannedStep& step) {
    return step.footprint.kind == OpKind::kStart && step.footprint.mode == Mode::kEverything;
  }

  // A step that was not made where it is planned from, so that it is held to do more than it may turn out to do.
  static bool MayDoLess(const PlannedStep& step) {
    const bool other = step.footprint.mode == Mode::kNone &&
                       (step.footprint.kind == OpKind::kSelect || step.footprint.kind == OpKind::kSend);
    return step.doubtful != 0 || other || IsAnything(step);
  }

  // Whether there ever was a branch of such a step.
  bool some_may_do_less() const { return some_may_do_less_; }

  static constexpr size_t kDependent = static_cast<size_t>(-1);
  // Where the step of `task` stands in `steps` from `begin` on; their number if it is not there but independent of
  // all; kDependent if something before it is in its way.
  size_t Position(std::span<const PlannedStep> steps, size_t begin, uint32_t task,
                  const StepFootprint& footprint) const {
    for (size_t i = begin; i < steps.size(); ++i) {
      if (steps[i].task == task) return i;
      if (steps[i].partner == task || footprints_.Conflict(steps[i].footprint, footprint)) return kDependent;
    }
    return steps.size();
  }
  // kThere: an equivalent is there, whatever comes after the first `stable` steps; kBeside: as long as what comes after
  // them is in nobody's way.
  enum class Inserted : uint8_t { kAdded, kThere, kBeside, kTooFar };
  // Inserts `steps` (consuming them) below `first`, the first branch of a node, unless an equivalent of
  // them is there, or more than `delays` older siblings stand before it, summed over the branches that
  // lead to its place, without those that differ in what the step chooses inside. Fewer than 0: none is added.
  // `taken` is the step that was made from the node, before which they are to come.
  Inserted InsertWithin(int64_t delays, Branch& first, const PlannedStep& taken, std::span<PlannedStep> steps,
                        size_t stable);
  // The same however many.
  Inserted Insert(Branch& first, const PlannedStep& taken, std::span<PlannedStep> steps, size_t stable) {
    return InsertWithin(INT64_MAX, first, taken, steps, stable);
  }
  // Whether `taken`, which was made from the node, sleeps on when `step` is made there. A leaf below which it sleeps
  // does not stand for what is to come before it. Only what was planned as another step than it is makes such a leaf.
  bool LeavesAsleep(const PlannedStep& step, const PlannedStep& taken) const {
    if (IsAnything(step)) return true;
    return step.task != taken.task && step.partner != taken.task && step.task != taken.partner &&
           !footprints_.Conflict(step.footprint, taken.footprint);
  }
  // Adds them below `parent` (kNone: the node itself, whose first branch is `first`), after `last` of its branches
  // (kNone: it has none); `awake` is that of the first of them. REQUIRES: steps is not empty.
  void Add(Branch& first, Branch parent, Branch last, std::span<const PlannedStep> steps, uint64_t awake = 0);
  // Frees one branch, not those below it.
  void Free(Branch branch) {
    branches_[branch].next = free_;
    free_ = branch;
    --used_;
  }
  // Takes `branch` out of the list that begins with `first`; the branches below it are the caller's.
  void Unlink(Branch& first, Branch branch) {
    if (first == branch) {
      first = branches_[branch].next;
    } else {
      Branch before = first;
      while (branches_[before].next != branch) before = branches_[before].next;
      branches_[before].next = branches_[branch].next;
    }
    Free(branch);
  }
  // Copies `first`, its siblings, and all below them, for where it is doubtful whether they can be taken.
  Branch CopyAll(Branch first);
  // Frees `first`, its siblings, and all below them.
  void FreeAll(Branch first);

 private:
  // The same for the very step of a branch.
  size_t Find(const PlannedStep& step, std::span<const PlannedStep> steps, size_t begin) const;
  // The same: kDependent if the branch does not stand for `steps`.
  size_t PositionOf(const PlannedStep& step, std::span<const PlannedStep> steps, size_t begin) const;
  Branch New(const PlannedStep& step);

  const Footprints& footprints_;
  std::vector<Node> branches_{1};  // 0 is none
  Branch free_ = kNone;
  size_t used_ = 0;
  bool some_may_do_less_ = false;
};

}  // namespace fate::sim
