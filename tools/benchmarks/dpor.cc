// Whole searches with partial-order reduction: each trace of a program once. An item is an execution, and a
// search that runs another number of them than there are traces is an error. Of dpor/analyse3000 an item is what
// the search costs for one execution of 3000 steps besides running it, and of dpor/analyse3000_new that of one of which
// every event is new; dpor/readers16_bytes is memory.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <memory>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/strategies/replay.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"

namespace {

using fate::Atomic;
using fate::Task;
using fate::sim::Roots;

Task<> Read(Atomic<int>& x) { co_await x.Load(); }
Task<> Write(Atomic<int>& x, int value) { co_await x.Store(value); }

template <int kReaders>
struct Readers {
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

// n tries to put a message into a ring of two, n tries to take one out; who finds it full or empty has tried. The ring
// is that of every single producer and consumer: the indices are atomic, each written by one of the two. There are
// 187 137 orders of the accesses for n = 8, by a count over the states of the program with sleep sets, outside of
// this library.
struct Ring {
  static constexpr int kTries = 8;
  static constexpr int kSlots = 2;
  static constexpr uint64_t kTraces = 187'137;
  Atomic<int> head{0};
  Atomic<int> tail{0};
  std::array<Atomic<int>, kSlots> slots;
  Task<> Producer() {
    int end = 0;
    for (int i = 0; i < kTries; ++i) {
      int begin = co_await head.Load();
      if (end - begin == kSlots) continue;
      co_await slots[static_cast<size_t>(end % kSlots)].Store(i);
      co_await tail.Store(++end);
    }
  }
  Task<> Consumer() {
    int begin = 0;
    for (int i = 0; i < kTries; ++i) {
      int end = co_await tail.Load();
      if (begin == end) continue;
      co_await slots[static_cast<size_t>(begin % kSlots)].Load();
      co_await head.Store(++begin);
    }
  }
  void Start(Roots& roots) {
    roots.Add(Producer());
    roots.Add(Consumer());
  }
};

// Each puts four numbers into a table, where those above 11 meet numbers of those below 3: three times each, and who
// comes second goes on to the next place.
struct Indexer {
  static constexpr int kTasks = 14;
  static constexpr uint64_t kTraces = 1 << 3 * (kTasks - 11);
  std::array<Atomic<int>, 128> table;
  Task<> Insert(int task) {
    for (int i = 0; i < 4; ++i) {
      int value = 11 * i + task;
      for (int place = 7 * value % 128;; place = (place + 1) % 128) {
        int expected = 0;
        bool won = co_await table[static_cast<size_t>(place)].CompareExchange(expected, value);
        if (won) break;
      }
    }
  }
  void Start(Roots& roots) {
    for (int i = 0; i < kTasks; ++i) roots.Add(Insert(i));
  }
};

// 3000 steps: three tasks of a thousand, in each of which two are on a cell of all.
struct Long {
  static constexpr int kSteps = 1000;
  static constexpr uint64_t kTraces = 90;  // 6! / 2!^3
  Atomic<int> shared{0};
  std::array<Atomic<int>, 3> own;
  Task<> Work(size_t task) {
    for (int i = 1; i <= kSteps; ++i) co_await (i % (kSteps / 2) == 0 ? shared : own[task]).Store(i);
  }
  void Start(Roots& roots) {
    for (size_t i = 0; i < own.size(); ++i) roots.Add(Work(i));
  }
};

// The same steps, but none that races, and a number drawn in the first: what comes after it is new for each number.
struct LongNew {
  static constexpr int kSteps = 1000;
  static constexpr uint64_t kTraces = 90;
  std::array<Atomic<int>, 3> own;
  Task<> Work(size_t task) {
    int drawn = 0;
    if (task == 0) {
      fate::Random random;
      drawn = 10 * random.Uniform(0, 8, fate::kExplorable) + random.Uniform(0, 9, fate::kExplorable);
    }
    for (int i = 1; i <= kSteps; ++i) co_await own[task].Store(i + drawn);
  }
  void Start(Roots& roots) {
    for (size_t i = 0; i < own.size(); ++i) roots.Add(Work(i));
  }
};

template <class Shared>
const fate::sim::Execution& RunOnce(fate::sim::Scheduler& scheduler, fate::sim::Strategy& strategy, uint64_t number) {
  Shared shared;
  auto program = [&shared](Roots& roots) { shared.Start(roots); };
  return scheduler.Run(program, strategy, number, 1);
}

// The number of executions, each of which is shown to `see`; 0: one failed.
template <class Shared, class See>
uint64_t SearchAll(fate::sim::Scheduler& scheduler, fate::sim::Strategy& strategy, See see) {
  for (uint64_t number = 0;; ++number) {
    const fate::sim::Execution& execution = RunOnce<Shared>(scheduler, strategy, number);
    if (!execution.outcome.passed()) return 0;
    see(execution);
    if (!strategy.EndExecution(execution)) return number + 1;
  }
}

template <class Shared>
void Dpor(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  uint64_t executions = 0;
  for (auto _ : state) {
    auto strategy = fate::sim::MakeStrategy("optimal_dpor", 1);
    uint64_t found = SearchAll<Shared>(scheduler, **strategy, [](const fate::sim::Execution&) {});
    if (found != Shared::kTraces) {
      state.SkipWithError("not each trace once");
      break;
    }
    executions += found;
  }
  state.SetItemsProcessed(static_cast<int64_t>(executions));
}
BENCHMARK(Dpor<Readers<14>>)->Name("dpor/readers14")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Writers>)->Name("dpor/writers8")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<LastZero>)->Name("dpor/lastzero11")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Locks>)->Name("dpor/mutex8")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Ring>)->Name("dpor/spsc8")->Unit(benchmark::kMillisecond);
BENCHMARK(Dpor<Indexer>)->Name("dpor/indexer14")->Unit(benchmark::kMillisecond);

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The time of a search, less that of the same executions when they are only replayed.
template <class Shared>
void Analyse(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  std::vector<fate::sim::Replay> replays;
  const auto keep = [&replays](const fate::sim::Execution& execution) { replays.emplace_back(execution.schedule()); };
  auto first = fate::sim::MakeStrategy("optimal_dpor", 1);
  if (SearchAll<Shared>(scheduler, **first, keep) != Shared::kTraces) {
    state.SkipWithError("not each trace once");
  }
  for (auto _ : state) {
    const double begin = CpuSeconds();
    auto strategy = fate::sim::MakeStrategy("optimal_dpor", 1);
    SearchAll<Shared>(scheduler, **strategy, [](const fate::sim::Execution&) {});
    const double searched = CpuSeconds();
    for (fate::sim::Replay& replay : replays) RunOnce<Shared>(scheduler, replay, 0);
    const double replayed = CpuSeconds();
    state.SetIterationTime(std::max(1e-9, (searched - begin) - (replayed - searched)));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(Shared::kTraces));
}
BENCHMARK(Analyse<Long>)->Name("dpor/analyse3000")->Unit(benchmark::kMillisecond)->UseManualTime();
BENCHMARK(Analyse<LongNew>)->Name("dpor/analyse3000_new")->Unit(benchmark::kMillisecond)->UseManualTime();

size_t BytesInUse() {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// The most that the heap has given for a search at the end of one of its executions.
void PeakBytes(benchmark::State& state) {
  using Shared = Readers<16>;
  constexpr uint64_t kEvery = 64;  // executions: asking takes longer than one
  fate::sim::Scheduler scheduler;
  size_t peak = 0;
  for (auto _ : state) {
    const size_t before = BytesInUse();
    auto strategy = fate::sim::MakeStrategy("optimal_dpor", 1);
    const auto look = [&peak, before](const fate::sim::Execution& execution) {
      if (execution.number % kEvery == 0) peak = std::max(peak, BytesInUse() - before);
    };
    if (SearchAll<Shared>(scheduler, **strategy, look) != Shared::kTraces) {
      state.SkipWithError("not each trace once");
      break;
    }
  }
  state.counters["bytes"] = static_cast<double>(peak);
}
BENCHMARK(PeakBytes)->Name("dpor/readers16_bytes")->Unit(benchmark::kMillisecond);

}  // namespace
