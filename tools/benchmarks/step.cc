// A step of the simulator: random choice with everything recorded, over the same 8 bodies with 4 await
// points each as step/limit. Includes what the limit leaves out: the pending operation and its place,
// a strategy behind a virtual call, the full trace, the start and the teardown of the tasks. The rows of
// the other sampling strategies run the same tasks, and let the strategy learn from each execution.
// A first execution of step/random, in which memory is got, is not timed: a scheduler is reused.
// step/fifo goes round the ready queue as step/limit_fifo does, where nothing is chosen (kFifo): there a
// store is no step, so its bodies yield.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sync/atomic.h"
#include "fate/task/yield.h"

namespace {

using fate::Atomic;
using fate::Task;

template <uint32_t kBody>
Task<> Body(Atomic<uint32_t>& cell) {
  for (;;) {
    co_await cell.Store(4 * kBody);
    co_await cell.Store(4 * kBody + 1);
    co_await cell.Store(4 * kBody + 2);
    co_await cell.Store(4 * kBody + 3);
  }
}

constexpr auto kBodies = []<uint32_t... kBody>(std::integer_sequence<uint32_t, kBody...>) {
  return std::array{&Body<kBody>...};
}(std::make_integer_sequence<uint32_t, 8>{});

void StepRandom(benchmark::State& state) {
  uint32_t tasks = static_cast<uint32_t>(state.range(0));
  fate::sim::Settings settings;
  settings.max_steps = std::max<uint64_t>(65536, uint64_t{tasks} * 200);
  fate::sim::Scheduler scheduler(settings);
  fate::sim::RandomWalk strategy(1);
  Atomic<uint32_t> cell(0);
  auto program = [&](fate::sim::Roots& roots) {
    for (uint32_t i = 0; i < tasks; ++i) roots.Add(kBodies[i % kBodies.size()](cell));
  };
  scheduler.Run(program, strategy);
  uint64_t steps = 0;
  for (auto _ : state) steps += scheduler.Run(program, strategy).steps;
  state.SetItemsProcessed(static_cast<int64_t>(steps));
}
BENCHMARK(StepRandom)->Name("step/random")->Arg(2)->Arg(10)->Arg(100)->Arg(10000);

void StepBy(benchmark::State& state, const char* name) {
  fate::sim::Settings settings;
  settings.max_steps = 65536;
  fate::sim::Scheduler scheduler(settings);
  auto strategy = fate::sim::MakeStrategy(name, 1);
  Atomic<uint32_t> cell(0);
  auto program = [&](fate::sim::Roots& roots) {
    for (int64_t i = 0; i < state.range(0); ++i) roots.Add(kBodies[static_cast<size_t>(i) % kBodies.size()](cell));
  };
  uint64_t steps = 0;
  uint64_t number = 0;
  for (auto _ : state) {
    const fate::sim::Execution& execution = scheduler.Run(program, **strategy, number++);
    steps += execution.steps;
    (*strategy)->EndExecution(execution);
  }
  state.SetItemsProcessed(static_cast<int64_t>(steps));
}
BENCHMARK_CAPTURE(StepBy, pct, "pct")->Name("step/pct")->Arg(10);
BENCHMARK_CAPTURE(StepBy, pos, "pos")->Name("step/pos")->Arg(10);
BENCHMARK_CAPTURE(StepBy, surw, "surw")->Name("step/surw")->Arg(10);
BENCHMARK_CAPTURE(StepBy, urw, "urw")->Name("step/urw")->Arg(10);

template <uint32_t kBody>
Task<> YieldingBody(uint32_t& cell) {
  for (;;) {
    cell = 4 * kBody;
    co_await fate::Yield();
    cell = 4 * kBody + 1;
    co_await fate::Yield();
    cell = 4 * kBody + 2;
    co_await fate::Yield();
    cell = 4 * kBody + 3;
    co_await fate::Yield();
  }
}

constexpr auto kYieldingBodies = []<uint32_t... kBody>(std::integer_sequence<uint32_t, kBody...>) {
  return std::array{&YieldingBody<kBody>...};
}(std::make_integer_sequence<uint32_t, 8>{});

void StepFifo(benchmark::State& state) {
  fate::sim::Settings settings;
  settings.interleaving = fate::sim::Interleaving::kFifo;
  settings.max_steps = 65536;
  fate::sim::Scheduler scheduler(settings);
  fate::sim::Fifo strategy;
  uint32_t cell = 0;
  auto program = [&](fate::sim::Roots& roots) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      roots.Add(kYieldingBodies[static_cast<size_t>(i) % kYieldingBodies.size()](cell));
    }
  };
  scheduler.Run(program, strategy);
  uint64_t steps = 0;
  for (auto _ : state) steps += scheduler.Run(program, strategy).steps;
  benchmark::DoNotOptimize(cell);
  state.SetItemsProcessed(static_cast<int64_t>(steps));
}
BENCHMARK(StepFifo)->Name("step/fifo")->Arg(10);

}  // namespace
