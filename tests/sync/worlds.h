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

// A State and its tasks, made afresh for each execution.
struct Afresh {
  std::shared_ptr<void> state;
  const std::string* log;  // of the state
  std::vector<Task<>> tasks;
};
template <class State>
Afresh Make() {
  auto state = std::make_shared<State>();
  return {state, &state->log, state->Tasks()};
}

// One execution after the other.
class Executions {
 public:
  using World = Afresh (*)();

  Executions(World make, sim::Interleaving interleaving) : make_(make) {
    sim::Settings settings;
    settings.interleaving = interleaving;
    settings.max_steps = 100'000;
    scheduler_.set_settings(settings);
  }
  const sim::Execution& Run(sim::Strategy& strategy, uint64_t number) {
    return scheduler_.Run(
        [this](sim::Roots& roots) {
          world_ = make_();
          for (Task<>& task : world_.tasks) roots.Add(std::move(task));
        },
        strategy, number);
  }
  std::string Name() const {
    const sim::Outcome& outcome = scheduler_.execution().outcome;
    return outcome.passed() ? *world_.log : *world_.log + " " + ToString(outcome.kind);
  }

 private:
  World make_;
  Afresh world_;
  sim::Scheduler scheduler_;
};

// What `State` logs on a FIFO loop; the production loop and the simulated one must agree.
inline std::string RunQueued(Executions::World make) {
  sim::Fifo fifo;
  Executions executions(make, sim::Interleaving::kFifo);
  executions.Run(fifo, 0);
  Afresh world = make();
  RunInProduction(std::move(world.tasks));
  EXPECT_EQ(executions.Name(), *world.log) << "simulated, and on the production loop";
  return *world.log;
}
template <class State>
std::string RunQueued() {
  return RunQueued(&Make<State>);
}

// The name of the simulated FIFO run alone: for those that do not pass.
template <class State>
std::string RunSimulated(sim::Interleaving interleaving = sim::Interleaving::kFifo) {
  sim::Fifo fifo;
  Executions executions(&Make<State>, interleaving);
  executions.Run(fifo, 0);
  return executions.Name();
}

// The message of the simulated FIFO run.
template <class State>
std::string MessageOf() {
  sim::Fifo fifo;
  Executions executions(&Make<State>, sim::Interleaving::kFifo);
  return executions.Run(fifo, 0).outcome.message;
}

// All executions there are.
inline Outcomes Enumerate(Executions::World make, sim::Interleaving interleaving) {
  Outcomes outcomes;
  sim::DepthFirst depth_first;
  Executions executions(make, interleaving);
  for (uint64_t number = 0;; ++number) {
    const sim::Execution& execution = executions.Run(depth_first, number);
    ++outcomes[executions.Name()];
    if (!depth_first.EndExecution(execution) || number > 1'000'000) return outcomes;
  }
}
template <class State>
Outcomes Enumerate(sim::Interleaving interleaving = sim::Interleaving::kOperation) {
  return Enumerate(&Make<State>, interleaving);
}

// `count` random ones.
inline Outcomes Sample(Executions::World make, int count) {
  Outcomes outcomes;
  sim::RandomWalk random(1);
  Executions executions(make, sim::Interleaving::kOperation);
  for (int number = 0; number < count; ++number) {
    executions.Run(random, static_cast<uint64_t>(number));
    ++outcomes[executions.Name()];
  }
  return outcomes;
}
template <class State>
Outcomes Sample(int count) {
  return Sample(&Make<State>, count);
}

inline int Total(const Outcomes& outcomes) {
  int total = 0;
  for (const auto& [name, count] : outcomes) total += count;
  return total;
}

}  // namespace fate::test
