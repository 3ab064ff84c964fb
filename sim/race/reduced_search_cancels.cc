// What ReducedSearch knows of cancellations: which steps they conflict with (ScopeChains). As long as none was seen
// nobody asks.
#include <algorithm>

#include "fate/base/mix.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

bool Cancels(OpKind kind) { return kind == OpKind::kCancel || kind == OpKind::kTimeout; }

}  // namespace

uint32_t ReducedSearch::IdOfFlag(const Trace& trace, ScopeChains::Flag flag) {
  return footprints_.IdOfName(ScopeChains::NameOf(trace, flag));
}

// The flags in flags_, looked at: by a task where it stands (kLook), or inside a step.
StepFootprint ReducedSearch::WithLooks(const Trace& trace, const StepFootprint& footprint, OpKind kind) {
  if (flags_.empty()) return footprint;
  std::vector<Footprints::Part> looks;
  for (const ScopeChains::Flag flag : flags_) looks.push_back({IdOfFlag(trace, flag), kind, Mode::kRead});
  return footprints_.AddAll(footprint, looks);
}

// What the event cancels, if that is known, in place of "it conflicts with everything"; and where it leads its tasks.
void ReducedSearch::NameCancellations(const Trace& trace, PathEvent& event) {
  const Cancellation* cancellation = ScopeChains::From(trace, event.first_step);
  const Cancellation* end = cancellation;
  while (end != trace.cancellations.end() && end->step < event.steps_end) ++end;
  if (cancellation != end && !cancels_seen_) cancels_seen_ = restart_ = true;
  if (!cancels_seen_) return;
  flags_.clear();
  if (cancellation != end && std::all_of(cancellation, end, ScopeChains::IsKnown)) {
    event.footprint = footprints_.WithoutCancellations(event.footprint);
    if (Cancels(event.footprint.kind)) {
      event.footprint.object = IdOfFlag(trace, ScopeChains::Of(*cancellation++));
      event.footprint.mode = Mode::kChange;
    }
    std::vector<Footprints::Part> cancelled;
    for (; cancellation != end; ++cancellation) {
      cancelled.push_back({IdOfFlag(trace, ScopeChains::Of(*cancellation)), OpKind::kCancel, Mode::kChange});
      ScopeChains::AddAround(trace, *cancellation, flags_);
    }
    event.footprint = footprints_.AddAll(event.footprint, cancelled);
  }
  scope_chains_.MoveTo(trace, event.first_step);
  scope_chains_.AddVisits(trace, event.first_step, event.steps_end, flags_);
  event.footprint = WithLooks(trace, event.footprint, OpKind::kRead);
  AddEnds(trace, event);
}

// A join that a cancellation cut short came before the end of its task or after it, though neither did anything to
// the other: after it the join could have come before the cancellation, too.
void ReducedSearch::AddEnds(const Trace& trace, PathEvent& event) {
  constexpr uint64_t kEnd = 0x656e64;
  const auto end_of = [&](uint32_t task) { return footprints_.IdOfName(Mix(trace.births[task].path_hash, kEnd)); };
  const Step& step = trace.steps[event.first_step];
  if (step.kind == OpKind::kJoin && step.object_kind == static_cast<uint8_t>(ObjectKind::kTask)) {
    event.footprint = footprints_.Add(event.footprint, {end_of(step.object), OpKind::kRead, Mode::kRead});
  }
  const End* end = std::ranges::lower_bound(trace.ends, event.first_step, {}, &End::step);
  for (; end != trace.ends.end() && end->step < event.steps_end; ++end) {
    if (trace.births[end->task].step == Birth::kBeforeSteps) continue;
    if (trace.births[end->task].group != Birth::kNoGroup) continue;
    event.footprint = footprints_.Add(event.footprint, {end_of(end->task), OpKind::kWrite, Mode::kAdd});
  }
}

// What cancels a task of the event where it stood before it; what was cancelled before, if the event cancels.
void ReducedSearch::AddReach(const Trace& trace, PathEvent& event) {
  if (event.footprint.mode == Mode::kEverything) return;
  flags_.clear();
  scope_chains_.MoveTo(trace, event.first_step);
  for (size_t step = event.first_step; step < event.steps_end; ++step) {
    const uint32_t task = trace.steps[step].task;
    if (task != Step::kTimerTask) scope_chains_.AddOfTask(trace, task, flags_);
  }
  if (Cancels(event.footprint.kind)) {
    ScopeChains::AddAround(trace, *ScopeChains::From(trace, event.first_step), flags_);
  }
  event.footprint = WithLooks(trace, event.footprint, OpKind::kLook);
}

// The same of a task that still stands before an operation when the execution has ended.
StepFootprint ReducedSearch::WithReach(const Trace& trace, uint32_t task, const StepFootprint& operation) {
  if (!cancels_seen_ || operation.mode == Mode::kEverything) return operation;
  flags_.clear();
  scope_chains_.MoveTo(trace, trace.steps.size());
  scope_chains_.AddOfTask(trace, task, flags_);
  return WithLooks(trace, operation, OpKind::kLook);
}

// A timer that strikes.
StepFootprint ReducedSearch::StrikeOf(const Trace& trace, const Disarmed& disarmed) {
  if (!cancels_seen_ || disarmed.scope == 0) return {0, OpKind::kTimeout, Mode::kEverything, 0};
  const Cancellation cancellation{disarmed.step, disarmed.scope, Step::kTimerTask};
  flags_.clear();
  ScopeChains::AddAround(trace, cancellation, flags_);
  const uint32_t cancelled = IdOfFlag(trace, ScopeChains::Of(cancellation));
  return WithLooks(trace, {cancelled, OpKind::kTimeout, Mode::kChange, 0}, OpKind::kLook);
}

}  // namespace fate::sim
