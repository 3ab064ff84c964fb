#include "fate/sim/strategies/interests.h"

#include <algorithm>

namespace fate::sim {

void Interests::LearnFrom(const Execution& execution) {
  struct Seen {
    uint32_t touches = 0;
    uint32_t first_task = 0;
    bool shared = false;
    bool changed = false;
    uint64_t bit = 0;
  };
  const Trace& trace = execution.trace;
  std::vector<Seen> objects;
  auto touches_object = [](const Step& step) {
    return step.object != 0 && step.object_kind != static_cast<uint16_t>(ObjectKind::kTask) && IsEvent(step.kind) &&
           step.task != Step::kTimerTask;
  };
  for (const Step& step : trace.steps) {
    if (!touches_object(step)) continue;
    if (step.object >= objects.size()) objects.resize(step.object + 1);
    Seen& seen = objects[step.object];
    if (seen.touches++ == 0) seen.first_task = step.task;
    seen.shared |= seen.first_task != step.task;
    seen.changed |= step.kind != OpKind::kLoad && step.kind != OpKind::kRead;
  }
  touches_.clear();
  for (Seen& seen : objects) {
    if (!seen.shared || !seen.changed || touches_.size() == kMost) continue;
    seen.bit = uint64_t{1} << touches_.size();
    touches_.push_back(seen.touches);
  }
  by_pair_.clear();
  by_place_.clear();
  paths_.clear();
  std::vector<bool> begun(trace.births.size());
  for (const Step& step : trace.steps) {
    if (step.task >= begun.size()) continue;
    uint64_t path = trace.births[step.task].path_hash;
    uint64_t bit = touches_object(step) ? objects[step.object].bit : 0;
    if (!begun[step.task] && step.kind != OpKind::kStart) {
      begun[step.task] = true;
      paths_[path] = bit;
    }
    if (bit == 0) continue;
    by_pair_[Mix(path, KeyOf(step.place))] |= bit;
    by_place_[KeyOf(step.place)] |= bit;
  }
}

}  // namespace fate::sim
