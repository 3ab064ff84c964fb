// Where the tasks of an event stood before it, as ReducedSearch tells HappensBefore: what they waited for, what their
// objects let through, whom they could have met.
#include <algorithm>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

// Who goes on once more in an event, whose first step is `first`, came to stand there within it.
bool GoesOnOnceMore(const Trace& trace, size_t first, size_t step) {
  const auto same = [&](const Step& before) { return before.task == trace.steps[step].task; };
  return std::any_of(&trace.steps[first], &trace.steps[step], same);
}

}  // namespace

HappensBefore::Waits ReducedSearch::WaitsOf(const Trace& trace, uint32_t task, uint32_t id,
                                            const StepFootprint& operation, Openings open, uint32_t before) const {
  HappensBefore::Waits waits{open.known()};
  if (operation.kind != OpKind::kConditionWake) return waits;
  while (before > 0 && events_[before - 1].task != task) --before;  // it waits since then
  const size_t begin = before == 0 ? 0 : events_[before - 1].first_step;
  waits.notified_by = HappensBefore::kNone;
  waits.mutex = operation.object;
  for (size_t i = trace.notified.size(); i-- > 0 && trace.notified[i].step >= begin;) {
    if (trace.notified[i].task == id) waits.notified_by = EventOf(trace.notified[i].step);
  }
  return waits;
}

ReducedSearch::TaskSet ReducedSearch::FreedOf(const Trace& trace) {
  TaskSet freed = 0;
  for (uint32_t id = 0; id < trace.births.size(); ++id) {
    if (cancels_.Frees(trace, id)) freed |= Only(tasks_.Of(trace, id, 0));
  }
  return freed;
}

// What was done first says it, or nobody: who unlocks a mutex does not, and who tries it in the same step comes too
// late.
void ReducedSearch::CollectOpened(const Trace& trace, uint32_t index) {
  opened_.clear();
  const auto add = [this](uint32_t object, Openings open) {
    const auto same = [object](const HappensBefore::Opened& before) { return before.object == object; };
    if (std::none_of(opened_.begin(), opened_.end(), same)) opened_.push_back({object, open});
  };
  const PathEvent& event = events_[index];
  add(event.footprint.object, trace.steps[event.first_step].open);
  for (size_t i = index == 0 ? 0 : events_[index - 1].accesses_end; i < event.accesses_end; ++i) {
    const Access& access = trace.accesses[i];
    if (access.object != 0) add(footprints_.IdOf(trace, access.object), access.open);
  }
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
    if (!accesses[i].is_branch() || accesses[i].object == 0) continue;
    add(accesses[i].kind, accesses[i].object, accesses[i].object_kind, true);
  }
}

void ReducedSearch::CollectStands(const Trace& trace, uint32_t index) {
  stands_.clear();
  const PathEvent& event = events_[index];
  const OpKind kind = event.footprint.kind;
  const bool alone = event.partner == PlannedStep::kNoPartner;
  if (alone && kind != OpKind::kSend && kind != OpKind::kReceive && kind != OpKind::kSelect) return;
  size_t access = index == 0 ? 0 : events_[index - 1].accesses_end;
  for (uint32_t step = event.first_step; step < event.steps_end; ++step) {
    const size_t begin = access;
    while (access < event.accesses_end && trace.accesses[access].step <= step) ++access;
    if (GoesOnOnceMore(trace, event.first_step, step)) continue;
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

// Who was met stood at a select, which could have taken another of its branches instead.
void ReducedSearch::TellPartners(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  if (event.choice == kNone) return;
  const TaskSet enabled = nodes_[index].enabled;
  for (size_t i = event.first_step + 1; i < event.steps_end; ++i) {
    const Step& step = trace.steps[i];
    if (step.kind != OpKind::kSelect || GoesOnOnceMore(trace, event.first_step, i)) continue;
    const uint32_t task = tasks_.Of(trace, step.task, step.outcome);
    if (enabled != 0 && (enabled >> task & 1) == 0) continue;
    steps_.clear();
    moving_ = Only(task);
    steps_.push_back({task, PlannedStep::kNoPartner, enabled == 0, false, InsideChoices::kPlain,
                      footprints_.Merge({0, OpKind::kSelect, Mode::kNone, 0}, event.footprint)});
    stable_ = steps_.size();
    TellSecond(index);
  }
}

}  // namespace fate::sim
