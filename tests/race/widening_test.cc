// What steps were seen to do inside them, and when a search begins again because of it.
#include <cstdint>
#include <optional>
#include <set>

#include "fate/runtime/shared.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace widening_test {
namespace {

struct Counts {
  uint64_t executions = 0;
  std::set<uint64_t> traces;
};

template <class World>
Counts Search(int tasks, Strategy& search) {
  std::optional<World> world;
  const auto program = [&](Roots& roots) {
    world.emplace();
    for (int i = 0; i < tasks; ++i) roots.Add(world->Run());
  };
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  TraceHash hash;
  Counts counts;
  for (bool more = true; more && counts.executions < 100'000;) {
    const Execution& execution = scheduler.Run(program, search, counts.executions++, 1);
    counts.traces.insert(hash.Of(execution));
    more = search.EndExecution(execution);
  }
  return counts;
}

// Steps before the first unlock do nothing inside.
struct GuardsByScope {
  Mutex mutex;
  Atomic<int> cell{0};
  Task<> Run() {
    co_await cell.Load();
    const MutexGuard guard = co_await mutex.Lock();
  }
};

TEST(WideningTest, WhatTheFirstExecutionShowsCostsNoOther) {
  OptimalDpor search;
  const Counts counts = Search<GuardsByScope>(3, search);
  EXPECT_EQ(counts.traces.size(), 6u);  // orders of the locks
  EXPECT_EQ(counts.executions, 6u);
  EXPECT_EQ(search.restarts().times, 0u);
}

struct TheLastWrites {
  Atomic<int> arrived{0};
  Shared<int> cell{0};
  Task<> Run() {
    const int before = co_await arrived.FetchAdd(1);
    if (before == 2) cell.Write(1);
    if (before == 1) cell.Read();
  }
};

// In the first execution, steps before it did nothing inside: that they do in another is a surprise.
TEST(WideningTest, WhatALaterExecutionShowsOfAStepBeginsTheSearchAgain) {
  OptimalDpor search;
  DepthFirst depth_first;
  const Counts counts = Search<TheLastWrites>(3, search);
  EXPECT_EQ(counts.traces, Search<TheLastWrites>(3, depth_first).traces);
  EXPECT_EQ(search.traces(), counts.traces.size());
  EXPECT_GT(search.restarts().times, 0u);
  EXPECT_EQ(counts.executions, search.restarts().executions + search.traces());
}

}  // namespace
}  // namespace widening_test
}  // namespace fate::sim
