// DealtCommands: commands with the tasks that run them, and that they make sense in whatever order the tasks come.
//
// Behind fate/sim/property/concurrent_commands.h. Tested by tests/property/concurrent_commands_test.cc.
#pragma once

#include <rapidcheck/state.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "fate/sim/property/rapidcheck_detail.h"

namespace fate::sim::internal {

// A command and the task that runs it, as rapidcheck generates commands.
template <class Command>
struct DealtCommand : rc::state::Command<typename Command::Model, typename Command::Sut> {
  using Model = typename Command::Model;
  using CommandType = DealtCommand;

  DealtCommand(std::shared_ptr<const Command> one, uint32_t number) : command(std::move(one)), task(number) {}
  void checkPreconditions(const Model& model) const override { command->checkPreconditions(model); }
  void apply(Model& model) const override { (void)command->apply(model); }

  std::shared_ptr<const Command> command;
  uint32_t task;
};

template <class Command>
using Dealt = std::vector<std::shared_ptr<const DealtCommand<Command>>>;

// By task that has any, each in order.
template <class Command>
using Hands = std::vector<std::vector<std::shared_ptr<const Command>>>;

template <class Command>
Hands<Command> HandsOf(const Dealt<Command>& dealt) {
  std::map<uint32_t, std::vector<std::shared_ptr<const Command>>> by_task;
  for (const auto& one : dealt) by_task[one->task].push_back(one->command);
  Hands<Command> hands;
  for (auto& [task, hand] : by_task) hands.push_back(std::move(hand));
  return hands;
}

// Whether preconditions hold in every order in which the tasks may take their commands.
template <class Command>
class AlwaysValid {
 public:
  using Model = typename Command::Model;
  explicit AlwaysValid(const Hands<Command>& hands) : hands_(hands), done_(hands.size(), 0) {}

  bool From(const Model& model) {
    std::vector<Model>& models = met_[done_];
    if (std::find(models.begin(), models.end(), model) != models.end()) return true;
    models.push_back(model);
    for (size_t task = 0; task < hands_.size(); ++task) {
      if (done_[task] == hands_[task].size()) continue;
      const Command& command = *hands_[task][done_[task]];
      if (!Generate([&] { command.checkPreconditions(model); })) return false;
      Model next = model;
      (void)command.apply(next);
      ++done_[task];
      const bool valid = From(next);
      --done_[task];
      if (!valid) return false;
    }
    return true;
  }

 private:
  const Hands<Command>& hands_;
  std::vector<size_t> done_;
  std::map<std::vector<size_t>, std::vector<Model>> met_;
};

// Takes commands one by one, and leaves out those that may meet a state they make no sense in.
template <class Command>
Dealt<Command> Repaired(const Dealt<Command>& dealt, const typename Command::Model& model) {
  Dealt<Command> kept;
  for (const auto& one : dealt) {
    kept.push_back(one);
    const Hands<Command> hands = HandsOf<Command>(kept);
    if (!AlwaysValid<Command>(hands).From(model)) kept.pop_back();
  }
  return kept;
}

}  // namespace fate::sim::internal
