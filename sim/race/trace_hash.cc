#include "fate/sim/race/trace_hash.h"

#include "fate/base/mix.h"

namespace fate::sim {

uint64_t& TraceHash::TaskOf(const Trace& trace, const Step& step) {
  if (step.task == Step::kTimerTask) {
    constexpr uint64_t kTimer = 0x74696d6572;
    return timer_ = Mix(kTimer, step.outcome);
  }
  for (size_t id = tasks_.size(); id <= step.task; ++id) {
    tasks_.push_back(trace.births[id].path_hash);
    condition_.push_back(0);
  }
  return tasks_[step.task];
}

void TraceHash::AddPart(OpKind kind, uint32_t object, uint16_t object_kind) {
  Mode mode = RuleOf(kind, static_cast<ObjectKind>(object_kind)).mode;
  if (mode == Mode::kEverything) everything_ = true;
  // The object of a join is a task: no shared object, and numbered otherwise.
  if (mode == Mode::kNone || object == 0 || static_cast<ObjectKind>(object_kind) == ObjectKind::kTask) return;
  parts_.push_back({object, mode});
}

uint64_t TraceHash::Event(uint64_t tasks) {
  for (const Part& part : parts_) {
    if (part.object >= objects_.size()) objects_.resize(part.object + 1);
    ObjectState& object = objects_[part.object];
    if (object.mode != part.mode || part.mode == Mode::kChange) {
      object.before = Mix(object.before, object.group);
      object.group = 0;
      object.mode = part.mode;
    }
    tasks += Mix(object.before, static_cast<uint64_t>(part.mode));
  }
  if (everything_) tasks += total_;
  uint64_t event = Mix(global_, tasks);
  for (const Part& part : parts_) objects_[part.object].group += event;
  if (everything_) global_ = event;
  total_ += event;
  return event;
}

uint64_t TraceHash::Of(const Execution& execution) {
  const Trace& trace = execution.trace;
  objects_.clear();
  tasks_.clear();
  condition_.clear();
  total_ = global_ = 0;
  size_t access = 0;
  size_t move = 0;
  size_t count = trace.steps.size();
  for (size_t first = 0, end = 0; first < count; first = end) {
    bool moved = false;
    for (; move < trace.clock_moves.size() && trace.clock_moves[move].step <= first; ++move) moved = true;
    if (moved) global_ = Mix(global_, total_);
    end = first + 1;
    while (end < count && trace.steps[end].joined) ++end;
    parts_.clear();
    everything_ = false;
    uint64_t tasks = 0;
    bool selected = false;
    bool recorded = false;
    for (size_t i = first; i < end; ++i) {
      const Step& step = trace.steps[i];
      const bool selects = step.kind == OpKind::kSelect;
      // Of a select, which branch.
      tasks += Mix(TaskOf(trace, step), static_cast<uint64_t>(step.kind) | (selects ? uint64_t{step.branch} << 8 : 0));
      selected = selected || selects;
      // What a select may do is among the accesses.
      if (!selects) AddPart(step.kind, step.object, step.object_kind);
      if (step.task == Step::kTimerTask) continue;
      // A wake stands at the mutex; the condition it was notified through is that of the step before.
      uint32_t& condition = condition_[step.task];
      if (step.kind == OpKind::kConditionWake && condition != 0) parts_.push_back({condition, Mode::kRead});
      condition = step.kind == OpKind::kConditionWait ? step.object : 0;
    }
    bool touched = access < trace.accesses.size() && trace.accesses[access].step < end;
    for (; access < trace.accesses.size() && trace.accesses[access].step < end; ++access) {
      const Access& inside = trace.accesses[access];
      // Whether it was there in time is told by whom a try form met.
      if (inside.kind == OpKind::kOffer) continue;
      recorded = recorded || inside.may;
      AddPart(inside.kind, inside.object, inside.object_kind);
    }
    if (selected && !recorded) everything_ = true;
    // Nobody can tell when a prologue ran.
    if (trace.steps[first].kind == OpKind::kStart && !touched && end == first + 1) continue;
    uint64_t event = Event(tasks);
    for (size_t i = first; i < end; ++i) {
      uint64_t& task = TaskOf(trace, trace.steps[i]);
      task = Mix(event, task);
    }
  }
  for (size_t i = 0; i < execution.choices.size(); ++i) {
    const Choice& choice = execution.choices[i];
    // The steps tell who ran, who met whom, and which branch was taken.
    if (choice.choice_kind() == ChoiceKind::kTask || choice.choice_kind() == ChoiceKind::kPartner ||
        choice.choice_kind() == ChoiceKind::kBranch) {
      continue;
    }
    total_ += Mix(choice.kind, choice.option);
  }
  return total_;
}

}  // namespace fate::sim
