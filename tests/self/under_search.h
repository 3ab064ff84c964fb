// UnderSearch: a primitive of ours as the program under test.
//
//   struct Lock { Mutex mutex; ... Task<> Main() { ...; FATE_CHECK(...); } };
//   HoldsEverywhere<Lock>();
//
// A World is made anew for each execution and checks its invariant itself. It is searched under each
// setting of Interleaving: kFifo and kLoop run the queues of production, kOperation the search's own way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fate/runtime/random.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::self {

template <class World>
sim::Report Search(sim::Interleaving interleaving, const std::string& strategy, uint64_t executions) {
  std::optional<World> world;
  sim::ExploreOptions options;
  options.settings.interleaving = interleaving;
  options.strategy = strategy;
  options.executions = executions;
  auto program = [&world]() -> Task<> {
    world.emplace();
    return world->Main();
  };
  return sim::Explore(program, options);
}

template <class World>
void HoldsEverywhere(uint64_t executions = 1000) {
  using sim::Interleaving;
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    for (const char* strategy : {"random", "portfolio"}) {
      sim::Report report = Search<World>(interleaving, strategy, executions);
      EXPECT_TRUE(report.passed()) << ToString(interleaving) << ", " << strategy << "\n" << report.ToText();
      EXPECT_TRUE(interleaving == Interleaving::kFifo || report.contested) << "nothing was interleaved";
    }
  }
}

// Runs `task` and says whether it ended, or was cancelled.
inline Task<bool> Ends(Task<> task) {
  bool ended = false;
  try {
    co_await std::move(task);
    ended = true;
  } catch (const Cancelled&) {
  }
  co_return ended;
}

// Lets 0 to 3 turns of the loop pass; each number is tried. Under kFifo and kLoop a task goes on until it waits:
// without this, what it cancels would never have begun.
inline Task<> SomeTurns() {
  Random random;
  for (int left = random.Uniform(0, 3, kExplorable); left > 0; --left) co_await Yield();
}

}  // namespace fate::self
