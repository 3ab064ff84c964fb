#include "fate/sim/strategies/task_counts.h"

#include <algorithm>

namespace fate::sim {

void TaskCounts::Clear() {
  line_of_.clear();
  lines_.clear();
  known_.clear();
  passed_ = false;
}

uint32_t TaskCounts::LineOf(const Birth& birth) {
  const uint32_t path = paths_.Of(birth.path_hash);
  if (path >= line_of_.size()) line_of_.resize(path + 1, kNone);
  uint32_t& line = line_of_[path];
  if (line == kNone) {
    line = static_cast<uint32_t>(lines_.size());
    const bool root = birth.parent == Step::kTimerTask;
    lines_.push_back({path, root ? line : line_of_task_[birth.parent]});
  }
  return line;
}

void TaskCounts::Note(const Execution& execution, const std::vector<uint32_t>& events) {
  if (execution.outcome.passed() != passed_) {
    if (passed_) return;
    passed_ = true;
    lines_.clear();
    line_of_.clear();
  }
  const Log<Birth>& births = execution.trace.births;
  line_of_task_.resize(births.size());
  for (size_t task = 0; task < births.size(); ++task) {
    line_of_task_[task] = LineOf(births[task]);
    Line& line = lines_[line_of_task_[task]];
    ++line.executions;
    line.events += events[task];
  }
}

void TaskCounts::EndStage() {
  known_.assign(lines_.empty() ? 0 : paths_.size() + 1, kEvent);
  std::vector<double> subtree(lines_.size());
  for (size_t i = lines_.size(); i-- > 0;) {
    const Line& line = lines_[i];
    subtree[i] += static_cast<double>(line.events) / static_cast<double>(line.executions);
    if (line.parent != i) {
      // A child that is not always spawned counts for as much as it often is.
      subtree[line.parent] +=
          subtree[i] * static_cast<double>(line.executions) / static_cast<double>(lines_[line.parent].executions);
    }
    known_[line.path] = static_cast<uint32_t>(std::min(subtree[i] * kEvent, 1e8));
  }
}

}  // namespace fate::sim
