#include "fate/sim/strategies/task_counts.h"

#include <algorithm>

namespace fate::sim {

void TaskCounts::Clear() {
  line_of_.clear();
  lines_.clear();
  known_.clear();
  passed_ = false;
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
    const Birth& birth = births[task];
    auto [at, is_new] = line_of_.try_emplace(birth.path_hash, lines_.size());
    line_of_task_[task] = at->second;
    if (is_new) {
      bool root = birth.parent == Step::kTimerTask;
      lines_.push_back({birth.path_hash, root ? at->second : line_of_task_[birth.parent], 0, 0});
    }
    Line& line = lines_[at->second];
    ++line.executions;
    line.events += events[task];
  }
}

void TaskCounts::EndStage() {
  known_.clear();
  std::vector<double> subtree(lines_.size());
  for (size_t i = lines_.size(); i-- > 0;) {
    const Line& line = lines_[i];
    subtree[i] += static_cast<double>(line.events) / static_cast<double>(line.executions);
    if (line.parent != i) {
      // A child that is not always spawned counts for as much as it often is.
      subtree[line.parent] += subtree[i] * static_cast<double>(line.executions) /
                              static_cast<double>(lines_[line.parent].executions);
    }
    known_[line.path] = static_cast<uint32_t>(std::min(subtree[i] * kEvent, 1e8));
  }
}

}  // namespace fate::sim
