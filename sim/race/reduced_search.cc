#include "fate/sim/race/reduced_search.h"

#include <algorithm>
#include <utility>

#include "fate/base/mix.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

void ReducedSearch::BeginExecution(uint64_t) {
  asked_ = 0;
  cut_ = false;
  free_ = false;
  redundant_from_ = kNone;
  wanted_ = {};
  if (nodes_.empty()) nodes_.push_back({});
  candidates_.Restart();
  if (yields_seen_) spin_watch_.Clear();
  cancels_.Restart();
  absorbed_ = events_.empty() ? 0 : events_.back().steps_end;
  accesses_ = events_.empty() ? 0 : events_.back().accesses_end;
}

// Each branch of a node counts the same, and those not planned yet not at all: it is an upper bound that
// falls as races are found.
double ReducedSearch::Progress() const {
  double seen = 0;
  double share = 1;
  for (const Node& node : nodes_) {
    double done = std::popcount(node.done);
    double left = std::max(1u, Left(node));
    share /= done + left;
    seen += share * done;
  }
  return seen;
}

std::string ReducedSearch::StopReason() const {
  if (coarse_) {
    return "our limit: a search with partial-order reduction sees every operation, so it works under "
           "Interleaving::kOperation only; use depth_first under a coarser one";
  }
  if (inside_choices_.overflow()) {
    return "our limit: a search with partial-order reduction takes programs whose steps draw numbers, or choose "
           "otherwise, in at most 8388608 ways; use another strategy";
  }
  if (tasks_.overflow()) {
    return "our limit: a search with partial-order reduction takes programs of at most 64 tasks; use "
           "another strategy";
  }
  return "your program is not deterministic: the same choices led to another set of options; look for state "
         "that outlives an execution, real clocks, addresses and real randomness";
}

// --- during an execution ---------------------------------------------------------------------

uint32_t ReducedSearch::ChooseNew(const ChoicePoint& point) {
  const Trace& trace = point.execution->trace;
  uint32_t steps = static_cast<uint32_t>(trace.steps.size());
  coarse_ = point.execution->interleaving != Interleaving::kOperation;
  if (coarse_) return Strategy::kStop;
  if (gave_up()) [[unlikely]]
    return Strategy::kStop;  // before it looks at a hundred thousand tasks again
  if (point.kind == ChoiceKind::kPartner) return PickPartner(point);
  if (point.kind != ChoiceKind::kTask) return PickInside(point);
  uint32_t option;
  if (free_ && !TookSince(trace)) {
    candidates_.Collect(point, tasks_);
    option = Unplanned(point, nodes_.back());
  } else {
    Absorb(trace, trace.steps.size());
    if (events_.size() >= cut_at_) [[unlikely]]
      return Cut(point);
    option = PickTask(point);
    const Node& node = nodes_.back();
    free_ = (node.sleep | node.done) == 0 && !HasPlan(node) && !wants_enabled() && cut_at_ == SIZE_MAX && !yields_seen_;
    looked_ = steps;
  }
  if (gave_up()) return Strategy::kStop;
  choices_.push_back({option, point.options, steps, 0});
  return option;
}

namespace {

// Whether what could run at a node tells what such an operation could have come before.
bool NeedsEnabled(OpKind kind) { return Takes(kind) && kind != OpKind::kLock && kind != OpKind::kJoin; }

// Of which more is to be said than what they do to their object.
constexpr uint64_t kSaysMore = Bit(OpKind::kSelect) | Bit(OpKind::kConditionWake) | Bit(OpKind::kYield) |
                               Bit(OpKind::kCancel) | Bit(OpKind::kTimeout);

}  // namespace

inline bool ReducedSearch::TookSince(const Trace& trace) {
  for (; looked_ < trace.steps.size(); ++looked_) {
    // And a yield: its task may come to wait in a loop.
    const OpKind kind = trace.steps[looked_].kind;
    if (NeedsEnabled(kind) || kind == OpKind::kYield) return true;
  }
  return false;
}

void ReducedSearch::Enter() {
  cut_ = false;
  cut_at_ = SIZE_MAX;
  floor_ = events_.size();
  traces_ = redundant_ = infeasible_ = 0;
}

inline void ReducedSearch::AbsorbEvent(const Trace& trace, uint32_t index, size_t first, size_t end,
                                       size_t access_end) {
  const Step& step = trace.steps[first];
  // The choices that led to it and were made in it.
  const uint32_t first_choice = index == 0 ? 0 : events_.back().choices_end;
  PathEvent& event = *events_.Append();
  event = {};
  event.task = tasks_.Of(trace, step.task, step.outcome);
  if (step.met) event.meets = true;
  event.first_step = static_cast<uint32_t>(first);
  event.steps_end = static_cast<uint32_t>(end);
  event.accesses_end = static_cast<uint32_t>(access_end);
  uint32_t choice = first_choice;
  for (const Decision* decision = choices_.begin() + choice; decision != choices_.end(); ++decision, ++choice) {
    if (decision->step >= end) break;
    if (decision->inside != 0) {
      event.chose_inside = true;
    } else if (decision->step == first) {
      event.choice = choice;
    }
  }
  event.choices_end = choice;
  if (access_end == accesses_ && end == first + 1 && !inside_seen_ && !ends_matter_ && !cancels_.seen() &&
      (kSaysMore >> static_cast<int>(step.kind) & 1) == 0 &&
      step.object_kind != static_cast<uint8_t>(ObjectKind::kRendezvous)) [[likely]] {
    event.footprint = footprints_.OfOperation(trace, step.kind, step.object, step.object_kind);
  } else {
    AbsorbRarely(trace, event);
  }
  if (event.chose_inside) [[unlikely]]
    event.chosen = ChosenIn(first_choice, choice);
  if (Takes(event.footprint.kind)) takes_seen_ = takes_seen_ || NeedsEnabled(event.footprint.kind);
  Node& node = nodes_.back();
  TaskSet left = node.sleep | node.done;
  if (left == 0 && !HasPlan(node) && !event.chose_inside) {  // nothing to pass on
    *nodes_.Append() = {};
    return;
  }
  const uint32_t task = event.task;
  const Letter letter{task, event.meets ? event.partner : PlannedStep::kNoPartner, event.chosen};
  if (redundant_from_ == kNone && Asleep(node, letter)) redundant_from_ = index;
  Below followed;
  if (HasPlan(node)) {
    const bool repeated = node.again == task && node.again_with != 0;
    followed = Follow(node, letter);
    if (repeated && followed.plan == WakeupTree::kNone) {
      if (auto kept = kept_.find({index, letter.partner}); kept != kept_.end()) {
        followed = std::exchange(kept->second, {});
      }
    }
  }
  if (event.chose_inside) [[unlikely]]
    KeepForOthers(followed, letter, first_choice, choice);
  left &= ~Only(task) & ~followed.awake;
  if (event.partner != PlannedStep::kNoPartner) [[unlikely]]
    left &= ~Only(event.partner);
  TaskSet sleep = left;
  for (; left != 0; left &= left - 1) {
    const uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(left));
    if (footprints_.Conflict(sleepers_.next(sleeper), event.footprint)) sleep &= ~Only(sleeper);
  }
  const TaskSet above = index < expanded_ ? sleep : sleep & node.above;
  Node& below = *nodes_.Append();
  below = {};
  below.sleep = sleep;
  below.above = above;
  below.plan = followed.plan;
}

void ReducedSearch::Absorb(const Trace& trace, size_t count) {
  if (absorbed_ >= count) return;
  uint32_t index = static_cast<uint32_t>(events_.size());
  const Step* const steps = trace.steps.data();
  const Access* const accesses = trace.accesses.data();
  const size_t all_accesses = trace.accesses.size();
  while (absorbed_ < count) {
    const Step& step = steps[absorbed_];
    size_t end = absorbed_ + 1;
    while (end < count && steps[end].joined) ++end;
    size_t access = accesses_;
    while (access < all_accesses && accesses[access].step < end) ++access;
    // Nobody can tell when a prologue ran, unless it is all that the task does, or something was chosen in it.
    if (step.kind != OpKind::kStart || access != accesses_ || end != absorbed_ + 1 || ChoseInside(absorbed_) ||
        trace.EndsATask(absorbed_) || StartMatters(trace, step) || (bears_seen_ && trace.BearsATask(absorbed_))) {
      AbsorbEvent(trace, index++, absorbed_, end, access);
    }
    absorbed_ = end;
    accesses_ = access;
  }
}

void ReducedSearch::AbsorbRarely(const Trace& trace, PathEvent& event) {
  AbsorbInside(trace, event);
  if (footprints_.TookFirstTry()) restart_ = looks_at_partners_ = true;
  if (cancels_.Name(trace, event.first_step, event.steps_end, event.footprint)) restart_ = true;
  const Step& step = trace.steps[event.first_step];
  if (cancels_.seen()) AddUnseenStart(trace, event);
  met_seen_ = met_seen_ || event.partner != PlannedStep::kNoPartner || step.kind == OpKind::kSelect ||
              step.object_kind == static_cast<uint8_t>(ObjectKind::kRendezvous);
  for (size_t i = event.first_step; i < event.steps_end && !looks_at_partners_; ++i) {
    if (trace.steps[i].kind == OpKind::kSelect && MayMeet(trace, i)) restart_ = looks_at_partners_ = true;
  }
  if (event.footprint.kind == OpKind::kConditionWake) AddNotification(event);
  if (event.footprint.kind == OpKind::kYield) {
    yields_seen_ = true;
    spin_watch_.Follow(trace, event.steps_end);
    const bool woken = !spin_watch_.woken().empty() && spin_watch_.woken().back().step == event.first_step;
    event.doubtful = woken && (drawing_ >> event.task & 1) == 0;
  }
  if (ends_matter_ && EndsTheProgram(trace, event)) {
    event.footprint = footprints_.Add(event.footprint, {0, OpKind::kExternal, Mode::kEverything});
  }
  if (step.kind == OpKind::kStart) AddArrival(trace, event);
  if (event.footprint.inside != 0 && !inside_seen_) SeeInside(trace);
  if (inside_seen_) WidenToAllSeen(trace, static_cast<uint32_t>(events_.size() - 1));
  if (cancels_.NoteFreed(event.footprint)) restart_ = true;
  cancels_.AddReach(trace, event.first_step, event.steps_end, event.footprint);
}

// --- after an execution ----------------------------------------------------------------------

bool ReducedSearch::EndExecution(const Execution& execution) {
  if ((execution.outcome.kind == OutcomeKind::kDiverged && !cut_) || gave_up()) return false;
  coarse_ = execution.interleaving != Interleaving::kOperation;
  Absorb(execution.trace, execution.trace.steps.size());
  // A step that fails ends the execution, so it matters which steps came before it: all of them. So does the last one
  // where tasks are left behind.
  bool cut_short = execution.outcome.kind == OutcomeKind::kAssertionFailed ||
                   execution.outcome.kind == OutcomeKind::kUncaughtException ||
                   (execution.outcome.passed() && !execution.trace.pending.empty());
  cut_short = cut_short && !events_.empty() && redundant_from_ == kNone;
  if (cut_short) events_.back().footprint.mode = Mode::kEverything;
  for (const Access& branch : execution.trace.branches) {
    if (looks_at_partners_ || branch.object_kind != static_cast<uint8_t>(ObjectKind::kRendezvous)) continue;
    restart_ = looks_at_partners_ = true;
  }
  for (const Pending& pending : execution.trace.pending) takes_seen_ = takes_seen_ || NeedsEnabled(pending.kind);
  ++executions_;
  if (restart_) {
    restart_ = false;
    return BeginAgain();
  }
  if (!cut_) redundant_from_ == kNone ? ++traces_ : ++redundant_;
  Analyse(execution.trace);
  if (gave_up()) return false;
  const TaskSet starts = StartsMatter(execution.trace) & ~starts_matter_;
  const bool bears = !bears_seen_ && !coarse_ && StepsBear(execution.trace);
  // A deadlock may be of tasks that would not have been made, had the program ended before.
  const bool comes_to_an_end = execution.outcome.passed() || execution.outcome.kind == OutcomeKind::kDeadlock;
  const bool ends = comes_to_an_end && !ends_matter_ && EndsMatter(execution.trace);
  if (starts != 0 || bears || ends) {
    starts_matter_ |= starts;
    bears_seen_ |= bears;
    ends_matter_ |= ends;
    inside_seen_ = true;
    return BeginAgain();
  }
  if (cut_short) AnalyseCut(execution.trace);
  if (Backtrack()) return true;
  if (!Widen()) return false;
  StartOver();
  return true;
}

bool ReducedSearch::BeginAgain() {
  restarts_ += {1, executions_ - started_at_};
  // Of what comes before it was seen what to look for, less was recorded than is seen from now on.
  if (executions_ == 1) may_.clear();
  StartOver();
  return true;
}

void ReducedSearch::StartOver() {
  started_at_ = executions_;
  order_.Truncate(0);
  wakers_.clear();
  DropKept(0);
  for (const Node& node : nodes_) tree_.FreeAll(node.plan);
  nodes_.clear();
  events_.clear();
  choices_.clear();
  sleepers_.Clear();
  explored_.clear();
  letters_chosen_ = letters_chosen_ && !looks_at_partners_;
  traces_ = redundant_ = infeasible_ = 0;
}

bool ReducedSearch::Backtrack() {
  for (uint32_t index = static_cast<uint32_t>(events_.size()); index-- > floor_;) {
    if (nodes_.back().plan != WakeupTree::kNone) tree_.FreeAll(nodes_.back().plan);
    nodes_.pop_back();
    Node& node = nodes_.back();
    const PathEvent& event = events_.back();
    const bool planned = node.plan != WakeupTree::kNone || node.todo != 0;
    const bool repeated = event.chose_inside || (!explored_.empty() && explored_.back().first == index);
    if (!planned && !repeated && kept_end_ <= index && index > floor_) [[likely]] {  // nothing is left: the node goes
      events_.pop_back();
      sleepers_.Leave(index);
      continue;
    }
    const bool noted = met_seen_ || letters_chosen_ || repeated;
    const bool redundant = index >= redundant_from_;
    bool leave = redundant;
    if (noted) [[unlikely]] {  // elsewhere it is enough to note what sleeps from here on
      // Another branch of a select may do what does not sleep.
      const bool repeats = index == redundant_from_ && event.footprint.kind == OpKind::kSelect &&
                           ((node.done >> event.task & 1) == 0 || PlansMore(node, event.task));
      leave = redundant && !repeats;
      if (!redundant) NoteExplored(index, event);
      if (!leave && event.chose_inside && OtherChoiceInside(index)) {
        node.again_with |= Only(event.task);
        order_.Truncate(index);
        events_.pop_back();
        return true;
      }
      if (!leave) sleepers_.Meet(event.task, std::exchange(node.met, 0));
      if (!explored_.empty() && explored_.back().first == index) {
        if (!leave) sleepers_.Explore(event.task, explored_.back().second);
        explored_.pop_back();
      }
      if (!leave && event.footprint.kind == OpKind::kSelect && !letters_chosen_) DropPlanned(node, event.task);
    }
    if (kept_end_ > index) [[unlikely]]
      DropKept(index);
    if (!leave) node.done |= Only(event.task);
    // Or what was planned could not be chosen, and what was chosen instead sleeps.
    if (!leave || (index == redundant_from_ && letters_chosen_ && node.plan != WakeupTree::kNone)) {
      if ((node.plan != WakeupTree::kNone || node.todo != 0) && Next(node)) {
        // Where nothing else could run it may still meet another.
        const uint32_t choice = event.choice != kNone || !noted ? event.choice : MeetingPlanned(index);
        if (choice != kNone) {
          if (!noted) sleepers_.Sleep(index, event.task, event.footprint, 0);
          order_.Truncate(index);
          choices_.Truncate(choice);
          events_.pop_back();
          return true;
        }
        ++infeasible_;  // nothing else could run here
      }
    }
    events_.pop_back();
    sleepers_.Leave(index);
  }
  order_.Truncate(0);
  return false;
}

}  // namespace fate::sim
