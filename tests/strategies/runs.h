// Runs: many executions of one program under a strategy, for tests of strategies.
//
//   std::map<std::string, int> seen = Sample<World>(strategy, 1000);  // by what was logged
//
// A World has `std::string log` and `std::vector<Task<>> Tasks()`; it is built afresh each time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sync/atomic.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"

namespace fate::sim {

using Cell = Atomic<int>;

template <class... Tasks>
std::vector<Task<>> List(Tasks&&... tasks) {
  std::vector<Task<>> list;
  (list.push_back(std::move(tasks)), ...);
  return list;
}

// Two tasks of five steps.
struct TwoTimesFive {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    for (int i = 0; i < 5; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

template <class World>
class Runs {
 public:
  explicit Runs(Settings settings = {}) : scheduler_(settings) {}

  // Runs execution `number` and tells the strategy of its end; `more`: whether the search goes on.
  const Execution& Run(Strategy& strategy, uint64_t number) {
    bool more = false;
    return Run(strategy, number, more);
  }
  const Execution& Run(Strategy& strategy, uint64_t number, bool& more) {
    auto program = [this](Roots& roots) {
      world_.emplace();
      for (Task<>& task : world_->Tasks()) roots.Add(std::move(task));
    };
    const Execution& execution = scheduler_.Run(program, strategy, number, number);
    more = strategy.EndExecution(execution);
    return execution;
  }
  const std::string& log() const { return world_->log; }

 private:
  std::optional<World> world_;
  Scheduler scheduler_;
};

// How often each log was seen in executions first..first + count - 1; all must pass.
template <class World>
std::map<std::string, int> Sample(Strategy& strategy, uint64_t count, uint64_t first = 0) {
  std::map<std::string, int> seen;
  Runs<World> runs;
  for (uint64_t i = first; i < first + count; ++i) {
    const Execution& execution = runs.Run(strategy, i);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    ++seen[runs.log()];
  }
  return seen;
}

// The strategies that sample, by name.
inline const std::vector<std::string>& SamplingNames() {
  static const auto* names = new std::vector<std::string>{"random", "weighted", "pct",          "pct_chains", "pos",
                                                          "urw",    "surw",     "random_delay", "rff"};
  return *names;
}

inline std::unique_ptr<Strategy> Make(const std::string& name, uint64_t seed) {
  auto strategy = MakeStrategy(name, seed);
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

}  // namespace fate::sim
