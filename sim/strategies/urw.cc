#include "fate/sim/strategies/urw.h"

namespace fate::sim {

uint32_t Urw::Pick(const ChoicePoint& point) {
  const bool changed = CandidatesChanged(point);
  walk_.Follow(point, counts_, changed, unseen_step());
  const uint32_t slot = SlotAt(DrawBelow(prng(), walk_.total()), walk_.by_slot());
  walk_.Takes(point, slot);
  return OptionOf(point, slot);
}

void Urw::Learn(const Execution& execution) {
  events_.assign(execution.trace.births.size(), 0);
  for (const Step& step : execution.trace.steps) {
    if (step.task < events_.size()) ++events_[step.task];
  }
  counts_.Note(execution, events_);
}

}  // namespace fate::sim
