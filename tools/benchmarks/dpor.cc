// Whole searches with partial-order reduction: each trace of a program once. An item is an execution, and a
// search that runs another number of them than there are traces is an error.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"

namespace {

using fate::Atomic;
using fate::Task;
using fate::sim::Roots;

Task<> Read(Atomic<int>& x) { co_await x.Load(); }
Task<> Write(Atomic<int>& x, int value) { co_await x.Store(value); }

struct Readers {
  static constexpr int kReaders = 14;
  static constexpr uint64_t kTraces = 1 << kReaders;
  Atomic<int> x{0};
  void Start(Roots& roots) {
    roots.Add(Write(x, 1));
    for (int i = 0; i < kReaders; ++i) roots.Add(Read(x));
  }
};

struct Writers {
  static constexpr uint64_t kTraces = 40'320;  // 8!
  Atomic<int> x{0};
  void Start(Roots& roots) {
    for (int i = 0; i < 8; ++i) roots.Add(Write(x, i));
  }
};

struct LastZero {
  static constexpr int kWriters = 11;
  static constexpr uint64_t kTraces = (kWriters + 3) << (kWriters - 2);
  std::array<Atomic<int>, kWriters + 1> cells;
  Task<> Reader() {
    int i = kWriters;
    for (;;) {
      int value = co_await cells[static_cast<size_t>(i)].Load();
      if (value == 0) break;
      --i;
    }
  }
  Task<> Writer(size_t j) {
    int before = co_await cells[j - 1].Load();
    co_await cells[j].Store(before + 1);
  }
  void Start(Roots& roots) {
    roots.Add(Reader());
    for (size_t j = 1; j <= kWriters; ++j) roots.Add(Writer(j));
  }
};

struct Locks {
  static constexpr uint64_t kTraces = 40'320;  // 8!
  fate::Mutex mutex;
  Task<> LockUnlock() {
    fate::MutexGuard guard = co_await mutex.Lock();
    co_await guard.Unlock();
  }
  void Start(Roots& roots) {
    for (int i = 0; i < 8; ++i) roots.Add(LockUnlock());
  }
};

template <class Shared>
uint64_t SearchAll(fate::sim::Scheduler& scheduler, fate::sim::Strategy& strategy) {
  for (uint64_t number = 0;; ++number) {
    Shared shared;
    auto program = [&shared](Roots& roots) { shared.Start(roots); };
    const fate::sim::Execution& execution = scheduler.Run(program, strategy, number, 1);
    if (!execution.outcome.passed()) return 0;
    if (!strategy.EndExecution(execution)) return number + 1;
  }
}

template <class Shared>
void Dpor(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  uint64_t executions = 0;
  for (auto _ : state) {
    auto strategy = fate::sim::MakeStrategy("optimal_dpor", 1);
    uint64_t found = SearchAll<Shared>(scheduler, **strategy);
    if (found != Shared::kTraces) {
      state.SkipWithError("not each trace once");
      break;
    }
    executions += found;
  }
  state.SetItemsProcessed(static_cast<int64_t>(executions));
}
BENCHMARK(Dpor<Readers>)->Name("dpor/readers14")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Writers>)->Name("dpor/writers8")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<LastZero>)->Name("dpor/lastzero11")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Locks>)->Name("dpor/mutex8")->Unit(benchmark::kMillisecond);

}  // namespace
