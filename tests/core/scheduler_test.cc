// How an execution ends, and what is said about it. Numbers of schedules are in
// tests/strategies/depth_first_test.cc, long runs in scheduler_scale_test.cc.
#include "fate/sim/core/scheduler.h"

#include <stdexcept>
#include <string>

#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/sim/core/describe.h"
#include "fate/sim/strategies/replay.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::CountAll;
using test::FirstBad;
using test::ProgramOf;
using test::RunQuietly;
using test::With;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

struct Greeting {
  Task<> Main() { co_await Yield(); }
};

TEST(SchedulerTest, AProgramThatEndsHasPassed) {
  const Execution execution = RunQuietly(ProgramOf<Greeting>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kPassed);
  EXPECT_EQ(execution.outcome.message, "");
  EXPECT_FALSE(execution.contested);
  EXPECT_EQ(execution.end_ns, 0);
}

TEST(SchedulerTest, AProgramWithoutTasksHasPassed) {
  EXPECT_TRUE(RunQuietly([](Roots&) {}).outcome.passed());
}

// --- deadlocks -------------------------------------------------------------------------------

struct TwoLocks {
  Mutex a, b;
  Task<> Take(Mutex& first, Mutex& second) {
    MutexGuard outer = co_await first.Lock();
    co_await Yield();
    MutexGuard inner = co_await second.Lock();
  }
  void Begin(Roots& roots) {
    roots.Add(Take(a, b), "left");
    roots.Add(Take(b, a), "right");
  }
};

TEST(SchedulerTest, ADeadlockNamesTasksPlacesAndHolders) {
  const Execution execution = RunQuietly(ProgramOf<TwoLocks>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kDeadlock);
  const std::string& message = execution.outcome.message;
  EXPECT_THAT(message, HasSubstr("your program deadlocked: nothing can wake the tasks that are left"));
  const char* const place = "core/scheduler_test.cc:[0-9]+";
  for (auto [waiter, holder] : {std::pair("left", "right"), std::pair("right", "left")}) {
    EXPECT_THAT(message, ContainsRegex(std::string("task \"") + waiter + "\" \\(#[01], spawned at " + place +
                                       "\\) waits in Lock on Mutex [12] made at " + place + ", held by task \"" +
                                       holder + "\" \\(#[01], spawned at " + place + "\\)\n      at " + place));
  }
}

struct WaitsForItself {
  Mutex mutex;
  Task<> Child() {
    (co_await mutex.Lock()).Release();
    MutexGuard again = co_await mutex.Lock();
  }
  Task<> Parent() {
    JoinHandle<> child = co_await Spawn(Child(), {.name = "child"});
    co_await child.Join();
  }
  Task<> Main() { co_await Parent(); }
};

TEST(SchedulerTest, ADeadlockNamesWhoseEndIsWaitedForAndTheAwaitChain) {
  const Execution execution = RunQuietly(ProgramOf<WaitsForItself>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kDeadlock);
  EXPECT_THAT(execution.outcome.message,
              AllOf(ContainsRegex("task \"main\" .* waits in Join for the end of task \"child\" \\(#1, spawned"),
                    ContainsRegex("\n      at core/scheduler_test.cc:[0-9]+\n      at core/scheduler_test"),
                    ContainsRegex("task \"child\" .* held by task \"child\"")));
}

// --- tasks that outlive the root -------------------------------------------------------------

template <Lifetime kLifetime>
struct LeavesAChild {
  Mutex mutex;
  bool* ended = nullptr;
  Task<> Child() {
    for (int i = 0; i < 5; ++i) co_await Yield();
  }
  Task<> Main() { co_await Spawn(Child(), {.name = "child", .lifetime = kLifetime}); }
};

TEST(SchedulerTest, ATaskThatOutlivesTheRootIsALeak) {
  const Execution execution = RunQuietly(ProgramOf<LeavesAChild<Lifetime::kScoped>>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kLeakedTask);
  EXPECT_THAT(execution.outcome.message,
              AllOf(ContainsRegex("your program ended while task \"child\" \\(#1, spawned at "
                                  "core/scheduler_test.cc:[0-9]+\\) was still running"),
                    HasSubstr("join it, put it into a task group, or declare its lifetime")));
  EXPECT_THAT(ToString(execution.outcome.place), ContainsRegex("core/scheduler_test.cc:[0-9]+"));
}

TEST(SchedulerTest, ATaskOfTheProgramIsWaitedFor) {
  const Execution execution = RunQuietly(ProgramOf<LeavesAChild<Lifetime::kProgram>>());
  EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
  EXPECT_EQ(execution.steps, 7u);
}

TEST(SchedulerTest, ADaemonMayBeLeftBehind) {
  const Execution execution = RunQuietly(ProgramOf<LeavesAChild<Lifetime::kDaemon>>());
  EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
  EXPECT_LT(execution.steps, 7u);
}

// --- programs that do not end ----------------------------------------------------------------

struct Spins {
  Task<> Main() {
    for (;;) co_await Yield();
  }
};

struct SwallowsCancelled {
  Task<> Retries() {
    for (;;) {
      try {
        co_await Sleep(absl::Seconds(1));
      } catch (const Cancelled&) {
      }
    }
  }
  Task<> Main() { absl::Status status = co_await WithTimeout(absl::Seconds(3), Retries()); }
};

TEST(SchedulerTest, AtTheStepLimitWhoWasCancelledAndGoesOnIsNamed) {
  const Execution execution = RunQuietly(ProgramOf<SwallowsCancelled>(), {.max_steps = 50});
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kStepLimit);
  EXPECT_THAT(execution.outcome.message, ContainsRegex("task \"main\" .* was cancelled and goes on: if it catches "
                                                       "Cancelled in a loop, let it rethrow"));
}

TEST(SchedulerTest, TheStepLimitIsOursAndSaysSo) {
  Settings settings;
  settings.max_steps = 1000;
  const Execution execution = RunQuietly(ProgramOf<Spins>(), settings);
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kStepLimit);
  EXPECT_EQ(execution.steps, 1000u);
  EXPECT_THAT(execution.outcome.message,
              HasSubstr("our limit of 1000 steps was reached before your program ended: raise "
                        "Settings::max_steps; if the program is meant to run for ever, set a horizon; if a loop in "
                        "it waits for another task, let it Yield"));
}

TEST(SchedulerTest, AProgramThatEndsWithTheLastStepOfTheLimitHasPassed) {
  Settings settings;
  settings.max_steps = RunQuietly(ProgramOf<Greeting>()).steps;
  EXPECT_TRUE(RunQuietly(ProgramOf<Greeting>(), settings).outcome.passed());
  --settings.max_steps;
  EXPECT_EQ(RunQuietly(ProgramOf<Greeting>(), settings).outcome.kind, OutcomeKind::kStepLimit);
}

struct Ticks {
  static inline int ticks = 0;
  static inline bool cleaned_up = false;
  Ticks() {
    ticks = 0;
    cleaned_up = false;
  }
  struct CleanUp {
    ~CleanUp() { cleaned_up = true; }
  };
  Task<> Main() {
    CleanUp clean_up;
    for (;;) {
      co_await Sleep(absl::Seconds(1));
      ++ticks;
    }
  }
};

TEST(SchedulerTest, AProgramThatRunsForEverIsCancelledAtTheHorizonAndHasPassed) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    Settings settings = With(interleaving);
    settings.horizon = absl::Milliseconds(10'500);
    const Execution execution = RunQuietly(ProgramOf<Ticks>(), settings);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    EXPECT_TRUE(execution.hit_horizon);
    EXPECT_EQ(execution.end_ns, 10'500'000'000);
    EXPECT_EQ(Ticks::ticks, 10);
    EXPECT_TRUE(Ticks::cleaned_up);
  }
}

TEST(SchedulerTest, AHorizonThatIsNotReachedChangesNothing) {
  Settings settings;
  settings.horizon = absl::Hours(1);
  const Execution execution = RunQuietly(ProgramOf<Greeting>(), settings);
  EXPECT_TRUE(execution.outcome.passed());
  EXPECT_FALSE(execution.hit_horizon);
}

// --- exceptions ------------------------------------------------------------------------------

struct Throws {
  Task<> Main() {
    co_await Yield();
    throw std::runtime_error("no such file");
  }
};

struct ThrowsInAChild {
  Task<> Child() {
    co_await Yield();
    throw 42;
  }
  Task<> Main() { co_await Spawn(Child(), {.name = "child", .lifetime = Lifetime::kProgram}); }
};

TEST(SchedulerTest, AnExceptionThatLeavesTheRootIsAFinding) {
  const Execution execution = RunQuietly(ProgramOf<Throws>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(execution.outcome.message,
              ContainsRegex("your program let an exception leave task \"main\" \\(#0, .*\\): no such file"));
}

TEST(SchedulerTest, AnExceptionThatLeavesATaskNobodyJoinsIsAFinding) {
  const Execution execution = RunQuietly(ProgramOf<ThrowsInAChild>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(execution.outcome.message, ContainsRegex("leave task \"child\" \\(#1, .*\\): an exception of type int"));
}

TEST(SchedulerTest, AnExceptionOfTheSetUpIsAFinding) {
  const Execution execution = RunQuietly([](Roots&) { throw std::runtime_error("no world"); });
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(execution.outcome.message,
              HasSubstr("plain code: what sets it up, checks its end, or is called on an abort: no world"));
}

// --- programs that are not what they were ----------------------------------------------------

TEST(SchedulerTest, ANondeterministicProgramDiverges) {
  int runs = 0;
  auto program = [&](Roots& roots) {
    ++runs;
    // One task more in each execution.
    for (int i = 0; i <= runs; ++i) roots.Add([]() -> Task<> { co_await Yield(); }());
  };
  Scheduler scheduler;
  DepthFirst all;
  EXPECT_TRUE(scheduler.Run(program, all, 0).outcome.passed());
  ASSERT_TRUE(all.EndExecution(scheduler.execution()));
  const Execution& second = scheduler.Run(program, all, 1);
  EXPECT_EQ(second.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(second.outcome.message,
              HasSubstr("your program is not deterministic: the same choices led to another set of "
                        "options at choice 0"));
}

TEST(SchedulerTest, NoSimulationRunsInsideAnother) {
  std::string message;
  const Execution execution = RunQuietly([&](Roots&) { RunQuietly(ProgramOf<Greeting>()); });
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(execution.outcome.message, HasSubstr("your program started a simulation inside a runtime"));
}

// --- the end ---------------------------------------------------------------------------------

// Logs in whose frame it was destroyed.
struct Note {
  std::string* log;
  const char* text;
  ~Note() { *log += text; }
};

struct FrameLog {
  std::string* log;
  Mutex mutex;
  Task<> Inner(const char* name) {
    Note note{log, name};
    MutexGuard guard = co_await mutex.Lock();
    // Wakes whoever waits; but nobody runs any more.
    *log += "!";
    co_await guard.Unlock();
  }
  Task<> Outer(const char* name, const char* inner) {
    Note note{log, name};
    co_await Inner(inner);
  }
  Task<> Main() {
    Note note{log, "main "};
    MutexGuard guard = co_await mutex.Lock();
    JoinHandle<> first = co_await Spawn(Outer("first ", "inner1 "));
    JoinHandle<> second = co_await Spawn(Outer("second ", "inner2 "));
    for (int i = 0; i < 3; ++i) co_await Yield();
    *log += "fails: ";
    FATE_CHECK(false, "here");
  }
};

struct WorldOf final : ExecutionState {
  explicit WorldOf(std::string* log) : world{log, Mutex()} {}
  ~WorldOf() override { *world.log += "world "; }
  void ProgramEnded() override { *world.log += "ended "; }
  FrameLog world;
};

TEST(SchedulerTest, FramesAreDestroyedInnermostFirstInReverseOrderOfCreationThenTheState) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    std::string log;
    const Execution execution = RunQuietly(
        [&](Roots& roots) {
          auto state = std::make_unique<WorldOf>(&log);
          FrameLog& world = state->world;
          roots.Keep(std::move(state));
          roots.Add(world.Main());
        },
        With(interleaving));
    EXPECT_EQ(execution.outcome.kind, OutcomeKind::kAssertionFailed);
    EXPECT_EQ(log, "fails: main inner2 second inner1 first world ") << ToString(interleaving);
  }
}

TEST(SchedulerTest, TheStateHearsOfTheEndOnlyIfNothingFailed) {
  std::string log;
  RunQuietly([&](Roots& roots) {
    roots.Keep(std::make_unique<WorldOf>(&log));
    roots.Add([]() -> Task<> { co_await Yield(); }());
  });
  EXPECT_EQ(log, "ended world ");
}

TEST(SchedulerTest, NothingFoundWhileFramesAreDestroyedCountsAnyMore) {
  struct FailsAtItsEnd {
    ~FailsAtItsEnd() { FATE_CHECK_IN_DESTRUCTOR(false, "in a destructor"); }
  };
  const Execution execution = RunQuietly([](Roots& roots) {
    roots.Add([]() -> Task<> {
      FailsAtItsEnd late;
      co_await Yield();
      CurrentScheduler()->Fail(OutcomeKind::kAssertionFailed, "the first finding", Place());
      co_await Yield();
    }());
  });
  EXPECT_EQ(execution.outcome.message, "the first finding");
}

TEST(SchedulerTest, TheFirstFindingStands) {
  const Execution execution = RunQuietly([](Roots& roots) {
    roots.Add([]() -> Task<> {
      co_await Yield();
      CurrentScheduler()->Fail(OutcomeKind::kAssertionFailed, "first", Place());
      CurrentScheduler()->Fail(OutcomeKind::kUncaughtException, "second", Place());
    }());
  });
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_EQ(execution.outcome.message, "first");
}

TEST(SchedulerTest, IsAsNewAfterAFailure) {
  Scheduler scheduler;
  Fifo fifo;
  EXPECT_FALSE(scheduler.Run(ProgramOf<TwoLocks>(), fifo).outcome.passed());
  const Execution& next = scheduler.Run(ProgramOf<Greeting>(), fifo);
  EXPECT_TRUE(next.outcome.passed());
  EXPECT_EQ(next.outcome.message, "");
}

}  // namespace
}  // namespace fate::sim
