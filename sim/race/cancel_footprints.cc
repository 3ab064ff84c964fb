#include "fate/sim/race/cancel_footprints.h"

#include <algorithm>
#include <utility>

#include "fate/base/mix.h"

namespace fate::sim {

namespace {

bool IsCancellation(OpKind kind) { return kind == OpKind::kCancel || kind == OpKind::kTimeout; }

}  // namespace

// The flags in flags_, looked at: by a task where it stands (kLook), or inside a step.
StepFootprint CancelFootprints::WithLooks(const Trace& trace, const StepFootprint& footprint, OpKind kind) {
  if (flags_.empty()) return footprint;
  std::vector<Footprints::Part> looks;
  for (const ScopeChains::Flag flag : flags_) looks.push_back({IdOfFlag(trace, flag), kind, Mode::kRead});
  return footprints_.AddAll(footprint, looks);
}

StepFootprint CancelFootprints::WithNames(const Trace& trace, size_t first, size_t end,
                                          const StepFootprint& footprint) {
  flags_.clear();
  const Cancellation* cancellation = ScopeChains::From(trace, first);
  const Cancellation* last = cancellation;
  while (last != trace.cancellations.end() && last->step < end) ++last;
  if (cancellation == last || !std::all_of(cancellation, last, ScopeChains::IsKnown)) return footprint;
  StepFootprint named = footprints_.WithoutCancellations(footprint);
  if (IsCancellation(named.kind)) {
    named.object = IdOfFlag(trace, ScopeChains::Of(*cancellation++));
    named.mode = Mode::kChange;
  }
  std::vector<Footprints::Part> cancelled;
  for (; cancellation != last; ++cancellation) {
    cancelled.push_back({IdOfFlag(trace, ScopeChains::Of(*cancellation)), OpKind::kCancel, Mode::kChange});
    ScopeChains::AddAround(trace, *cancellation, flags_);
  }
  return footprints_.AddAll(named, cancelled);
}

bool CancelFootprints::Name(const Trace& trace, size_t first, size_t end, StepFootprint& footprint) {
  const Cancellation* cancellation = ScopeChains::From(trace, first);
  const bool is_first = !seen_ && cancellation != trace.cancellations.end() && cancellation->step < end;
  seen_ = seen_ || is_first;
  if (!seen_) return false;
  footprint = WithNames(trace, first, end, footprint);
  chains_.MoveTo(trace, first);
  ScopeChains::AddVisits(trace, first, end, flags_);
  footprint = WithLooks(trace, footprint, OpKind::kRead);
  return AddEnds(trace, first, end, footprint) || is_first;
}

void CancelFootprints::NameStep(const Trace& trace, size_t step, StepFootprint& footprint) {
  if (!seen_) return;
  footprint = WithNames(trace, step, step + 1, footprint);
  ScopeChains::AddVisits(trace, step, step + 1, flags_);
  footprint = WithLooks(trace, footprint, OpKind::kRead);
}

// A join that a cancellation cut short came before the end of its task or after it, though neither did anything to
// the other: after it the join could have come before the cancellation, too. Of tasks whose joins are never cut short
// nobody need know in which step they end.
bool CancelFootprints::AddEnds(const Trace& trace, size_t first, size_t end, StepFootprint& footprint) {
  constexpr uint64_t kEnd = 0x656e64;
  const auto end_of = [&](uint32_t task) { return footprints_.IdOfName(Mix(trace.births[task].path_hash, kEnd)); };
  bool is_new = false;
  const Step& step = trace.steps[first];
  if (step.kind == OpKind::kJoin && step.object_kind == static_cast<uint8_t>(ObjectKind::kTask)) {
    const uint32_t joined = end_of(step.object);
    if (step.threw) is_new = cut_short_.insert(joined).second;
    if (cut_short_.contains(joined)) footprint = footprints_.Add(footprint, {joined, OpKind::kRead, Mode::kRead});
  }
  if (cut_short_.empty()) return false;
  const End* ended = std::ranges::lower_bound(trace.ends, first, {}, &End::step);
  for (; ended != trace.ends.end() && ended->step < end; ++ended) {
    const uint32_t own = end_of(ended->task);
    if (cut_short_.contains(own)) footprint = footprints_.Add(footprint, {own, OpKind::kWrite, Mode::kAdd});
  }
  return is_new;
}

void CancelFootprints::AddStart(const Trace& trace, uint64_t start, StepFootprint& footprint) {
  flags_.clear();
  ScopeChains::AddStart(trace, start, flags_);
  footprint = WithLooks(trace, footprint, OpKind::kRead);
}

bool CancelFootprints::NoteFreed(const StepFootprint& footprint) {
  if (!seen_) return false;
  bool changes = false;
  Cancelled cancelled;
  const auto note = [&](const Footprints::Part& part) {
    if (!IsCancellation(part.kind)) {
      // Who comes to stand before a rendezvous, which is the last thing in a step, or goes, lets nobody go on before.
      const bool opens = part.mode != Mode::kNone && part.mode != Mode::kRead && part.kind != OpKind::kOffer;
      changes = changes || opens;
    } else if (part.mode == Mode::kEverything) {
      cancelled.all = true;
    } else {
      cancelled.flags.insert(part.object);
    }
  };
  note({footprint.object, footprint.kind, footprint.mode});
  for (const Footprints::Part& part : footprints_.inside(footprint)) note(part);
  const auto add = [&cancelled](Cancelled& to) {
    bool is_new = cancelled.all && !std::exchange(to.all, true);
    for (const uint32_t flag : cancelled.flags) is_new = to.flags.insert(flag).second || is_new;
    return is_new;
  };
  add(cancelled_);
  return changes && add(freed_);
}

bool CancelFootprints::Reaches(const Cancelled& cancelled, const Trace& trace, uint32_t task) {
  if (cancelled.all) return true;
  flags_.clear();
  ScopeChains::AddOfNewborn(trace, task, flags_);
  return std::ranges::any_of(flags_,
                             [&](ScopeChains::Flag flag) { return cancelled.flags.contains(IdOfFlag(trace, flag)); });
}

void CancelFootprints::AddReach(const Trace& trace, size_t first, size_t end, StepFootprint& footprint) {
  if (!seen_ || footprint.mode == Mode::kEverything) return;
  flags_.clear();
  chains_.MoveTo(trace, first);
  for (size_t step = first; step < end; ++step) {
    const uint32_t task = trace.steps[step].task;
    if (task != Step::kTimerTask) chains_.AddOfTask(trace, task, flags_);
  }
  if (IsCancellation(footprint.kind)) ScopeChains::AddAround(trace, *ScopeChains::From(trace, first), flags_);
  footprint = WithLooks(trace, footprint, OpKind::kLook);
}

StepFootprint CancelFootprints::WithReach(const Trace& trace, uint32_t task, const StepFootprint& operation) {
  if (!seen_ || operation.mode == Mode::kEverything) return operation;
  flags_.clear();
  chains_.MoveTo(trace, trace.steps.size());
  chains_.AddOfTask(trace, task, flags_);
  return WithLooks(trace, operation, OpKind::kLook);
}

StepFootprint CancelFootprints::StrikeOf(const Trace& trace, const Disarmed& disarmed) {
  if (!seen_ || disarmed.scope == 0) return {0, OpKind::kTimeout, Mode::kEverything, 0};
  const Cancellation cancellation{disarmed.step, disarmed.scope, Step::kTimerTask};
  flags_.clear();
  ScopeChains::AddAround(trace, cancellation, flags_);
  const uint32_t cancelled = IdOfFlag(trace, ScopeChains::Of(cancellation));
  return WithLooks(trace, {cancelled, OpKind::kTimeout, Mode::kChange, 0}, OpKind::kLook);
}

}  // namespace fate::sim
