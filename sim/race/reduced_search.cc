#include "fate/sim/race/reduced_search.h"

#include <algorithm>

#include "fate/base/mix.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

void ReducedSearch::BeginExecution(uint64_t) {
  asked_ = 0;
  redundant_from_ = kNone;
  if (nodes_.empty()) nodes_.emplace_back();
  absorbed_ = events_.empty() ? 0 : events_.back().steps_end;
  accesses_ = events_.empty() ? 0 : events_.back().accesses_end;
}

std::string ReducedSearch::StopReason() const {
  if (coarse_) {
    return "our limit: a search with partial-order reduction sees every operation, so it works under "
           "Interleaving::kOperation only; use depth_first under a coarser one";
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
  if (point.execution->interleaving != Interleaving::kOperation) {
    coarse_ = true;
    return Strategy::kStop;
  }
  if (point.kind != ChoiceKind::kTask) {
    choices_.push_back({0, point.options, steps == 0 ? 0 : steps - 1, 1});
    return 0;
  }
  objects_known_ = trace.objects_known;
  Absorb(trace);
  uint32_t option = PickTask(point);
  if (tasks_.overflow()) return Strategy::kStop;
  choices_.push_back({option, point.options, steps, 0});
  return option;
}

uint32_t ReducedSearch::TaskBehind(const ChoicePoint& point, uint32_t option) {
  const TaskRecord& task = point.task(option);
  return tasks_.Of(point.execution->trace, task.id, task.path_hash);
}

uint32_t ReducedSearch::PickTask(const ChoicePoint& point) {
  const Trace& trace = point.execution->trace;
  Node& node = nodes_.back();
  if (wants_enabled() && node.enabled == 0) {
    for (uint32_t i = 0; i < point.options; ++i) {
      const TaskRecord& task = *point.ready->at(i).task;
      TaskSet only = Only(tasks_.Of(trace, task.id, task.path_hash));
      node.enabled |= only;
      if (task.pending == nullptr) node.unstarted |= only;
    }
    Reached(node);
  }
  if (uint32_t planned = Planned(node, 0); planned != kNone) {
    // In their order, or what is said to be covered by an earlier one is not. What sleeps is covered, and
    // must not be in the way of a search from here: steps that were taken to conflict may not.
    for (uint32_t nth = 0; planned != kNone; planned = Planned(node, ++nth)) {
      if (Asleep(node, planned) && planned != node.again) continue;
      for (uint32_t option = 0; option < point.options; ++option) {
        if (TaskBehind(point, option) == planned) return option;
      }
    }
    // What it waits for may be a task that has nothing to do before its end, or before it receives.
    for (uint32_t option = 0; option < point.options; ++option) {
      if (point.task(option).pending == nullptr && !Asleep(node, TaskBehind(point, option))) return option;
    }
  }
  return Unplanned(point, node);
}

uint32_t ReducedSearch::Unplanned(const ChoicePoint& point, const Node& node) {
  for (uint32_t option = 0; option < point.options; ++option) {
    if (!Asleep(node, TaskBehind(point, option))) return option;
  }
  return 0;
}

void ReducedSearch::Absorb(const Trace& trace) {
  size_t count = trace.steps.size();
  while (absorbed_ < count) {
    const Step& step = trace.steps[absorbed_];
    size_t end = absorbed_ + 1;
    while (end < count && trace.steps[end].joined) ++end;
    size_t access = accesses_;
    while (access < trace.accesses.size() && trace.accesses[access].step < end) ++access;
    // Nobody can tell when a prologue ran.
    if (step.kind != OpKind::kStart || access != accesses_ || end != absorbed_ + 1) {
      AbsorbEvent(trace, absorbed_, end, access);
    }
    absorbed_ = end;
    accesses_ = access;
  }
}

void ReducedSearch::AbsorbEvent(const Trace& trace, size_t first, size_t end, size_t access_end) {
  const Step& step = trace.steps[first];
  PathEvent event{tasks_.Of(trace, step.task, step.outcome), kNone, static_cast<uint32_t>(first),
                  static_cast<uint32_t>(end), static_cast<uint32_t>(access_end), kNone, 0, 0, {}};
  if (access_end == accesses_ && end == first + 1) [[likely]] {
    event.footprint = footprints_.Of(step, nullptr, 0);
  } else {
    AbsorbInside(trace, event);
  }
  if (event.footprint.kind == OpKind::kConditionWake) AddNotification(event);
  if (event.footprint.inside != 0 && !inside_seen_) inside_seen_ = restart_ = true;
  if (inside_seen_) [[unlikely]] WidenToAllSeen(trace, event);
  if (!takes_seen_ && event.footprint.kind != OpKind::kLock && event.footprint.kind != OpKind::kJoin) {
    takes_seen_ = Takes(event.footprint.kind);
  }
  // The choices that led to it and were made in it.
  uint32_t choice = events_.empty() ? 0 : events_.back().choices_end;
  for (; choice < choices_.size() && choices_[choice].step < end; ++choice) {
    if (choices_[choice].inside == 0 && choices_[choice].step == first) event.choice = choice;
  }
  event.choices_end = choice;

  Node& node = nodes_.back();
  uint32_t task = event.task;
  if (Asleep(node, task) && redundant_from_ == kNone) redundant_from_ = static_cast<uint32_t>(events_.size());
  Node below;
  below.plan = Follow(node, task);
  for (TaskSet left = (node.sleep | node.done) & ~Only(task); left != 0; left &= left - 1) {
    uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(left));
    if (sleeper != event.partner && !footprints_.Conflict(asleep_[sleeper], event.footprint, objects_known_)) {
      below.sleep |= Only(sleeper);
    }
  }
  events_.push_back(event);
  nodes_.push_back(below);
}

uint64_t ReducedSearch::WhereOf(uint32_t task, Place place, OpKind kind, uint32_t& ordinal) const {
  constexpr uint64_t kFine = 32;
  for (size_t i = events_.size(); i-- > 0;) {
    if (events_[i].task != task) continue;
    ordinal = events_[i].ordinal + 1;
    break;
  }
  // After many surprises, by place alone: fewer are left.
  uint64_t where = Mix(task, restarts_ < kFine ? ordinal + 1 : 0);
  return Mix(where, (uint64_t{place.line()} << 8) | static_cast<uint64_t>(kind));
}

void ReducedSearch::WidenToAllSeen(const Trace& trace, PathEvent& event) {
  uint64_t where = WhereOf(event.task, trace.steps[event.step].place, event.footprint.kind, event.ordinal);
  auto [may, is_new] = may_.try_emplace(where, 0);
  if (footprints_.Widen(event.footprint, may->second, objects_known_) && !is_new) restart_ = true;
}

// What a step did besides its operation, and what its partner did.
void ReducedSearch::AbsorbInside(const Trace& trace, PathEvent& event) {
  size_t access = accesses_;
  for (size_t step = event.step; step < event.steps_end; ++step) {
    size_t begin = access;
    while (access < event.accesses_end && trace.accesses[access].step <= step) ++access;
    const Access* accesses = trace.accesses.data() + begin;
    if (step == event.step) {
      event.footprint = footprints_.Of(trace.steps[step], accesses, access - begin);
    } else {
      event.partner = tasks_.Of(trace, trace.steps[step].task, 0);
      event.footprint = footprints_.Join(event.footprint, trace.steps[step], accesses, access - begin);
    }
  }
  if (event.steps_end > event.step + 2) event.footprint.mode = Mode::kEverything;  // more than two tasks
}

// --- after an execution ----------------------------------------------------------------------

// A wake stands at the mutex; the condition it was notified through is that of its task's step before.
void ReducedSearch::AddNotification(PathEvent& event) {
  for (size_t i = events_.size(); i-- > 0;) {
    if (events_[i].task != event.task) continue;
    const StepFootprint& wait = events_[i].footprint;
    if (wait.kind == OpKind::kConditionWait) {
      event.footprint = footprints_.Add(event.footprint, {wait.object, OpKind::kConditionWake, Mode::kRead});
    }
    return;
  }
}

bool ReducedSearch::EndExecution(const Execution& execution) {
  if (execution.outcome.kind == OutcomeKind::kDiverged || tasks_.overflow()) return false;
  objects_known_ = execution.trace.objects_known;
  Absorb(execution.trace);
  ++executions_;
  if (restart_) {
    restart_ = false;
    ++restarts_;
    StartOver();
    return true;
  }
  redundant_from_ == kNone ? ++traces_ : ++redundant_;
  Analyse(execution.trace);
  if (Backtrack()) return true;
  if (!Widen()) return false;
  StartOver();
  return true;
}

void ReducedSearch::StartOver() {
  order_.Truncate(0);
  for (Node& node : nodes_) tree_.FreeAll(node.plan);
  nodes_.clear();
  events_.clear();
  choices_.clear();
  saved_.clear();
  traces_ = redundant_ = infeasible_ = 0;
}

void ReducedSearch::TellBirths(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  // Births are in the order of steps; the last ones are the new ones.
  size_t birth = trace.births.size();
  while (birth > tasks_.roots() && trace.births[birth - 1].step >= event.step) --birth;
  for (; birth < trace.births.size() && trace.births[birth].step < event.steps_end; ++birth) {
    order_.Born(tasks_.Of(trace, static_cast<uint32_t>(birth), 0), index);
  }
}

void ReducedSearch::AppendEvent(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  HappensBefore::NewEvent added;
  added.task = event.task;
  added.partner = event.partner;
  added.footprint = event.footprint;
  added.enabled = nodes_[index].enabled;
  added.unstarted = nodes_[index].unstarted;
  if (added.enabled == 0 && event.choice == kNone) added.enabled = Only(event.task);  // nothing else could
  if (event.footprint.kind == OpKind::kJoin) {
    const Step& step = trace.steps[event.step];
    joined_.clear();
    if (step.object_kind == static_cast<uint16_t>(ObjectKind::kTask)) {
      joined_.push_back(tasks_.Of(trace, step.object, 0));
    } else {
      // A group: all its children.
      for (uint32_t id = tasks_.roots(); id < trace.births.size(); ++id) {
        if (trace.births[id].parent == step.task && trace.births[id].step < event.step) {
          joined_.push_back(tasks_.Of(trace, id, 0));
        }
      }
    }
    added.joined = joined_.data();
    added.joined_count = static_cast<uint32_t>(joined_.size());
  }
  order_.Append(added, races_);
}

void ReducedSearch::Analyse(const Trace& trace) {
  uint32_t count = std::min(static_cast<uint32_t>(events_.size()), redundant_from_);
  uint32_t first = order_.size();
  uint64_t from = first == 0 ? 0 : events_[first - 1].step + 1;
  size_t move = 0;
  while (move < trace.clock_moves.size() && trace.clock_moves[move].step < from) ++move;
  for (uint32_t index = first; index < count; ++index) {
    const PathEvent& event = events_[index];
    bool moved = false;
    for (; move < trace.clock_moves.size() && trace.clock_moves[move].step <= event.step; ++move) moved = true;
    if (moved) order_.MoveClock();
    AppendEvent(trace, index);
    if (trace.births.size() > tasks_.roots()) TellBirths(trace, index);
    TellRaces({event.task, event.partner, event.footprint}, index);
  }
  if (redundant_from_ != kNone || !trace.pending.empty()) AnalysePending(trace, count);
}

// Tasks that still wait at the end, or where the execution began to repeat another.
void ReducedSearch::AnalysePending(const Trace& trace, uint32_t end) {
  TaskSet moved = 0;
  for (uint32_t index = end; index < events_.size(); ++index) {
    const PathEvent& event = events_[index];
    if ((moved >> event.task & 1) != 0) continue;
    moved |= Only(event.task);
    PendingRaces(event.task, event.footprint);
  }
  for (const Pending& pending : trace.pending) {
    Mode mode = RuleOf(pending.kind, static_cast<ObjectKind>(pending.object_kind)).mode;
    uint32_t task = tasks_.Of(trace, pending.task, 0);
    if ((moved >> task & 1) != 0) continue;
    StepFootprint operation{pending.object, pending.kind, mode, 0};
    if (inside_seen_) {
      // What it would do inside, as far as anybody has seen; a surprise about it counts from now on.
      uint32_t ordinal = 0;
      uint16_t& may = may_[WhereOf(task, pending.place, pending.kind, ordinal)];
      footprints_.Widen(operation, may, objects_known_);
    }
    PendingRaces(task, operation);
  }
}

void ReducedSearch::PendingRaces(uint32_t task, const StepFootprint& operation) {
  if (operation.mode == Mode::kNone || !Takes(operation.kind)) return;
  order_.Pend(task, operation, races_);
  TellRaces({task, kNone, operation}, order_.size());
}

void ReducedSearch::TellRaces(const PlannedStep& second, uint32_t end) {
  for (const HappensBefore::Race& race : races_) {
    steps_.clear();
    moving_ = Only(second.task);
    for (uint32_t index = race.event + 1; index < end; ++index) {
      if (order_.Before(race.event, index)) continue;
      const PathEvent& event = events_[index];
      steps_.push_back({event.task, event.partner, event.footprint});
      moving_ |= Only(event.task);
    }
    steps_.push_back(second);
    steps_.back().doubtful = race.doubtful;
    Reverse(race.event);
  }
}

bool ReducedSearch::Covered(uint32_t index) {
  const Node& node = nodes_[index];
  TaskSet left = node.sleep | node.done;
  if (left == 0) return false;
  // What the sleepers of this node were about to do, if they have run and sleep again further on.
  TaskSet changed = 0;
  for (size_t i = saved_.size(); i-- > 0 && saved_[i].node > index;) {
    before_[saved_[i].task] = saved_[i].footprint;
    changed |= Only(saved_[i].task);
  }
  for (; left != 0; left &= left - 1) {
    uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(left));
    const StepFootprint& next = (changed >> sleeper & 1) != 0 ? before_[sleeper] : asleep_[sleeper];
    // The last step is the likeliest to be in its way.
    if ((moving_ >> sleeper & 1) == 0 &&
        footprints_.Conflict(steps_.back().footprint, next, objects_known_)) {
      continue;
    }
    if (tree_.MayBegin(steps_, sleeper, next, objects_known_)) return true;
  }
  return false;
}

bool ReducedSearch::OtherChoiceInside(uint32_t index) {
  const PathEvent& event = events_[index];
  uint32_t begin = index == 0 ? 0 : events_[index - 1].choices_end;
  for (uint32_t choice = event.choices_end; choice-- > begin;) {
    Decision& decision = choices_[choice];
    if (decision.inside == 0 || decision.option + 1 == decision.options) continue;
    ++decision.option;
    choices_.resize(choice + 1);
    nodes_[index].again = event.task;
    return true;
  }
  return false;
}

bool ReducedSearch::Backtrack() {
  while (!events_.empty()) {
    uint32_t index = static_cast<uint32_t>(events_.size()) - 1;
    tree_.FreeAll(nodes_.back().plan);
    nodes_.pop_back();
    Node& node = nodes_.back();
    PathEvent event = events_.back();
    bool redundant = index >= redundant_from_;
    if (!redundant && OtherChoiceInside(index)) {
      order_.Truncate(index);
      events_.pop_back();
      return true;
    }
    events_.pop_back();
    if (!redundant) {
      saved_.push_back({index, event.task, asleep_[event.task]});
      asleep_[event.task] = event.footprint;
      node.done |= Only(event.task);
      if (Next(node)) {
        if (event.choice != kNone) {
          order_.Truncate(index);
          choices_.resize(event.choice);
          return true;
        }
        ++infeasible_;  // nothing else could run here
      }
    }
    while (!saved_.empty() && saved_.back().node == index) {
      asleep_[saved_.back().task] = saved_.back().footprint;
      saved_.pop_back();
    }
  }
  order_.Truncate(0);
  return false;
}

}  // namespace fate::sim
