// The bodies of fate/sim/property/concurrent_commands.h: how commands are generated, run and held against
// the model. Tested by tests/property/concurrent_commands_test.cc.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sim/property/command_model.h"
#include "fate/sim/property/concurrent_commands.h"
#include "fate/sim/property/concurrent_story.h"
#include "fate/sim/property/dealt_commands.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"

namespace fate::sim {

template <class Model, class System, class Result>
void ConcurrentCommand<Model, System, Result>::checkPreconditions(const Model&) const {}

namespace internal {

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
      : hands_(hands), setup_(setup), system_(setup.system()) {}

  Task<> Hand(uint32_t task) {
    for (size_t i = 0; i < hands_[task].size(); ++i) {
      if (i > 0) co_await Yield();
      const Command& command = *hands_[task][i];
      // The order of returns and calls is what counts: the search must see it.
      (void)events_.Read();
      const size_t number = spans_.size();
      spans_.push_back({.client = task, .invoked = ++event_});
      seen_.push_back({&command, std::nullopt});
      Result result = co_await command.run(*system_);
      events_.Write(0);
      spans_[number].responded = ++event_;
      seen_[number].result.emplace(std::move(result));
    }
  }

  size_t tasks() const { return hands_.size(); }

  // What is wrong with what was seen; empty: nothing. All commands have returned.
  std::string Objection() const {
    const auto allows = [this](uint32_t number, Model& model) {
      return seen_[number].command->allows(model, *seen_[number].result);
    };
    CommandModel<Model> model(setup_.model, allows);
    CheckBudget budget{CheckLimits()};
    const OrderOutcome found = SearchLinearization(spans_, model, budget);
    if (found.verdict == Verdict::kOk) return "";
    if (found.verdict == Verdict::kUnknown) {
      return "our limit was reached before it was known whether the commands are linearizable: allow fewer "
             "(ConcurrentSetup::commands_max, tasks)";
    }
    NonlinearHistory history;
    for (size_t i = 0; i < seen_.size(); ++i) {
      history.commands.push_back({ShowCommand(*seen_[i].command), ShowResult(*seen_[i].result), spans_[i]});
    }
    for (const uint32_t number : found.order) history.prefix.push_back(NameOf(number));
    for (const uint32_t number : NotNext(spans_, found.order)) {
      Model next = model.state(found.state);
      const Result result = seen_[number].command->apply(next);
      history.next.push_back({NameOf(number), ShowResult(result)});
    }
    return Tell(history);
  }

 private:
  struct Seen {
    const Command* command;
    std::optional<Result> result;  // none: it has not returned yet
  };

  std::string NameOf(uint32_t number) const {
    return ShowCommand(*seen_[number].command) + " -> " + ShowResult(*seen_[number].result);
  }

  const Hands<Command>& hands_;
  const ConcurrentSetup<Command>& setup_;
  std::unique_ptr<typename Command::Sut> system_;
  Shared<int> events_;
  uint32_t event_ = 0;       // the last
  std::vector<Span> spans_;  // in the order of their calls
  std::vector<Seen> seen_;
};

template <class Command>
Task<> RunConcurrently(std::shared_ptr<const Hands<Command>> hands,
                       std::shared_ptr<const ConcurrentSetup<Command>> setup, Place place) {
  ConcurrentRun<Command> run(*hands, *setup);
  std::vector<Task<>> tasks;
  for (uint32_t i = 0; i < run.tasks(); ++i) tasks.push_back(run.Hand(i));
  co_await WhenAll(std::move(tasks));
  const std::string objection = run.Objection();
  if (!objection.empty()) FailExecution(objection, place);
}

template <class Command>
PropertyCase CaseOf(const Dealt<Command>& dealt, std::shared_ptr<const ConcurrentSetup<Command>> setup, Place place) {
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
  FATE_CHECK(setup.commands_max >= 1,
             "your program asked for concurrent commands, and for none of them "
             "(ConcurrentSetup::commands_max): ask for one at least");
  using Unconditional = void (Command::*)(const Model&) const;
  constexpr bool kUnconditional = std::is_same_v<decltype(&First::checkPreconditions), Unconditional> &&
                                  (std::is_same_v<decltype(&Others::checkPreconditions), Unconditional> && ...);

  const auto kept = std::make_shared<const ConcurrentSetup<Command>>(setup);
  auto commands = rc::gen::withSize([kept](int size) {
    const auto one = [kept, size](const Model& model) {
      auto command = rc::state::gen::execOneOfWithArgs<First, Others...>()(model);
      auto task = rc::gen::inRange<uint32_t>(0, std::max(kept->tasks, 1u));
      return rc::gen::resize(size,
                             rc::gen::map(rc::gen::pair(std::move(command), std::move(task)), [](const auto& both) {
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
