// Whole executions of *tiny*, as the explorer runs them: two tasks, each lock; read; yield; write;
// unlock on one counter. tiny/random begins with the two tasks; tiny_main/random with a main that
// spawns and joins them. The scheduler is reused, as Explore does.

#include <benchmark/benchmark.h>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"

namespace {

using fate::Task;

struct State {
  fate::Mutex mutex;
  fate::Atomic<int> counter{0};
};

Task<> Increment(State& state) {
  fate::MutexGuard guard = co_await state.mutex.Lock();
  int seen = co_await state.counter.Load();
  co_await fate::Yield();
  co_await state.counter.Store(seen + 1);
  co_await guard.Unlock();
}

Task<> Main() {
  State state;
  fate::JoinHandle<> first = co_await fate::Spawn(Increment(state));
  fate::JoinHandle<> second = co_await fate::Spawn(Increment(state));
  co_await first.Join();
  co_await second.Join();
}

void TinyRandom(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  fate::sim::RandomWalk strategy(1);
  uint64_t number = 0;
  for (auto _ : state) {
    State shared;
    auto program = [&shared](fate::sim::Roots& roots) {
      roots.Add(Increment(shared));
      roots.Add(Increment(shared));
    };
    const auto& execution = scheduler.Run(program, strategy, number++);
    if (!execution.outcome.passed()) state.SkipWithError("tiny did not pass");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TinyRandom)->Name("execution/tiny/random");

void TinyMainRandom(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  fate::sim::RandomWalk strategy(1);
  auto program = [](fate::sim::Roots& roots) { roots.Add(Main()); };
  uint64_t number = 0;
  for (auto _ : state) {
    const auto& execution = scheduler.Run(program, strategy, number++);
    if (!execution.outcome.passed()) state.SkipWithError("tiny did not pass");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TinyMainRandom)->Name("execution/tiny_main/random");

}  // namespace
