// Long executions, what a step allocates, and that the same seed gives the same trace everywhere.
#include <stddef.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "fate/base/mix.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/core/simulated.h"

#define FATE_COUNTS_ALLOCATIONS !FATE_SANITIZED

namespace {
std::atomic<uint64_t> allocations = 0;
}  // namespace

#if FATE_COUNTS_ALLOCATIONS
// In the place of the C library's, for this whole binary: operator new calls malloc.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);

void* malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  ++allocations;
  return __libc_realloc(old, size);
}
}
#endif

namespace fate::sim {
namespace {

using test::AnyProgram;
using test::ProgramOf;
using test::With;

// Some of everything: locks, cells, sleeps, spawns, joins, yields, awaits of children.
template <int kTasks, int kRounds>
struct Busy {
  Mutex mutex;
  Atomic<int> cell;
  Shared<int> total;
  Task<int> Increment() { co_return co_await cell.FetchAdd(1); }
  Task<> Work(int id) {
    for (int i = 0; i < kRounds; ++i) {
      {
        MutexGuard guard = co_await mutex.Lock();
        int before = total;
        co_await Yield();
        total = before + 1;
      }
      int seen = co_await Increment();
      if (seen % 3 == 0) co_await Sleep(absl::Microseconds(1 + id % 2));
    }
  }
  Task<> Child() { co_await cell.Store(0); }
  Task<> Main() {
    for (int i = 0; i < kRounds; ++i) {
      JoinHandle<> child = co_await Spawn(Child());
      co_await child.Join();
    }
  }
  void Begin(Roots& roots) {
    for (int id = 0; id < kTasks; ++id) roots.Add(Work(id));
    roots.Add(Main());
  }
};

// --- the same seed, the same trace -----------------------------------------------------------

uint64_t HashOf(const AnyProgram& program, Interleaving interleaving, uint64_t seed) {
  Scheduler scheduler(With(interleaving));
  RandomWalk random(seed);
  uint64_t hash = 0;
  for (uint64_t number = 0; number < 20; ++number) {
    const Execution& execution = scheduler.Run(program, random, number, seed);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    hash = Mix(hash, execution.trace.Hash());
    hash = Mix(hash, static_cast<uint64_t>(execution.end_ns));
  }
  return hash;
}

// If one of these moves, all recorded schedules may have become useless: say so in CHANGELOG.md.
TEST(SchedulerScaleTest, TheSameSeedGivesTheSameTraceOnEveryCompilerAndBuild) {
  const AnyProgram program = ProgramOf<Busy<4, 10>>();
  EXPECT_EQ(HashOf(program, Interleaving::kOperation, 1), 1255351184185774601u);
  EXPECT_EQ(HashOf(program, Interleaving::kOperation, 2), 2276723469523233891u);
  EXPECT_EQ(HashOf(program, Interleaving::kLoop, 1), 17203876138416508354u);
  EXPECT_EQ(HashOf(program, Interleaving::kFifo, 1), 16853073964932675354u);
}

TEST(SchedulerScaleTest, AnExecutionDependsOnItsSeedAndNumberAlone) {
  const AnyProgram program = ProgramOf<Busy<3, 5>>();
  std::vector<uint64_t> hashes;
  {
    Scheduler scheduler;
    RandomWalk random(5);
    for (uint64_t number = 0; number < 10; ++number) {
      hashes.push_back(scheduler.Run(program, random, number).trace.Hash());
    }
  }
  // In reverse order, each in a scheduler of its own.
  for (uint64_t number = 10; number-- > 0;) {
    Scheduler scheduler;
    RandomWalk random(5);
    EXPECT_EQ(scheduler.Run(program, random, number).trace.Hash(), hashes[number]);
  }
}

// --- size ------------------------------------------------------------------------------------

struct LongRun {
  static constexpr int kRounds = 250'000;
  Atomic<int> cell;
  Task<> Count() {
    for (int i = 0; i < kRounds; ++i) co_await cell.FetchAdd(1);
  }
  void Begin(Roots& roots) {
    for (int i = 0; i < 4; ++i) roots.Add(Count());
  }
};

TEST(SchedulerScaleTest, AnExecutionMayHaveAMillionSteps) {
  Scheduler scheduler;
  RandomWalk random(1);
  const Execution& execution = scheduler.Run(ProgramOf<LongRun>(), random);
  EXPECT_TRUE(execution.outcome.passed());
  EXPECT_EQ(execution.steps, 1'000'000u);
  EXPECT_EQ(execution.trace.steps.size(), 1'000'000u);
  // Who is alone at the end has no choice.
  EXPECT_GT(execution.choices.size(), 990'000u);
  Schedule schedule = execution.schedule();
  EXPECT_EQ(Schedule::Parse(schedule.ToText()).value(), schedule);
}

struct ManyAsleep {
  static inline int woken = 0;
  ManyAsleep() { woken = 0; }
  Task<> SleepLong(int i) {
    co_await Sleep(absl::Seconds(i % 100));
    ++woken;
  }
  void Begin(Roots& roots) {
    for (int i = 0; i < 100'000; ++i) roots.Add(SleepLong(i));
  }
};

TEST(SchedulerScaleTest, AHundredThousandTasksMayBeAsleepAtOnce) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kOperation}) {
    Scheduler scheduler(With(interleaving));
    RandomWalk random(1);
    const Execution& execution = scheduler.Run(ProgramOf<ManyAsleep>(), random);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    EXPECT_EQ(ManyAsleep::woken, 100'000);
    EXPECT_EQ(execution.end_ns, 99'000'000'000);
  }
}

struct SynchronousAwaits {
  static inline int answers = 0;
  Task<int> One() { co_return 1; }
  Task<> Main() {
    answers = 0;
    for (int i = 0; i < 1'000'000; ++i) answers += co_await One();
  }
};

TEST(SchedulerScaleTest, AMillionSynchronousAwaitsInARowNeedNoStack) {
  EXPECT_TRUE(test::RunQuietly(ProgramOf<SynchronousAwaits>()).outcome.passed());
  EXPECT_EQ(SynchronousAwaits::answers, 1'000'000);
}

// --- allocations -----------------------------------------------------------------------------

template <class Strategy>
void ExpectNoAllocationOnceWarm(Interleaving interleaving, Strategy strategy) {
  if (!FATE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer has malloc";
  const AnyProgram program = ProgramOf<Busy<8, 50>>();
  Scheduler scheduler(With(interleaving));
  for (uint64_t number = 0; number < 20; ++number) scheduler.Run(program, strategy, number);
  const uint64_t before = allocations;
  uint64_t steps = 0;
  for (uint64_t number = 0; number < 20; ++number) {
    const Execution& execution = scheduler.Run(program, strategy, number);
    ASSERT_TRUE(execution.outcome.passed());
    steps += execution.steps;
  }
  EXPECT_EQ(allocations - before, 0u) << "in " << steps << " steps";
  EXPECT_GT(steps, 10'000u);
}

TEST(SchedulerScaleTest, AStepAllocatesNothingOnceMemoryIsWarm) {
  ExpectNoAllocationOnceWarm(Interleaving::kOperation, RandomWalk(1));
  ExpectNoAllocationOnceWarm(Interleaving::kOperation, Fifo());
  ExpectNoAllocationOnceWarm(Interleaving::kLoop, RandomWalk(1));
  ExpectNoAllocationOnceWarm(Interleaving::kFifo, RandomWalk(1));
}

}  // namespace
}  // namespace fate::sim
