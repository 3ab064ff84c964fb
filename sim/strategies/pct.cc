#include "fate/sim/strategies/pct.h"

#include <algorithm>
#include <functional>

namespace fate::sim {

namespace {

constexpr uint64_t kNever = ~uint64_t{0};

}  // namespace

void Pct::Begin() {
  line_of_.clear();
  priority_of_.clear();
  new_lines_ = 0;
  contested_ = 0;
  lowest_ = 0;
  changes_.clear();
  fallen_.clear();
  for (uint32_t i = 1; i < depth_ && i <= contested_known_; ++i) {
    uint64_t step;
    do {
      step = prng().Next() % contested_known_;
    } while (std::find(changes_.begin(), changes_.end(), step) != changes_.end());
    changes_.push_back(step);
  }
  std::sort(changes_.begin(), changes_.end(), std::greater<>());
  next_change_ = changes_.empty() ? kNever : changes_.back();
  BeginLines();
}

int64_t& Pct::PriorityOf(const TaskRecord& task) {
  return task.id == Step::kTimerTask ? timer_priority_ : priority_of_[line_of_[task.id]];
}

void Pct::Meet(const ChoicePoint& point) {
  timer_priority_ = static_cast<int64_t>(prng().Next() >> 1);
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    const TaskRecord& task = *point.ready->at(slot).task;
    if (task.id == Step::kTimerTask) continue;
    if (task.id >= line_of_.size()) line_of_.resize(task.id + 1, kUnknown);
    if (line_of_[task.id] != kUnknown) continue;
    uint32_t line = LineOf(point, task);
    line_of_[task.id] = line;
    while (priority_of_.size() <= line) priority_of_.push_back(static_cast<int64_t>(prng().Next() >> 1));
  }
}

void Pct::FindTop(const ChoicePoint& point) {
  top_ = 0;
  int64_t highest = PriorityOf(*point.ready->at(0).task);
  for (uint32_t slot = 1; slot < point.options; ++slot) {
    int64_t priority = PriorityOf(*point.ready->at(slot).task);
    if (priority > highest) {
      highest = priority;
      top_ = slot;
    }
  }
}

bool Pct::TopYields(const ChoicePoint& point) const {
  const ReadySet::Slot& top = point.ready->at(top_);
  if (top.task->pending == nullptr || !top.task->pending->yields()) return false;
  // Once for each yield: one that fell and still stands before it has waited.
  return std::find(fallen_.begin(), fallen_.end(), top.task->id) == fallen_.end();
}

void Pct::TopFalls(const ChoicePoint& point) { PriorityOf(*point.ready->at(top_).task) = --lowest_; }

uint32_t Pct::Pick(const ChoicePoint& point) {
  if (CandidatesChanged(point)) [[unlikely]] {
    const Log<Step>& steps = point.execution->trace.steps;
    for (size_t i = unseen_step(); i < steps.size() && !fallen_.empty(); ++i) std::erase(fallen_, steps[i].task);
    Meet(point);
    FindTop(point);
  }
  if (contested_++ == next_change_) [[unlikely]] {
    changes_.pop_back();
    next_change_ = changes_.empty() ? kNever : changes_.back();
    TopFalls(point);
    FindTop(point);
  }
  // One that yields falls; once all candidates have, the one that waited longest goes on.
  while (TopYields(point)) [[unlikely]] {
    TopFalls(point);
    fallen_.push_back(point.ready->at(top_).task->id);
    FindTop(point);
  }
  if (!fallen_.empty()) [[unlikely]]
    std::erase(fallen_, point.ready->at(top_).task->id);
  return OptionOf(point, top_);
}

void Pct::Learn(const Execution& execution) {
  if (execution.choices.size() <= contested_noted_) return;  // no more can be contested
  contested_noted_ = std::max(contested_noted_, ContestedSteps(execution));
}

}  // namespace fate::sim
