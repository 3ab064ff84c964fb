#include "fate/sim/strategies/urw.h"

namespace fate::sim {

void Urw::Rebuild(const ChoicePoint& point) {
  const Trace& trace = point.execution->trace;
  weights_.Follow(*point.execution, counts_, [](uint32_t, uint32_t, uint32_t) {});
  for (size_t i = unseen_step(); i < trace.steps.size(); ++i)
    weights_.MadeEvent(trace.steps[i].task);
  by_slot_.resize(point.options);
  total_ = 0;
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    by_slot_[slot] = WeightOf(point.ready->at(slot).task->id);
    total_ += by_slot_[slot];
  }
}

uint32_t Urw::Pick(const ChoicePoint& point) {
  if (CandidatesChanged(point)) [[unlikely]] {
    Rebuild(point);
  } else {
    weights_.MadeEvent(ran_task_);
    uint32_t now = WeightOf(ran_task_);
    total_ -= by_slot_[ran_slot_] - now;
    by_slot_[ran_slot_] = now;
  }
  ran_slot_ = SlotAt(DrawBelow(prng(), total_), by_slot_);
  ran_task_ = point.ready->at(ran_slot_).task->id;
  return OptionOf(point, ran_slot_);
}

void Urw::Learn(const Execution& execution) {
  events_.assign(execution.trace.births.size(), 0);
  for (const Step& step : execution.trace.steps) {
    if (step.task < events_.size()) ++events_[step.task];
  }
  counts_.Note(execution, events_);
}

}  // namespace fate::sim
