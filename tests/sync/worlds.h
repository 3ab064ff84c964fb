// Worlds: runs the tasks of a test on a FIFO loop, in production and simulated, and in the search.
//
//   struct TwoLockers : Logged {
//     Mutex mutex;
//     Task<> Locker(char name) { ... log += name; ... }
//     std::vector<Task<>> Tasks() { return List(Locker('A'), Locker('B')); }
//   };
//   EXPECT_EQ(RunQueued<TwoLockers>(), "AB");
//   EXPECT_EQ(Enumerate<TwoLockers>(), (Outcomes{{"AB", 2}, {"BA", 2}}));
//
// The tasks begin in the order of the list. An execution is named by what it logged, followed by
// its outcome if it did not pass.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"
#include "tests/sync/production.h"

namespace fate::test {

struct Logged {
  std::string log;
};

// How many executions there were of each name.
using Outcomes = std::map<std::string, int>;

template <class... Tasks>
std::vector<Task<>> List(Tasks&&... tasks) {
  std::vector<Task<>> list;
  (list.push_back(std::move(tasks)), ...);
  return list;
}

// One execution after the other, each with a fresh State.
template <class State>
class Executions {
 public:
  explicit Executions(sim::Interleaving interleaving) {
    sim::Settings settings;
    settings.interleaving = interleaving;
    settings.max_steps = 100'000;
    scheduler_.set_settings(settings);
  }
  const sim::Execution& Run(sim::Strategy& strategy, uint64_t number) {
    auto program = [this](sim::Roots& roots) {
      state_ = std::make_unique<State>();
      for (Task<>& task : state_->Tasks()) roots.Add(std::move(task));
    };
    return scheduler_.Run(program, strategy, number);
  }
  std::string Name() const {
    const sim::Outcome& outcome = scheduler_.execution().outcome;
    return outcome.passed() ? state_->log : state_->log + " " + ToString(outcome.kind);
  }

 private:
  std::unique_ptr<State> state_;
  sim::Scheduler scheduler_;
};

// What `State` logs on a FIFO loop; the production loop and the simulated one must agree.
template <class State>
std::string RunQueued() {
  sim::Fifo fifo;
  Executions<State> executions(sim::Interleaving::kFifo);
  executions.Run(fifo, 0);
  State state;
  RunInProduction(state.Tasks());
  EXPECT_EQ(executions.Name(), state.log) << "simulated, and on the production loop";
  return state.log;
}

// The name of the simulated FIFO run alone: for those that do not pass.
template <class State>
std::string RunSimulated(sim::Interleaving interleaving = sim::Interleaving::kFifo) {
  sim::Fifo fifo;
  Executions<State> executions(interleaving);
  executions.Run(fifo, 0);
  return executions.Name();
}

// The message of the simulated FIFO run.
template <class State>
std::string MessageOf() {
  sim::Fifo fifo;
  Executions<State> executions(sim::Interleaving::kFifo);
  return executions.Run(fifo, 0).outcome.message;
}

// All executions there are.
template <class State>
Outcomes Enumerate(sim::Interleaving interleaving = sim::Interleaving::kOperation) {
  Outcomes outcomes;
  sim::DepthFirst depth_first;
  Executions<State> executions(interleaving);
  for (uint64_t number = 0;; ++number) {
    const sim::Execution& execution = executions.Run(depth_first, number);
    ++outcomes[executions.Name()];
    if (!depth_first.EndExecution(execution) || number > 1'000'000) return outcomes;
  }
}

// `count` random ones.
template <class State>
Outcomes Sample(int count) {
  Outcomes outcomes;
  sim::RandomWalk random(1);
  Executions<State> executions(sim::Interleaving::kOperation);
  for (int number = 0; number < count; ++number) {
    executions.Run(random, static_cast<uint64_t>(number));
    ++outcomes[executions.Name()];
  }
  return outcomes;
}

inline int Total(const Outcomes& outcomes) {
  int total = 0;
  for (const auto& [name, count] : outcomes) total += count;
  return total;
}

}  // namespace fate::test
