#include "fate/sim/core/trace.h"

#include <algorithm>

#include "fate/base/mix.h"

namespace fate::sim {

static_assert(sizeof(Step) == 24, "a step is written whole on every step");

void Trace::Clear() {
  steps.clear();
  clock_moves.clear();
  draws.clear();
  tried.clear();
  ends.clear();
  group_joins.clear();
  notified.clear();
  disarmed.clear();
  arrivals.clear();
  births.clear();
  scopes.clear();
  scope_visits.clear();
  cancellations.clear();
  accesses.clear();
  pending.clear();
  branches.clear();
  object_names.clear();
  if (telling.told) telling.Clear();
}

uint64_t Trace::PathOf(uint32_t task, uint64_t timer) const {
  constexpr uint64_t kTimer = 0x74696d6572;
  return task == Step::kTimerTask ? Mix(kTimer, timer) : births[task].path_hash;
}

bool Trace::EndsATask(uint64_t index) const {
  const End* end = std::ranges::lower_bound(ends, index, {}, &End::step);
  return end != ends.end() && end->step == index;
}

bool Trace::BearsATask(uint64_t index) const {
  for (size_t task = births.size(); task-- > 0 && births[task].step != Birth::kBeforeSteps;) {
    if (births[task].step <= index) return births[task].step == index;
  }
  return false;
}

const GroupJoin* Trace::JoinIn(uint64_t index) const {
  const GroupJoin* join = std::ranges::lower_bound(group_joins, index, {}, &GroupJoin::step);
  return join != group_joins.end() && join->step == index ? join : nullptr;
}

const Arrival* Trace::ArrivalIn(uint64_t index) const {
  const Arrival* arrival = std::ranges::lower_bound(arrivals, index, {}, &Arrival::step);
  return arrival != arrivals.end() && arrival->step == index ? arrival : nullptr;
}

int64_t Trace::TimeOf(uint64_t index) const {
  auto after = std::upper_bound(clock_moves.begin(), clock_moves.end(), index,
                                [](uint64_t step, const ClockMove& move) { return step < move.step; });
  return after == clock_moves.begin() ? 0 : std::prev(after)->now_ns;
}

uint64_t Trace::Hash() const {
  uint64_t hash = steps.size();
  size_t move = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    for (; move < clock_moves.size() && clock_moves[move].step == i; ++move) {
      hash = Mix(hash, static_cast<uint64_t>(clock_moves[move].now_ns));
    }
    const Step& step = steps[i];
    hash = Mix(hash, step.task < births.size() ? births[step.task].path_hash : step.task);
    hash = Mix(hash, (uint64_t{step.object} << 32) | step.outcome);
    hash = Mix(hash, (static_cast<uint64_t>(step.kind) << 1) | static_cast<uint64_t>(step.joined));
  }
  return hash;
}

}  // namespace fate::sim
