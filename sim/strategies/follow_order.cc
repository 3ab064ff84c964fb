#include "fate/sim/strategies/follow_order.h"

#include <algorithm>

#include "fate/runtime/task_record.h"

namespace fate::sim {

void FollowOrder::BeginExecution(uint64_t) {
  seen_ = first_ = 0;
  made_.clear();
  begun_.clear();
  here_ = {};
  inside_here_ = 0;
}

void FollowOrder::CatchUp(const Trace& trace) {
  for (; seen_ < trace.steps.size(); ++seen_) {
    const Step& step = trace.steps[seen_];
    const uint64_t path = trace.PathOf(step.task, step.outcome);
    begun_[path] = true;
    const uint64_t ordinal = step.kind == OpKind::kStart ? 0 : ++made_[path];
    if (step.joined) continue;
    here_ = {path, ordinal};
    inside_here_ = 0;
  }
}

uint32_t FollowOrder::OptionOf(const ChoicePoint& point, uint64_t path) const {
  for (uint32_t option = 0; option < point.options; ++option) {
    const TaskRecord& task = point.task(option);
    if (point.execution->trace.PathOf(task.id, task.path_hash) == path) return option;
  }
  return Strategy::kStop;
}

uint32_t FollowOrder::Choose(const ChoicePoint& point) {
  CatchUp(point.execution->trace);
  if (point.kind != ChoiceKind::kTask) {
    const auto found = inside_.find({here_, inside_here_++});
    return found != inside_.end() && found->second < point.options ? found->second : 0;
  }
  const auto made = [this](const StepOrder::Name& name) {
    return name.ordinal == 0 ? begun_.contains(name.task) : made_[name.task] >= name.ordinal;
  };
  while (first_ < order_.size() && made(order_[first_])) ++first_;
  const size_t end = std::min(order_.size(), first_ + kReach);
  for (size_t i = first_; i < end; ++i) {
    if (made(order_[i])) continue;
    const uint32_t option = OptionOf(point, order_[i].task);
    if (option != kStop) return option;
  }
  return 0;
}

}  // namespace fate::sim
