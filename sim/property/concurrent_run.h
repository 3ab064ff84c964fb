// The bodies of fate/sim/property/concurrent_commands.h: how commands are generated, dealt to tasks, run and
// held against the model. Tested by tests/property/concurrent_commands_test.cc.
// Size: templates over the commands, which have no other home; what needs none is in concurrent_story.cc.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sim/property/concurrent_commands.h"
#include "fate/sim/property/concurrent_story.h"
#include "fate/sim/property/linear_order.h"
#include "fate/sim/property/rapidcheck_detail.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"

namespace fate::sim {

template <class Model, class System, class Result>
void ConcurrentCommand<Model, System, Result>::checkPreconditions(const Model&) const {}

namespace internal {

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

template <class Result>
std::string ShowResult(const Result& result) {
  std::ostringstream stream;
  rc::show(result, stream);
  return stream.str();
}
template <class Value>
std::string ShowResult(const std::optional<Value>& result) {
  return result.has_value() ? ShowResult(*result) : "nothing";
}

template <class Command>
std::string ShowCommand(const Command& command) {
  std::ostringstream stream;
  command.show(stream);
  return stream.str();
}

// One execution: the system, and what its tasks saw of it.
template <class Command>
class ConcurrentRun {
 public:
  using Model = typename Command::Model;
  using Result = typename Command::Result;

  ConcurrentRun(const Hands<Command>& hands, const ConcurrentSetup<Command>& setup)
      : hands_(hands), setup_(setup), system_(setup.system()), seen_(hands.size()) {}

  Task<> Hand(size_t task) {
    for (size_t i = 0; i < hands_[task].size(); ++i) {
      if (i > 0) co_await Yield();
      // The order of returns and calls is what counts: the search must see it.
      (void)events_.Read();
      Seen seen{{next_event_++, 0}, std::nullopt};
      seen.result.emplace(co_await hands_[task][i]->run(*system_));
      events_.Write(0);
      seen.interval.returned = next_event_++;
      seen_[task].push_back(std::move(seen));
    }
  }

  size_t tasks() const { return hands_.size(); }

  // What is wrong with what was seen; empty: nothing.
  std::string Objection() const {
    std::vector<std::vector<Interval>> intervals(hands_.size());
    for (size_t task = 0; task < seen_.size(); ++task) {
      for (const Seen& seen : seen_[task]) intervals[task].push_back(seen.interval);
    }
    const auto allows = [this](CommandId id, Model& model) {
      return hands_[id.task][id.index]->allows(model, *seen_[id.task][id.index].result);
    };
    LinearOrder<Model> order(std::move(intervals), allows);
    if (order.Exists(setup_.model)) return "";
    NonlinearHistory history;
    for (size_t task = 0; task < seen_.size(); ++task) {
      for (size_t i = 0; i < seen_[task].size(); ++i) {
        const Seen& seen = seen_[task][i];
        history.commands.push_back({task, ShowCommand(*hands_[task][i]), ShowResult(*seen.result), seen.interval});
      }
    }
    Model model = setup_.model;
    for (const CommandId& id : order.longest()) {
      (void)allows(id, model);
      history.longest.push_back(Name(id));
    }
    for (const CommandId& id : order.Next(order.longest())) {
      Model next = model;
      const Result result = hands_[id.task][id.index]->apply(next);
      history.next.push_back({Name(id), ShowResult(result)});
    }
    return Tell(history);
  }

 private:
  struct Seen {
    Interval interval;
    std::optional<Result> result;
  };

  std::string Name(CommandId id) const {
    return ShowCommand(*hands_[id.task][id.index]) + " -> " + ShowResult(*seen_[id.task][id.index].result);
  }

  const Hands<Command>& hands_;
  const ConcurrentSetup<Command>& setup_;
  std::unique_ptr<typename Command::Sut> system_;
  Shared<int> events_;
  uint64_t next_event_ = 1;
  std::vector<std::vector<Seen>> seen_;
};

template <class Command>
Task<> RunConcurrently(std::shared_ptr<const Hands<Command>> hands,
                       std::shared_ptr<const ConcurrentSetup<Command>> setup, Place place) {
  ConcurrentRun<Command> run(*hands, *setup);
  std::vector<Task<>> tasks;
  for (size_t i = 0; i < run.tasks(); ++i) tasks.push_back(run.Hand(i));
  co_await WhenAll(std::move(tasks));
  const std::string objection = run.Objection();
  if (!objection.empty()) FailExecution(objection, place);
}

template <class Command>
PropertyCase CaseOf(const Dealt<Command>& dealt, std::shared_ptr<const ConcurrentSetup<Command>> setup,
                    Place place) {
  const auto hands = std::make_shared<const Hands<Command>>(HandsOf<Command>(dealt));
  PropertyCase one;
  one.begin = [=](Roots& roots) { roots.Add(RunConcurrently<Command>(hands, setup, place), "main", place); };
  one.show = [=] {
    std::string text;
    for (size_t task = 0; task < hands->size(); ++task) {
      text += "  task " + std::to_string(task + 1) + ":";
      for (const auto& command : (*hands)[task]) text += " " + ShowCommand(*command) + ";";
      text.back() = '\n';
    }
    return text;
  };
  return one;
}

}  // namespace internal

template <class First, class... Others>
rc::Gen<PropertyCase> ConcurrentCases(const ConcurrentSetup<typename First::CommandType>& setup, Place place) {
  using Command = typename First::CommandType;
  using Model = typename Command::Model;
  using One = internal::DealtCommand<Command>;
  static_assert((std::is_same_v<typename Others::CommandType, Command> && ...),
                "commands of one test share model, system and result");
  static_assert(std::equality_comparable<Model>, "a model is compared: give it operator==");
  using Unconditional = void (Command::*)(const Model&) const;
  constexpr bool kUnconditional =
      std::is_same_v<decltype(&First::checkPreconditions), Unconditional> &&
      (std::is_same_v<decltype(&Others::checkPreconditions), Unconditional> && ...);

  const auto kept = std::make_shared<const ConcurrentSetup<Command>>(setup);
  auto commands = rc::gen::withSize([kept](int size) {
    const auto one = [kept, size](const Model& model) {
      auto command = rc::state::gen::execOneOfWithArgs<First, Others...>()(model);
      auto task = rc::gen::inRange<uint32_t>(0, std::max(kept->tasks, 1u));
      return rc::gen::resize(
          size, rc::gen::map(rc::gen::pair(std::move(command), std::move(task)), [](const auto& both) {
            return std::shared_ptr<const One>(std::make_shared<One>(both.first, both.second));
          }));
    };
    return rc::gen::resize(std::min(size, kept->commands_max - 1), rc::state::gen::commands(kept->model, one));
  });
  return rc::gen::map(std::move(commands), [kept, place](const internal::Dealt<Command>& dealt) {
    if constexpr (kUnconditional) {
      return internal::CaseOf<Command>(dealt, kept, place);
    } else {
      return internal::CaseOf<Command>(internal::Repaired<Command>(dealt, kept->model), kept, place);
    }
  });
}

}  // namespace fate::sim
