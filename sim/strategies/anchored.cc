#include "fate/sim/strategies/anchored.h"

#include <iterator>

#include "fate/base/mix.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

Anchored::Anchored(const std::vector<AnchoredDeviation>& deviations) {
  for (const AnchoredDeviation& deviation : deviations) {
    (deviation.when_it_stops ? stops_ : deviations_)[deviation.at] = deviation;
  }
}

void Anchored::BeginExecution(uint64_t number) {
  if (strict_) strict_->BeginExecution(number);
  stops_left_ = stops_;
  seen_ = 0;
  steps_.clear();
  here_ = {};
  last_task_ = 0;
  taken_.clear();
  cost_ = {};
}

void Anchored::CatchUp(const Trace& trace) {
  for (; seen_ < trace.steps.size(); ++seen_) {
    const Step& step = trace.steps[seen_];
    uint64_t path = trace.PathOf(step.task, step.outcome);
    uint64_t steps = ++steps_[path];
    if (step.joined) continue;  // the partner in a rendezvous: the step is the other's
    here_ = {path, steps, 0};
    cost_.switches += last_task_ != 0 && path != last_task_;
    last_task_ = path;
  }
}

const AnchoredDeviation* Anchored::Find(const ChoicePoint& point) {
  if (auto exact = deviations_.find(here_); exact != deviations_.end()) return &exact->second;
  if (point.kind != ChoiceKind::kTask || point.preferred != nullptr) return nullptr;
  // The last of the task's that is not after here.
  auto after = stops_left_.upper_bound(here_);
  if (after == stops_left_.begin()) return nullptr;
  auto last = std::prev(after);
  if (last->first.task != here_.task) return nullptr;
  const AnchoredDeviation& deviation = stops_.at(last->first);
  stops_left_.erase(last);  // once
  return &deviation;
}

uint32_t Anchored::OptionAt(const ChoicePoint& point) {
  const AnchoredDeviation* deviation = Find(point);
  if (deviation == nullptr || deviation->kind != static_cast<uint32_t>(point.kind)) return 0;
  uint64_t target = deviation->target;
  if (point.kind != ChoiceKind::kTask) return target < point.options ? static_cast<uint32_t>(target) : 0;
  for (uint32_t option = 1; option < point.options; ++option) {
    const TaskRecord& task = point.task(option);
    if (point.execution->trace.PathOf(task.id, task.path_hash) == target) return option;
  }
  return 0;
}

uint32_t Anchored::Choose(const ChoicePoint& point) {
  CatchUp(point.execution->trace);
  uint32_t option = strict_ ? strict_->Choose(point) : OptionAt(point);
  if (option != 0 && option < point.options) {
    uint64_t target = option;
    bool preempts = point.kind == ChoiceKind::kTask && point.preferred != nullptr;
    cost_.preemptions += preempts;
    if (point.kind == ChoiceKind::kTask) {
      const TaskRecord& task = point.task(option);
      target = point.execution->trace.PathOf(task.id, task.path_hash);
    }
    taken_.push_back({here_, static_cast<uint32_t>(point.kind), target, false, preempts});
  }
  ++here_.ordinal;
  return option;
}

bool Anchored::EndExecution(const Execution& execution) {
  if (strict_) strict_->EndExecution(execution);
  CatchUp(execution.trace);
  cost_.deviations = taken_.size();
  cost_.steps = execution.steps;
  return false;
}

}  // namespace fate::sim
