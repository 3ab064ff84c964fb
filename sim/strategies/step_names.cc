#include "fate/sim/strategies/step_names.h"

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

void StepNames::Clear() { *this = StepNames(); }

std::string StepNames::PathOf(const Trace& trace, uint32_t task, uint64_t timer) {
  if (task == Step::kTimerTask) return absl::StrCat("timer", timer);
  std::string path = absl::StrCat(trace.births[task].ordinal);
  for (task = trace.births[task].parent; task != Step::kTimerTask; task = trace.births[task].parent) {
    path.insert(0, absl::StrCat(trace.births[task].ordinal, "."));
  }
  return path;
}

std::string StepNames::PathOf(const ChoicePoint& point, uint32_t option) {
  const TaskRecord& task = point.task(option);
  return PathOf(point.execution->trace, task.id, task.path_hash);
}

void StepNames::CatchUp(const Trace& trace) {
  for (; seen_ < trace.steps.size(); ++seen_) {
    const Step& step = trace.steps[seen_];
    std::string task = PathOf(trace, step.task, step.outcome);
    const uint64_t steps = ++steps_of_[task];
    const uint64_t nth = ++made_[{task, step.kind}];
    if (step.joined) continue;  // the partner in a rendezvous: the step is the other's
    task_ = std::move(task);
    last_ = {step.kind, nth};
    steps_ = steps;
    ordinal_ = 0;
  }
}

uint64_t StepNames::MadeBy(const std::string& task, OpKind kind) const {
  const auto made = made_.find({task, kind});
  return made == made_.end() ? 0 : made->second;
}

std::optional<NthOperation> StepNames::Before(const ChoicePoint& point) const {
  if (point.kind != ChoiceKind::kTask || point.preferred == nullptr || point.preferred->pending == nullptr) return {};
  const std::string task = PathOf(point, 0);
  if (task != task_) return {};
  const OpKind kind = point.preferred->pending->kind();
  return NthOperation{kind, MadeBy(task, kind) + 1};
}

}  // namespace fate::sim
