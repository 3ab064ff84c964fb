#include "fate/sim/strategies/follow_names.h"

#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

void FollowNames::BeginExecution(uint64_t) {
  names_.Clear();
  taken_.assign(alignment_.deviations.size(), false);
  followed_ = 0;
}

bool FollowNames::Fits(const DeviationToFollow& one, const ChoicePoint& point) const {
  const NamedDeviation& deviation = one.deviation;
  if (deviation.kind != point.kind || deviation.task != names_.task()) return false;
  const bool stopped = deviation.kind == ChoiceKind::kTask && !deviation.before;
  if (stopped && point.preferred != nullptr) return false;
  const bool exactly_here = names_.last() == deviation.after && names_.ordinal() == deviation.ordinal;
  switch (one.match.by) {
    case Match::By::kBefore:
      return deviation.before ? names_.Before(point) == deviation.before : exactly_here;
    case Match::By::kAfter:
      return stopped ? names_.MadeBy(names_.task(), deviation.after.kind) >= deviation.after.nth : exactly_here;
    case Match::By::kPosition: {
      const int64_t steps = static_cast<int64_t>(deviation.steps) + one.match.shift;
      const int64_t made = static_cast<int64_t>(names_.steps());
      return stopped ? made >= steps : made == steps && names_.ordinal() == deviation.ordinal;
    }
  }
  return false;
}

std::optional<uint32_t> FollowNames::OptionOf(const NamedDeviation& deviation, const ChoicePoint& point) {
  if (deviation.kind != ChoiceKind::kTask) {
    if (deviation.option < point.options) return deviation.option;
    return std::nullopt;
  }
  for (uint32_t option = 0; option < point.options; ++option) {
    if (StepNames::PathOf(point, option) == deviation.target) return option;
  }
  return std::nullopt;
}

uint32_t FollowNames::ThroughYield(const ChoicePoint& point) const {
  if (point.kind != ChoiceKind::kTask || point.preferred != nullptr) return 0;
  for (uint32_t option = 0; option < point.options; ++option) {
    const Operation* pending = point.task(option).pending;
    if (pending != nullptr && pending->yields() && StepNames::PathOf(point, option) == names_.task()) return option;
  }
  return 0;
}

uint32_t FollowNames::Choose(const ChoicePoint& point) {
  names_.CatchUp(point.execution->trace);
  std::optional<uint32_t> chosen;
  const std::vector<DeviationToFollow>& deviations = alignment_.deviations;
  for (size_t i = 0; i < deviations.size() && !chosen; ++i) {
    if (taken_[i] || !Fits(deviations[i], point)) continue;
    chosen = OptionOf(deviations[i].deviation, point);
    if (!chosen) continue;
    taken_[i] = true;
    ++followed_;
  }
  if (!chosen && alignment_.through_yields) chosen = ThroughYield(point);
  names_.CountChoice();
  return chosen.value_or(0);
}

}  // namespace fate::sim
