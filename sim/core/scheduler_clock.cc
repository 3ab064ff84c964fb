// The scheduler's clock: virtual time, which moves only when no task can run.
#include <algorithm>
#include <utility>

#include "fate/sim/core/scheduler.h"

namespace fate::sim {

bool Scheduler::AdvanceClock() {
  context.task = nullptr;
  Timer* first = timers().PopDue(horizon_ns_);
  if (first == nullptr) {
    if (timers().empty()) return false;
    now_ns_ = horizon_ns_;
    horizon_ns_ = TimerQueue::kNever;
    execution_.hit_horizon = true;
    execution_.trace.clock_moves.push_back({execution_.trace.steps.size(), now_ns_});
    CallPlainly([this] { root_scope().Cancel(); });
    return true;
  }
  now_ns_ = first->deadline_ns();
  execution_.trace.clock_moves.push_back({execution_.trace.steps.size(), now_ns_});
  if (settings_.interleaving == Interleaving::kFifo) {
    FireTimersInChosenOrder(first);
    return true;
  }
  // A sleeper is ordered by the choice among ready tasks, and in the search a timeout due at the same
  // instant can still cancel it until it is chosen. Elsewhere a sleep takes effect when its timer fires:
  // there the order of the two is a choice.
  auto strikes = [](const Timer& timer) { return !timer.only_wakes(); };
  bool wakes_first = search() || !(strikes(*first) || timers().AnyElseDue(strikes));
  for (Timer* timer = first; timer != nullptr; timer = timers().PopDue(now_ns_)) {
    if (timer->only_wakes() && wakes_first) {
      timer->Fire();
      continue;
    }
    TaskRecord* stand_in = records().New();
    stand_in->runtime = this;
    stand_in->id = Step::kTimerTask;
    stand_in->path_hash = 0;  // tells it from the others due at this instant
    due_.push_back({timer, stand_in});
    ready_.Add(stand_in);
  }
  NameDue();
  return true;
}

// By whose they are, not by who armed first: steps that arm timers commute.
void Scheduler::NameDue() {
  if (due_.size() < 2) return;
  due_by_task_.clear();
  for (size_t i = 0; i < due_.size(); ++i) {
    const TaskRecord* task = due_[i].timer->waiting_task();
    due_by_task_.emplace_back(task == nullptr ? 0 : task->path_hash, i);
  }
  std::ranges::sort(due_by_task_);
  for (size_t i = 0; i < due_by_task_.size(); ++i) due_[due_by_task_[i].second].stand_in->path_hash = i;
}

void Scheduler::FireTimersInChosenOrder(Timer* first) {
  for (Timer* timer = first; timer != nullptr; timer = timers().PopDue(now_ns_)) {
    due_.push_back({timer, nullptr});
  }
  while (!due_.empty()) {
    uint32_t option = Choose(ChoiceKind::kTimer, static_cast<uint32_t>(due_.size()));
    Timer* timer = due_[option].timer;
    due_.erase(due_.begin() + option);
    CallPlainly([&] { timer->Fire(); });
  }
}

void Scheduler::FireDue(TaskRecord* stand_in) {
  context.task = nullptr;
  for (size_t i = 0; i < due_.size(); ++i) {
    if (due_[i].stand_in != stand_in) continue;
    Timer* timer = due_[i].timer;
    OpKind kind = timer->only_wakes() ? OpKind::kSleep : OpKind::kTimeout;
    execution_.trace.steps.push_back({.place = Place(),
                                      .task = Step::kTimerTask,
                                      .kind = kind,
                                      .outcome = static_cast<uint32_t>(stand_in->path_hash)});
    if (footprints_ && kind == OpKind::kTimeout) {
      execution_.trace.cancellations.push_back({execution_.trace.steps.size() - 1, timer->scope(), Step::kTimerTask});
    }
    RemoveDue(*timer);
    striking_ = true;
    CallPlainly([&] { timer->Fire(); });  // it may call what the user has to do on an abort
    striking_ = false;
    return;
  }
}

void Scheduler::CancelDue(Timer& timer) {
  for (const DueTimer& due : due_) {
    if (due.timer != &timer || due.stand_in == nullptr || frozen_) continue;
    execution_.trace.disarmed.push_back({execution_.trace.steps.size() - 1, due.stand_in->path_hash, timer.scope()});
  }
  RemoveDue(timer);
}

void Scheduler::RemoveDue(Timer& timer) {
  for (size_t i = 0; i < due_.size(); ++i) {
    if (due_[i].timer != &timer) continue;
    if (TaskRecord* stand_in = due_[i].stand_in; stand_in != nullptr) {
      if (stand_in->in_search && !frozen_) ready_.Remove(stand_in);
      records().Free(stand_in);
    }
    due_.erase(due_.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

}  // namespace fate::sim
