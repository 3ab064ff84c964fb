// What ReducedSearch does about what steps do inside them: it is recorded, and each step is held to do all that was
// ever seen to be done where it stands.
#include <algorithm>
#include <cstdint>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

// Inside a step in which more than two tasks went on.
constexpr Footprints::Part kCrowd{0, OpKind::kStart, Mode::kEverything};

}  // namespace

// What a step did besides its operation, and what its partner did.
void ReducedSearch::AbsorbInside(const Trace& trace, PathEvent& event) {
  size_t access = accesses_;
  for (size_t step = event.first_step; step < event.steps_end; ++step) {
    size_t begin = access;
    while (access < event.accesses_end && trace.accesses[access].step <= step) ++access;
    const Access* accesses = trace.accesses.data() + begin;
    if (step == event.first_step) {
      event.footprint = footprints_.Of(trace, trace.steps[step], accesses, access - begin);
    } else {
      if (event.partner == PlannedStep::kNoPartner) event.partner = tasks_.Of(trace, trace.steps[step].task, 0);
      event.footprint = footprints_.Join(trace, event.footprint, trace.steps[step], accesses, access - begin);
    }
  }
  // More than two tasks.
  if (event.steps_end > event.first_step + 2) event.footprint = footprints_.Add(event.footprint, kCrowd);
}

uint64_t ReducedSearch::WhereOf(uint32_t task, size_t end, Place place, OpKind kind, uint32_t& ordinal) const {
  constexpr uint64_t kFine = 32;
  for (size_t i = end; i-- > 0;) {
    if (events_[i].task != task) continue;
    // One with the start where it need not wait.
    ordinal = events_[i].ordinal + (events_[i].stood ? 0 : 1);
    break;
  }
  // After many surprises, by place alone: fewer are left.
  uint64_t where = Mix(task, restarts_.times < kFine ? ordinal + 1 : 0);
  return Mix(where, (uint64_t{place.line()} << 8) | static_cast<uint64_t>(kind));
}

// What the steps before it did is as good as if it had been looked at from the start, as long as nothing was explored
// below them, here or, where the search is split, by others.
void ReducedSearch::SeeInside(const Trace& trace) {
  inside_seen_ = true;
  if (executions_ != started_at_ || floor_ != 0) {
    restart_ = true;
    return;
  }
  for (uint32_t before = 0; before + 1 < events_.size(); ++before) WidenToAllSeen(trace, before);
}

void ReducedSearch::WidenToAllSeen(const Trace& trace, uint32_t index) {
  PathEvent& event = events_[index];
  const Place place = trace.steps[event.first_step].place;
  const uint64_t where = WhereOf(event.task, index, place, event.footprint.kind, event.ordinal);
  auto [may, is_new] = may_.try_emplace(where, 0);
  if (footprints_.Widen(event.footprint, may->second) && !is_new) restart_ = true;
  if (event.partner != PlannedStep::kNoPartner) [[unlikely]]
    WidenPartners(trace, index);
  SettleCrowd(event.footprint);
}

// By what the others do in it where they stand; whoever stands there may meet somebody else.
void ReducedSearch::WidenPartners(const Trace& trace, uint32_t index) {
  PathEvent& event = events_[index];
  size_t access = index == 0 ? 0 : events_[index - 1].accesses_end;
  for (size_t i = event.first_step; i < event.steps_end; ++i) {
    const size_t begin = access;
    while (access < event.accesses_end && trace.accesses[access].step <= i) ++access;
    if (i == event.first_step) continue;
    const Step& step = trace.steps[i];
    const StepFootprint nothing{0, step.kind, Mode::kNone, 0};
    StepFootprint own = footprints_.WithAccesses(trace, nothing, trace.accesses.data() + begin, access - begin);
    cancels_.NameStep(trace, i, own);
    uint32_t ordinal = 0;
    const uint64_t where = WhereOf(tasks_.Of(trace, step.task, 0), index, step.place, step.kind, ordinal);
    auto [may, is_new] = may_.try_emplace(where, 0);
    if (footprints_.Widen(own, may->second) && !is_new) restart_ = true;
    event.footprint = footprints_.Merge(event.footprint, own);
  }
}

// By what it would do inside after `end` events, as far as anybody has seen; a surprise about it counts from now on.
void ReducedSearch::WidenToMay(uint32_t task, size_t end, Place place, StepFootprint& operation) {
  uint32_t ordinal = 0;
  uint16_t& may = may_[WhereOf(task, end, place, operation.kind, ordinal)];
  footprints_.Widen(operation, may);
  SettleCrowd(operation);
}

void ReducedSearch::SettleCrowd(StepFootprint& footprint) const {
  const auto& inside = footprints_.inside(footprint);
  if (std::find(inside.begin(), inside.end(), kCrowd) == inside.end()) return;
  footprint.mode = Mode::kEverything;
  footprint.inside = 0;
}

}  // namespace fate::sim
