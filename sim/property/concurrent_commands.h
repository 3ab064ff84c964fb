// ConcurrentCases: model-based tests with several tasks: random commands run at once, and what they gave must
// be what a sequential model could give.
//
//   Usage:
//     using Counting = sim::ConcurrentCommand<int, Counter, int>;  // model, system, result
//     struct Increment : Counting {
//       int apply(int& model) const override { return ++model; }
//       Task<int> run(Counter& counter) const override { co_return co_await counter.Increment(); }
//       void show(std::ostream& stream) const override { stream << "Increment"; }
//     };
//     sim::CheckCases(sim::ConcurrentCases<Increment>(), options);
//
// Example: tests/examples/concurrent_commands_example_test.cc
//
// In the style of rapidcheck's rc::state::Command, and with its spelling: a command draws its values in its
// constructor, checkPreconditions says with RC_PRE when it makes sense, apply says what it does to the model.
// Here apply also says what the command gives, and run is a coroutine on the system, of which each execution
// makes its own.
//
// The commands are dealt to a few tasks; each runs its own in order, with a Yield between them. The results
// must be linearizable (fate/sim/check/order_search.h): there is one order of all commands, each somewhere
// between its call and its return, in which the model gives the same results. Commands, their distribution and the
// interleaving shrink together (JointShrinker). A command whose precondition would not hold in some order in which the
// tasks may come is left out.
//
// A model with a choice of results overrides allows. Models are copied and compared: keep them plain.
// Tested by tests/property/concurrent_commands_test.cc.
#pragma once

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "fate/sim/property/property_case.h"
#include "fate/task/task.h"

namespace fate::sim {

template <class ModelT, class SystemT, class ResultT>
class ConcurrentCommand {
 public:
  using Model = ModelT;
  using Sut = SystemT;  // as rapidcheck says
  using Result = ResultT;
  using CommandType = ConcurrentCommand;

  virtual ~ConcurrentCommand() = default;
  // Fails by RC_PRE where the command makes no sense.
  virtual void checkPreconditions(const Model& model) const;
  // Changes the model and gives the result.
  virtual Result apply(Model& model) const = 0;
  // Whether the command may give `result` in this state; if so, the model changes.
  virtual bool allows(Model& model, const Result& result) const { return apply(model) == result; }
  virtual Task<Result> run(Sut& system) const = 0;
  virtual void show(std::ostream& stream) const = 0;
};

// What is generated besides the commands.
template <class Command>
struct ConcurrentSetup {
  ConcurrentSetup() {}

  uint32_t tasks = 3;
  int commands_max = 12;
  typename Command::Model model{};  // before all commands
  std::function<std::unique_ptr<typename Command::Sut>()> system = [] {
    return std::make_unique<typename Command::Sut>();
  };
};

// Cases of commands of these types, which share model, system and result. `place`: where failures are said
// to be.
template <class First, class... Others>
rc::Gen<PropertyCase> ConcurrentCases(const ConcurrentSetup<typename First::CommandType>& setup = {},
                                      Place place = Place::current());

}  // namespace fate::sim

#include "fate/sim/property/concurrent_run.h"  // the bodies
