// Searches of programs that draw numbers which are explored: every trace with every number.
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fate/base/mix.h"
#include "fate/runtime/random.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/select.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace draws {

enum Access { kLoad, kStore };

// An access of a cell, and in the same step, after it, a draw of 0 or 1.
struct Action {
  Access access;
  size_t cell;
  bool draws = false;
};
using Program = std::vector<std::vector<Action>>;  // by task

struct World {
  Atomic<int> cells[2] = {Atomic<int>{0}, Atomic<int>{0}};
  uint64_t drawn = 0;  // a number of what was drawn, by whom and where

  Task<> Run(const std::vector<Action>& actions, uint64_t task) {
    for (size_t i = 0; i < actions.size(); ++i) {
      Atomic<int>& cell = cells[actions[i].cell];
      if (actions[i].access == kStore) {
        co_await cell.Store(1);
      } else {
        co_await cell.Load();
      }
      if (!actions[i].draws) continue;
      const uint64_t draw = Random().Uniform(uint64_t{0}, uint64_t{1}, kExplorable);
      drawn += Mix(Mix(task + 1, i + 1), draw + 1);
    }
  }
};

struct Found {
  std::map<uint64_t, int> executions;  // by trace and what was drawn
  uint64_t runs = 0;
};

template <class Search>
Found Explore(const Program& program) {
  Scheduler scheduler;
  Search search;
  TraceHash hash;
  Found found;
  for (bool more = true; more && found.runs < 100'000; ++found.runs) {
    World world;
    auto run = [&](Roots& roots) {
      for (size_t task = 0; task < program.size(); ++task) roots.Add(world.Run(program[task], task));
    };
    const Execution& execution = scheduler.Run(run, search, found.runs, 1);
    ++found.executions[Mix(hash.Of(execution), world.drawn)];
    more = search.EndExecution(execution);
  }
  return found;
}

// The store comes before or after each of three loads, and either number is drawn: 2^3 * 2. What comes beside the
// draw is planned for the other number, too (ReducedSearch::TellOthers).
TEST(ExplorableDrawsTest, WhatIsPlannedBelowADrawIsSoForEachNumber) {
  const Program program = {{{kStore, 0}}, {{kLoad, 0}}, {{kLoad, 0}}, {{kLoad, 1, true}, {kLoad, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.executions.size(), 16u);
  EXPECT_EQ(found.runs, 16u);
  EXPECT_EQ(Explore<DepthFirst>(program).executions.size(), 16u);
}

// Two to four tasks of up to three actions, of which up to two draw. What is drawn decides nothing; for programs
// where it does, see tests/race/deciding_draws_test.cc.
Program DrawProgram(uint64_t seed) {
  std::mt19937_64 bits(seed);
  Program program(2 + bits() % 3);
  int draws = 0;
  for (std::vector<Action>& actions : program) {
    actions.resize(1 + bits() % 3);
    for (Action& action : actions) {
      action = {bits() % 2 == 0 ? kStore : kLoad, bits() % 2, draws < 2 && bits() % 3 == 0};
      draws += action.draws ? 1 : 0;
    }
  }
  return program;
}

TEST(ExplorableDrawsTest, EveryTraceIsFoundWithEveryNumber) {
  uint64_t compared = 0;
  for (uint64_t seed = 0; compared < 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Program program = DrawProgram(seed);
    size_t actions = 0;
    for (const std::vector<Action>& task : program) actions += task.size();
    if (actions > 7) continue;
    ++compared;
    const Found truth = Explore<DepthFirst>(program);
    ASSERT_LT(truth.runs, 100'000u);
    ASSERT_EQ(Explore<OptimalDpor>(program).executions.size(), truth.executions.size());
    ASSERT_EQ(Explore<SleepSets>(program).executions.size(), truth.executions.size());
  }
}

// One of three that load draws, and loads a cell of its own or does not: 2^3 orders with the store, and either number.
struct Decided {
  Atomic<int> cell{0}, own{0};
  Task<> Loads() { co_await cell.Load(); }
  Task<> Stores() { co_await cell.Store(1); }
  Task<> Draws() {
    co_await cell.Load();
    const int drawn = Random().Uniform(0, 1, kExplorable);
    if (drawn == 0) co_await own.Load();
  }
};

TEST(ExplorableDrawsTest, WhatADrawDecidesIsProvedByEverySearch) {
  std::unique_ptr<Decided> world;
  auto program = [&world](Roots& roots) {
    world = std::make_unique<Decided>();
    roots.Add(world->Loads());
    roots.Add(world->Draws());
    roots.Add(world->Loads());
    roots.Add(world->Stores());
  };
  const std::string proved = "proved: all 16 traces of the observed operations, for these draws and this time model";
  for (const uint32_t jobs : {1, 2}) {
    for (const char* strategy : {"portfolio", "sleep_sets", "optimal_dpor", "source_dpor", "bounded_dpor"}) {
      ExploreOptions options;
      options.strategy = strategy;
      options.jobs = jobs;
      const Report report = sim::Explore(program, options);
      EXPECT_TRUE(report.exhausted) << strategy;
      EXPECT_NE(report.claim.find(proved), std::string::npos) << strategy << ": " << report.claim;
    }
  }
}

// Where a select is at a rendezvous not all races are told with what comes beside them.
TEST(ExplorableDrawsTest, AClaimSaysWhatDrawsMakeOfASelectAtARendezvous) {
  struct Selected : Decided {
    Channel<int> channel{0};
    Task<> Receives() { co_await Select(channel.Receive(), channel.Receive()); }
    Task<> Sends() { co_await channel.Send(1); }
  };
  std::unique_ptr<Selected> world;
  auto program = [&world](Roots& roots) {
    world = std::make_unique<Selected>();
    roots.Add(world->Draws());
    roots.Add(world->Receives());
    roots.Add(world->Sends());
  };
  const std::string missing = "others may be missed; sleep_sets and depth_first miss none";
  for (const char* strategy : {"portfolio", "sleep_sets", "optimal_dpor", "source_dpor", "bounded_dpor"}) {
    ExploreOptions options;
    options.strategy = strategy;
    const Report report = sim::Explore(program, options);
    EXPECT_TRUE(report.exhausted) << strategy;
    const bool plans = strategy == std::string("optimal_dpor") || strategy == std::string("bounded_dpor");
    EXPECT_EQ(report.claim.find(missing) != std::string::npos, plans) << strategy << ": " << report.claim;
  }
}

// What is drawn before its first operation decides which cell the task stores to; the other one loads both: 2 orders
// with the one or the other. Were its numbers those of its operation, that would have to be two operations.
struct First {
  Atomic<int> cells[2] = {Atomic<int>{0}, Atomic<int>{0}};
  Task<> Draws() {
    const int drawn = Random().Uniform(0, 1, kExplorable);
    co_await cells[drawn].Store(1);
  }
  Task<> Loads() {
    co_await cells[0].Load();
    co_await cells[1].Load();
  }
};

TEST(ExplorableDrawsTest, APrologueThatDrawsIsAStep) {
  std::unique_ptr<First> world;
  auto program = [&world](Roots& roots) {
    world = std::make_unique<First>();
    roots.Add(world->Draws());
    roots.Add(world->Loads());
  };
  Scheduler scheduler;
  OptimalDpor search;
  bool more = true;
  for (uint64_t run = 0; more; ++run) {
    const Execution& execution = scheduler.Run(program, search, run, 1);
    EXPECT_EQ(execution.trace.steps.size(), 4u);
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(search.traces(), 4u);
  EXPECT_EQ(search.redundant(), 0u);
}

}  // namespace draws
}  // namespace fate::sim
