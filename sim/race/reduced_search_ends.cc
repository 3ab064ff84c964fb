// What ReducedSearch does about ends: that of the program, before which others have or have not ended, and that of the
// time in which a timer could strike; and about tasks that still wait then.
#include <algorithm>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

constexpr Footprints::Part kEverything{0, OpKind::kExternal, Mode::kEverything};

// Of tasks that nobody has to wait for.
bool IsLoose(const Birth& birth) { return birth.step != Birth::kBeforeSteps && birth.group == Birth::kNoGroup; }

}  // namespace

// A task that outlives the root is a leak, and a daemon is left behind.
bool ReducedSearch::EndsMatter(const Trace& trace) const {
  if (trace.births.size() == tasks_.roots()) return false;
  const auto is_loose_daemon = [](const Birth& birth) { return IsLoose(birth) && birth.lifetime == Lifetime::kDaemon; };
  if (std::any_of(trace.births.begin(), trace.births.end(), is_loose_daemon)) return true;
  std::vector<uint32_t> roots;  // the events in which they ended
  for (const End& end : trace.ends) {
    if (trace.births[end.task].step == Birth::kBeforeSteps) roots.push_back(EventOf(end.step));
  }
  if (roots.empty() || roots.back() >= order_.size()) return false;
  return std::any_of(trace.ends.begin(), trace.ends.end(), [&](const End& end) {
    const Birth& birth = trace.births[end.task];
    // One of a group, too: who waits for it may be a task that the program goes on for.
    if (birth.step == Birth::kBeforeSteps || birth.lifetime != Lifetime::kScoped) return false;
    const uint32_t event = EventOf(end.step);
    const auto comes_after = [&](uint32_t root) {
      return event == root || (event < root && order_.Before(event, root));
    };
    return event < roots.back() && std::none_of(roots.begin(), roots.end(), comes_after);
  });
}

ReducedSearch::TaskSet ReducedSearch::StartsMatter(const Trace& trace) {
  if (!cancels_.seen()) return 0;
  started_in_vain_ |= StartedInVain(trace);
  const TaskSet matter = starts_matter_ | started_in_vain_ | ReachedAtTheStart(trace);
  if (matter == 0) return 0;
  // Not those that nothing cancels before they have begun. But if it matters of one of these it does of all, though it
  // be seen later.
  TaskSet cancelled = 0;
  for (uint32_t id = 0; id < trace.births.size(); ++id) {
    if (cancels_.Cancels(trace, id)) cancelled |= Only(tasks_.Of(trace, id, 0));
  }
  return (matter & cancelled) == 0 ? 0 : cancelled;
}

// If one stood there and the same step had made its operation possible, it is granted, and a Yield returns: then it
// matters when the start was, though it did nothing else.
ReducedSearch::TaskSet ReducedSearch::ReachedAtTheStart(const Trace& trace) {
  const auto may_reach = [](const PathEvent& event) {
    const StepFootprint& footprint = event.footprint;
    return footprint.kind == OpKind::kCancel || footprint.kind == OpKind::kTimeout || footprint.inside != 0;
  };
  if (std::none_of(events_.begin(), events_.end(), may_reach)) return 0;
  const auto reaches = [](OpKind kind) { return kind == OpKind::kCancel || kind == OpKind::kTimeout; };
  // One whose first operation is this, on `object`.
  const auto reached_before = [&](uint32_t task, OpKind kind, uint32_t object) {
    // It waits for its time, or for nothing at all.
    if (kind == OpKind::kSleep || kind == OpKind::kStart) return false;
    const uint64_t born = trace.births[task].step;
    for (size_t i = born == Birth::kBeforeSteps ? 0 : EventOf(born) + 1; i < events_.size(); ++i) {
      const PathEvent& event = events_[i];
      const Step& step = trace.steps[event.first_step];
      if (step.task == task) break;
      bool reached = reaches(step.kind);
      bool touched = object == 0 || step.object == object;
      for (size_t access = i == 0 ? 0 : events_[i - 1].accesses_end; access < event.accesses_end; ++access) {
        reached |= reaches(trace.accesses[access].kind);
        touched |= trace.accesses[access].object == object;
      }
      if (reached && touched) return true;
    }
    return false;
  };
  TaskSet tasks = 0;
  for (const Arrival& arrival : trace.arrivals) {
    const uint32_t task = trace.steps[arrival.step].task;
    if (reached_before(task, arrival.kind, arrival.object)) tasks |= Only(tasks_.Of(trace, task, 0));
  }
  std::vector<bool> began(trace.births.size());
  for (const Step& step : trace.steps) {
    if (step.task == Step::kTimerTask || began[step.task]) continue;
    began[step.task] = true;
    if (step.threw && reached_before(step.task, step.kind, step.object)) tasks |= Only(tasks_.Of(trace, step.task, 0));
  }
  return tasks;
}

ReducedSearch::TaskSet ReducedSearch::StartedInVain(const Trace& trace) {
  if (redundant_from_ == kNone) return 0;
  TaskSet tasks = 0;
  const uint64_t begin = redundant_from_ == 0 ? 0 : events_[redundant_from_ - 1].steps_end;
  const Arrival* arrival = std::ranges::lower_bound(trace.arrivals, begin, {}, &Arrival::step);
  for (; arrival != trace.arrivals.end() && arrival->step < events_[redundant_from_].first_step; ++arrival) {
    tasks |= Only(tasks_.Of(trace, trace.steps[arrival->step].task, 0));
  }
  return tasks;
}

bool ReducedSearch::StepsBear(const Trace& trace) const {
  return std::any_of(trace.births.begin() + tasks_.roots(), trace.births.end(), [&](const Birth& birth) {
    return birth.step < trace.steps.size() && trace.steps[birth.step].kind != OpKind::kSpawn;
  });
}

// The start found that its task's first operation could not take effect.
void ReducedSearch::AddArrival(const Trace& trace, PathEvent& event) {
  const Arrival* arrival = trace.ArrivalIn(event.first_step);
  if (arrival == nullptr) return;
  // One that drew, or touched something (who waits to be met does), is a step of its own wherever it is.
  event.stood = !event.chose_inside && event.accesses_end == accesses_;
  if ((starts_matter_ >> event.task & 1) == 0 && !trace.BearsATask(arrival->step)) return;
  // It waits for tasks, or for several things.
  if (arrival->kind == OpKind::kJoin || arrival->kind == OpKind::kSelect) {
    event.footprint = footprints_.Add(event.footprint, kEverything);
    return;
  }
  if (arrival->object == 0) return;  // for its time, or its turn: for nobody
  // As one that reads, with which what gives conflicts.
  const Rule rule = RuleOf(OpKind::kRead, static_cast<ObjectKind>(arrival->object_kind));
  event.footprint =
      footprints_.Add(event.footprint, {footprints_.IdOf(trace, arrival->object), OpKind::kRead, rule.mode});
}

void ReducedSearch::AddUnseenStart(const Trace& trace, PathEvent& event) {
  const auto of_task = [&event](const PathEvent& other) { return other.task == event.task; };
  if (std::any_of(events_.begin(), events_.end() - 1, of_task)) return;
  const uint32_t id = trace.steps[event.first_step].task;
  const auto start = std::ranges::find_if(trace.arrivals,
                                          [&](const Arrival& arrival) { return trace.steps[arrival.step].task == id; });
  if (start != trace.arrivals.end() && start->step < event.first_step) {
    cancels_.AddStart(trace, start->step, event.footprint);
  }
}

bool ReducedSearch::EndsTheProgram(const Trace& trace, const PathEvent& event) const {
  return std::any_of(trace.ends.begin(), trace.ends.end(), [&](const End& end) {
    const Birth& birth = trace.births[end.task];
    return end.step >= event.first_step && end.step < event.steps_end &&
           (birth.step == Birth::kBeforeSteps || birth.lifetime == Lifetime::kProgram);
  });
}

uint32_t ReducedSearch::EventOf(size_t step) const {
  const auto after = [](size_t at, const PathEvent& event) { return at < event.first_step; };
  return static_cast<uint32_t>(std::upper_bound(events_.begin(), events_.end(), step, after) - events_.begin()) - 1;
}

// Timers that the event disarmed could have struck before it.
void ReducedSearch::CollectMissed(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  for (const Disarmed& disarmed : trace.disarmed) {
    if (disarmed.step < event.first_step || disarmed.step >= event.steps_end) continue;
    const uint32_t timer = tasks_.Of(trace, Step::kTimerTask, disarmed.timer);
    PlannedStep strikes{timer, PlannedStep::kNoPartner, false,
                        false, InsideChoices::kPlain,   cancels_.StrikeOf(trace, disarmed)};
    if (inside_seen_) WidenToMay(timer, index + 1, Place(), strikes.footprint);
    order_.Miss(timer, strikes.footprint, races_);
    for (const HappensBefore::Race& race : races_) missed_.push_back({strikes, race.event, index + 1});
  }
}

// Tasks that still wait at the end, or where the execution began to repeat another.
void ReducedSearch::AnalysePending(const Trace& trace, uint32_t end) {
  TaskSet moved = 0;
  for (uint32_t index = end; index < events_.size(); ++index) {
    const PathEvent& event = events_[index];
    CollectStands(trace, index);
    const std::vector<HappensBefore::Stand> stands = stands_;
    for (const uint32_t task : {event.task, uint32_t{event.partner}}) {
      if (task >= kTasksMax || (moved >> task & 1) != 0) continue;
      moved |= Only(task);
      stands_.clear();
      for (const HappensBefore::Stand& stand : stands) {
        if (stand.task == task) stands_.push_back(stand);
      }
      // The other way round for the partner: what both did.
      const Step& step = trace.steps[event.first_step];
      if (task == event.task || !stands_.empty()) {
        PendingRaces(task, event.footprint, WaitsOf(trace, task, step.task, event.footprint, step.open, index));
      }
    }
  }
  for (size_t i = 0; i < trace.pending.size(); ++i) {
    const Pending& pending = trace.pending[i];
    uint32_t task = tasks_.Of(trace, pending.task, 0);
    if ((moved >> task & 1) != 0) continue;
    StepFootprint operation = PendingFootprint(trace, i);
    if (inside_seen_) WidenToMay(task, events_.size(), pending.place, operation);
    const auto end = static_cast<uint32_t>(events_.size());
    PendingRaces(task, cancels_.WithReach(trace, pending.task, operation),
                 WaitsOf(trace, task, pending.task, operation, pending.open, end));
  }
}

void ReducedSearch::PendingRaces(uint32_t task, const StepFootprint& operation, const HappensBefore::Waits& waits) {
  if ((operation.mode == Mode::kNone && stands_.empty()) || !Takes(operation.kind)) return;
  order_.Pend(task, operation, waits, stands_.data(), stands_.size(), races_);
  const uint32_t end = order_.size();
  for (const HappensBefore::Race& race : races_) {
    const PlannedStep own{task, PlannedStep::kNoPartner, false, false, InsideChoices::kPlain, operation};
    TellRace(SecondOf(race, own), race.event, end, end, true);
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
    if (!candidates_.Has(task) || task == events_[last].task || task == events_[last].partner) continue;
    StepFootprint operation = cancels_.WithReach(trace, pending.task, PendingFootprint(trace, i));
    // What one that has not begun will do nobody knows.
    if (operation.kind == OpKind::kStart) operation.mode = Mode::kEverything;
    steps_.clear();
    moving_ = Only(task);
    steps_.push_back({task, PlannedStep::kNoPartner, false, false, InsideChoices::kPlain, operation});
    stable_ = steps_.size();
    // The end comes after it: a task that sleeps does not cover what it would not come before.
    if (ends_matter_ && plans_later()) {
      steps_.push_back(events_[last]);
      moving_ |= Only(events_[last].task);
    }
    TellSecond(last);
  }
}

}  // namespace fate::sim
