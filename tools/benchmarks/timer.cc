// Virtual timers in the simulator, in the shape of timer/limit: n tasks that sleep again and again. Each
// wake-up is a step: the clock moves, the sleeper becomes ready, runs, records its step, arms its next
// timer. timer_cancel arms, besides, a guard that is cancelled when the sleep is over: half of what is
// armed never fires, as with timeouts. A first execution, in which memory is got, is not timed.

#include <benchmark/benchmark.h>

#include <cstdint>

#include "fate/sim/core/prng.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/time/sleep.h"

namespace {

using fate::Task;

constexpr uint32_t kSleepMaxNs = 1'000'000;
constexpr int64_t kGuardNs = 10'000'000;

Task<> Sleeper(fate::sim::Prng& prng) {
  for (;;) co_await fate::Sleep(absl::Nanoseconds(1 + prng.Below(kSleepMaxNs)));
}

class Guard final : public fate::Timer {
 public:
  void Fire() override {}
};

Task<> GuardedSleeper(fate::sim::Prng& prng) {
  fate::Runtime& runtime = fate::CurrentRuntime();
  for (;;) {
    Guard guard;
    runtime.timers().Arm(guard, runtime.now_ns() + kGuardNs);
    struct Disarm {
      fate::Runtime& runtime;
      Guard& guard;
      ~Disarm() { runtime.CancelTimer(guard); }
    } disarm{runtime, guard};
    co_await fate::Sleep(absl::Nanoseconds(1 + prng.Below(kSleepMaxNs)));
  }
}

template <class Body>
uint64_t Run(benchmark::State& state, Body body) {
  uint64_t tasks = static_cast<uint64_t>(state.range(0));
  fate::sim::Settings settings;
  settings.max_steps = tasks * 20;
  fate::sim::Scheduler scheduler(settings);
  fate::sim::Fifo strategy;
  fate::sim::Prng prng(1);
  auto program = [&](fate::sim::Roots& roots) {
    for (uint64_t i = 0; i < tasks; ++i) roots.Add(body(prng));
  };
  scheduler.Run(program, strategy);
  uint64_t steps = 0;
  for (auto _ : state) steps += scheduler.Run(program, strategy).steps;
  return steps;
}

void Timer(benchmark::State& state) {
  uint64_t fired = Run(state, [](fate::sim::Prng& prng) { return Sleeper(prng); });
  state.SetItemsProcessed(static_cast<int64_t>(fired));
}
BENCHMARK(Timer)->Name("timer")->Arg(1000)->Arg(100000);

void TimerCancel(benchmark::State& state) {
  uint64_t fired = Run(state, [](fate::sim::Prng& prng) { return GuardedSleeper(prng); });
  state.SetItemsProcessed(static_cast<int64_t>(2 * fired));
}
BENCHMARK(TimerCancel)->Name("timer_cancel")->Arg(1000)->Arg(100000);

}  // namespace
