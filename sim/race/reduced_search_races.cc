// What ReducedSearch learns from a finished execution: its order, and its races.
#include <algorithm>
#include <bit>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

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
  added.threw = trace.steps[event.step].threw;
  CollectStands(trace, index);
  added.stands = stands_.data();
  added.stand_count = stands_.size();
  added.met = event.meets;
  added.enabled = nodes_[index].enabled;
  added.unstarted = nodes_[index].unstarted;
  if (added.enabled == 0 && event.choice == kNone) added.enabled = Only(event.task);  // nothing else could
  if (const Step& step = trace.steps[event.step]; step.kind == OpKind::kJoin && !step.threw) {
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
  while (!found_.empty() && found_.back().index >= first) found_.pop_back();
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
    for (const HappensBefore::Race& race : races_) found_.push_back({index, race, false});
  }
  for (FoundRace& found : found_) {
    if (found.settled) continue;
    const PathEvent& event = events_[found.index];
    found.settled = TellRace(SecondOf(found.race, {event.task, event.partner, event.footprint, false, event.meets}), found.race.event,
                             found.index, count);
  }
  for (uint32_t index = first; index < count; ++index) {
    if (events_[index].partner != kNone) TellPartner(trace, index);
  }
  if (redundant_from_ != kNone || !trace.pending.empty()) AnalysePending(trace, count);
}

void ReducedSearch::AddStand(const Trace& trace, uint32_t task, const Step& step, const Access* accesses,
                             size_t count) {
  constexpr auto kMeets = [](OpKind kind, uint16_t object_kind) {
    return object_kind == static_cast<uint16_t>(ObjectKind::kRendezvous) &&
           (kind == OpKind::kSend || kind == OpKind::kReceive);
  };
  auto add = [&](OpKind kind, uint32_t object, uint16_t object_kind, bool selects) {
    const Mode mode = RuleOf(kind, static_cast<ObjectKind>(object_kind)).mode;
    stands_.push_back({task, {footprints_.IdOf(trace, object), kind, mode}, kMeets(kind, object_kind), selects});
  };
  if (kMeets(step.kind, step.object_kind)) add(step.kind, step.object, step.object_kind, false);
  if (step.kind != OpKind::kSelect) return;
  for (size_t i = 0; i < count; ++i) {
    if (!accesses[i].may || accesses[i].kind == OpKind::kOffer || accesses[i].object == 0) continue;
    add(accesses[i].kind, accesses[i].object, accesses[i].object_kind, true);
  }
}

void ReducedSearch::CollectStands(const Trace& trace, uint32_t index) {
  stands_.clear();
  const PathEvent& event = events_[index];
  const OpKind kind = event.footprint.kind;
  if (event.partner == kNone && kind != OpKind::kSend && kind != OpKind::kReceive && kind != OpKind::kSelect) return;
  size_t access = index == 0 ? 0 : events_[index - 1].accesses_end;
  for (uint32_t step = event.step; step < event.steps_end; ++step) {
    const size_t begin = access;
    while (access < event.accesses_end && trace.accesses[access].step <= step) ++access;
    const uint32_t task = tasks_.Of(trace, trace.steps[step].task, trace.steps[step].outcome);
    AddStand(trace, task, trace.steps[step], trace.accesses.data() + begin, access - begin);
  }
}

StepFootprint ReducedSearch::PendingFootprint(const Trace& trace, size_t index) {
  const Pending& pending = trace.pending[index];
  const Access* first = trace.branches.begin();
  while (first != trace.branches.end() && first->step < index) ++first;
  const Access* last = first;
  while (last != trace.branches.end() && last->step == index) ++last;
  const size_t count = static_cast<size_t>(last - first);
  Step step{};
  step.kind = pending.kind;
  step.object = pending.object;
  step.object_kind = pending.object_kind;
  stands_.clear();
  AddStand(trace, tasks_.Of(trace, pending.task, 0), step, first, count);
  return footprints_.Of(trace, step, first, count);
}

// The partner of a rendezvous stood at a select, which could have taken another of its branches instead.
void ReducedSearch::TellPartner(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  const Step& step = trace.steps[event.step + 1];
  if (step.kind != OpKind::kSelect || event.choice == kNone) return;
  const TaskSet enabled = nodes_[index].enabled;
  if (enabled != 0 && (enabled >> event.partner & 1) == 0) return;
  steps_.clear();
  moving_ = Only(event.partner);
  steps_.push_back({event.partner, PlannedStep::kNoPartner,
                    footprints_.Merge({0, OpKind::kSelect, Mode::kNone, 0}, event.footprint)});
  steps_.back().doubtful = enabled == 0;
  stable_ = steps_.size();
  Reverse(index);
}

// Tasks that still wait at the end, or where the execution began to repeat another.
void ReducedSearch::AnalysePending(const Trace& trace, uint32_t end) {
  TaskSet moved = 0;
  for (uint32_t index = end; index < events_.size(); ++index) {
    const PathEvent& event = events_[index];
    CollectStands(trace, index);
    const std::vector<HappensBefore::Stand> stands = stands_;
    for (uint32_t task : {event.task, event.partner}) {
      if (task == kNone || (moved >> task & 1) != 0) continue;
      moved |= Only(task);
      stands_.clear();
      for (const HappensBefore::Stand& stand : stands) {
        if (stand.task == task) stands_.push_back(stand);
      }
      // The other way round for the partner: what both did.
      if (task == event.task || !stands_.empty()) PendingRaces(task, event.footprint);
    }
  }
  for (size_t i = 0; i < trace.pending.size(); ++i) {
    const Pending& pending = trace.pending[i];
    uint32_t task = tasks_.Of(trace, pending.task, 0);
    if ((moved >> task & 1) != 0) continue;
    StepFootprint operation = PendingFootprint(trace, i);
    if (inside_seen_) {
      // What it would do inside, as far as anybody has seen; a surprise about it counts from now on.
      uint32_t ordinal = 0;
      uint16_t& may = may_[WhereOf(task, pending.place, pending.kind, ordinal)];
      footprints_.Widen(operation, may);
    }
    PendingRaces(task, operation);
  }
}

// The last event ended the execution: each step that could have been made instead of it races with it.
void ReducedSearch::AnalyseCut(const Trace& trace) {
  uint32_t last = static_cast<uint32_t>(events_.size()) - 1;
  if (events_[last].choice == kNone) return;
  for (size_t i = 0; i < trace.pending.size(); ++i) {
    const Pending& pending = trace.pending[i];
    uint32_t task = tasks_.Of(trace, pending.task, 0);
    // Whether it could be made before, not after: the failure may have released a lock.
    if ((candidates_ >> task & 1) == 0 || task == events_[last].task || task == events_[last].partner) continue;
    StepFootprint operation = PendingFootprint(trace, i);
    // What one that has not begun will do nobody knows.
    if (operation.kind == OpKind::kStart) operation.mode = Mode::kEverything;
    steps_.clear();
    moving_ = Only(task);
    steps_.push_back({task, PlannedStep::kNoPartner, operation});
    stable_ = steps_.size();
    Reverse(last);
  }
}

void ReducedSearch::PendingRaces(uint32_t task, const StepFootprint& operation) {
  if ((operation.mode == Mode::kNone && stands_.empty()) || !Takes(operation.kind)) return;
  order_.Pend(task, operation, stands_.data(), stands_.size(), races_);
  const uint32_t end = order_.size();
  for (const HappensBefore::Race& race : races_) {
    TellRace(SecondOf(race, {task, PlannedStep::kNoPartner, operation}), race.event, end, end);
  }
}

// What could have come first: the later of the two itself, or who would have met somebody else then. That may do
// inside whatever was seen of either.
PlannedStep ReducedSearch::SecondOf(const HappensBefore::Race& race, const PlannedStep& own) {
  if (race.task == HappensBefore::kNone) return {own.task, own.partner, own.footprint, race.doubtful, own.meets};
  StepFootprint footprint{0, race.selects ? OpKind::kSelect : OpKind::kSend, Mode::kNone, 0};
  footprint = footprints_.Merge(footprint, own.footprint);
  if (race.other != HappensBefore::kNone) footprint = footprints_.Merge(footprint, events_[race.other].footprint);
  return {race.task, race.partner, footprint, race.doubtful, race.partner != HappensBefore::kNone};
}

// What comes after the first of the two, but not because of it: before the second, and later too, or a task that
// sleeps at the first could seem to cover what it is in the way of.
bool ReducedSearch::TellRace(const PlannedStep& second, uint32_t first, uint32_t index, uint32_t count) {
  steps_.clear();
  moving_ = 0;
  auto add = [this](const PlannedStep& step) {
    steps_.push_back(step);
    moving_ |= Only(step.task);
  };
  auto add_beside = [&](uint32_t begin, uint32_t end) {
    for (uint32_t beside = begin; beside < end; ++beside) {
      if (order_.Before(first, beside)) continue;
      const PathEvent& event = events_[beside];
      add({event.task, event.partner, event.footprint, false, event.meets});
    }
  };
  add_beside(first + 1, index);
  add(second);
  stable_ = steps_.size();
  if (plans_later()) add_beside(index + 1, count);
  return Reverse(first);
}

ReducedSearch::Cover ReducedSearch::Covered(uint32_t index) {
  const Node& node = nodes_[index];
  TaskSet left = node.sleep | node.done;
  if (left == 0) return Cover::kNone;
  Cover cover = Cover::kNone;
  // What the sleepers of this node were about to do, if they have run and sleep again further on.
  TaskSet changed = 0;
  for (size_t i = saved_.size(); i-- > 0 && saved_[i].node > index;) {
    before_[saved_[i].task] = saved_[i].footprint;
    met_before_[saved_[i].task] = saved_[i].met;
    changed |= Only(saved_[i].task);
  }
  for (; left != 0; left &= left - 1) {
    uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(left));
    const StepFootprint& next = (changed >> sleeper & 1) != 0 ? before_[sleeper] : asleep_[sleeper];
    // What could come before all of them, but is not among them, is covered since a race elsewhere plans what has it
    // later: above this node, where a level that is expanded takes no plans.
    if ((node.above & ~moving_ & Only(sleeper)) != 0) continue;
    // The last step is the likeliest to be in its way.
    if ((moving_ >> sleeper & 1) == 0 &&
        footprints_.Conflict(steps_.back().footprint, next)) {
      continue;
    }
    const size_t position = tree_.Position(steps_, 0, sleeper, next);
    if (position == WakeupTree::kDependent) continue;
    if (position < steps_.size() && steps_[position].meets) {
      const TaskSet met = (changed >> sleeper & 1) != 0 ? met_before_[sleeper] : met_[sleeper];
      if ((met >> steps_[position].partner & 1) == 0) continue;
    }
    if (position < stable_) return Cover::kForGood;
    cover = Cover::kForNow;
  }
  return cover;
}

}  // namespace fate::sim
