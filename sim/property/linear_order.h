// LinearOrder: looks for an order of concurrent commands that a sequential model allows.
//
// Wing, Gong, "Testing and verifying concurrent objects" (1993), with memoisation (Lowe, 2017), over commands
// of tasks: what has taken effect is a prefix of each task's commands, so (prefixes, model) are what is
// remembered. Tries first what returned first: the order the execution suggests. All commands have returned.
// Exponential in the worst case: O(positions of all prefixes * models met there). REQUIRES: models can be
// copied and compared. Tested by tests/property/linear_order_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace fate::sim {

// A command's place in real time: both are numbers of events, no two alike.
struct Interval {
  uint64_t called = 0;
  uint64_t returned = 0;
};

// A command by task and by number in its task.
struct CommandId {
  size_t task;
  size_t index;
};

template <class Model>
class LinearOrder {
 public:
  // Whether the model may let the command take effect with the result it gave; changes the model if so.
  using Allows = std::function<bool(CommandId, Model&)>;

  // `intervals` by task and number.
  LinearOrder(std::vector<std::vector<Interval>> intervals, Allows allows)
      : intervals_(std::move(intervals)), allows_(std::move(allows)), done_(intervals_.size(), 0) {}

  // Whether there is an order that begins with `model`, each command between its call and its return.
  bool Exists(const Model& model) {
    order_.clear();
    longest_.clear();
    return Extend(model);
  }
  // After Exists: the order, or the longest one that fits; and the model after it.
  const std::vector<CommandId>& longest() const { return longest_; }
  // The commands that could come next there.
  std::vector<CommandId> Next(const std::vector<CommandId>& order) const;

 private:
  using Prefixes = std::vector<size_t>;  // by task: how many have taken effect

  bool Extend(const Model& model);
  // By their return: the tasks whose next command may take effect before all others that are left.
  std::vector<size_t> Candidates(const Prefixes& done) const;

  std::vector<std::vector<Interval>> intervals_;
  Allows allows_;
  Prefixes done_;
  std::vector<CommandId> order_;
  std::vector<CommandId> longest_;
  std::map<Prefixes, std::vector<Model>> met_;
};

// ---------------------------------------------------------------------------------------------

template <class Model>
std::vector<size_t> LinearOrder<Model>::Candidates(const Prefixes& done) const {
  uint64_t first_return = ~uint64_t{0};
  std::map<uint64_t, size_t> by_return;
  for (size_t task = 0; task < done.size(); ++task) {
    if (done[task] == intervals_[task].size()) continue;
    const uint64_t returned = intervals_[task][done[task]].returned;
    by_return[returned] = task;
    if (returned < first_return) first_return = returned;
  }
  std::vector<size_t> candidates;
  for (const auto& [returned, task] : by_return) {
    if (intervals_[task][done[task]].called < first_return) candidates.push_back(task);
  }
  return candidates;
}

template <class Model>
bool LinearOrder<Model>::Extend(const Model& model) {
  if (order_.size() >= longest_.size()) longest_ = order_;
  const std::vector<size_t> candidates = Candidates(done_);
  if (candidates.empty()) return true;
  std::vector<Model>& models = met_[done_];
  for (const Model& one : models) {
    if (one == model) return false;
  }
  models.push_back(model);
  for (const size_t task : candidates) {
    Model next = model;
    const CommandId command{task, done_[task]};
    if (!allows_(command, next)) continue;
    ++done_[task];
    order_.push_back(command);
    if (Extend(next)) return true;
    order_.pop_back();
    --done_[task];
  }
  return false;
}

template <class Model>
std::vector<CommandId> LinearOrder<Model>::Next(const std::vector<CommandId>& order) const {
  Prefixes done(intervals_.size(), 0);
  for (const CommandId& command : order) ++done[command.task];
  std::vector<CommandId> next;
  for (const size_t task : Candidates(done)) next.push_back({task, done[task]});
  return next;
}

}  // namespace fate::sim
