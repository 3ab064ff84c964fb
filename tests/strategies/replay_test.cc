#include "fate/sim/strategies/replay.h"

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/runtime/random.h"
#include "fate/sim/core/prng.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::ProgramOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Locks, timers of one instant, draws: each kind of choice but those of channels.
struct Mixed {
  Mutex mutex;
  Atomic<uint64_t> sum;
  Task<> Work(int id) {
    Random random;
    for (int i = 0; i < 4; ++i) {
      MutexGuard guard = co_await mutex.Lock();
      co_await sum.FetchAdd(random.Bits());
      if (random.Uniform(0, 2, kExplorable) == 1) co_await Yield();
      co_await guard.Unlock();
      co_await Sleep(absl::Milliseconds(id / 2));
    }
  }
  void Begin(Roots& roots) {
    for (int id = 0; id < 4; ++id) roots.Add(Work(id));
  }
};

TEST(ReplayTest, EveryExecutionIsReproducedFromTheTextOfItsSchedule) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    Scheduler scheduler(test::With(interleaving));
    RandomWalk random(3);
    for (uint64_t number = 0; number < 100; ++number) {
      const Execution first = scheduler.Run(ProgramOf<Mixed>(), random, number, number * 7);
      ASSERT_TRUE(first.outcome.passed()) << first.outcome.message;
      const Schedule schedule = Schedule::Parse(first.schedule().ToText()).value();
      Replay replay(schedule);
      const Execution& second = scheduler.Run(ProgramOf<Mixed>(), replay, 0, schedule.seed);
      EXPECT_FALSE(replay.EndExecution(second));
      EXPECT_EQ(replay.misfit(), "");
      ASSERT_EQ(second.trace.Hash(), first.trace.Hash());
      ASSERT_EQ(second.schedule(), first.schedule());
      ASSERT_EQ(second.end_ns, first.end_ns);
    }
  }
}

TEST(ReplayTest, AFailureIsReproduced) {
  struct Racy {
    Atomic<int> x;
    Task<> Increment() {
      int before = co_await x.Load();
      co_await x.Store(before + 1);
      FATE_CHECK(x.Peek() == before + 1 && before < 2, "strange");
    }
    void Begin(Roots& roots) {
      for (int i = 0; i < 3; ++i) roots.Add(Increment());
    }
  };
  const Execution found = test::FirstBad(ProgramOf<Racy>());
  ASSERT_EQ(found.outcome.kind, OutcomeKind::kAssertionFailed);
  Scheduler scheduler;
  Replay replay(found.schedule());
  const Execution& again = scheduler.Run(ProgramOf<Racy>(), replay);
  EXPECT_EQ(again.outcome.message, found.outcome.message);
  EXPECT_EQ(again.trace.Hash(), found.trace.Hash());
}

// --- schedules that do not fit -----------------------------------------------------------------

template <int kTasks, int kYields>
struct Yielders {
  Task<> YieldOften() {
    for (int i = 0; i < kYields; ++i) co_await Yield();
  }
  void Begin(Roots& roots) {
    for (int i = 0; i < kTasks; ++i) roots.Add(YieldOften());
  }
};

Choice TaskChoice(uint32_t option, uint32_t options) {
  return {option, options, static_cast<uint32_t>(ChoiceKind::kTask)};
}

// Of a quiet run of the program.
template <class World>
Schedule Quiet() {
  return test::RunQuietly(ProgramOf<World>()).schedule();
}

struct Replayed {
  Outcome outcome;
  std::string misfit;
};

template <class World>
Replayed Follow(const Schedule& schedule) {
  Scheduler scheduler;
  Replay replay(schedule);
  const Execution& execution = scheduler.Run(ProgramOf<World>(), replay);
  replay.EndExecution(execution);
  return {execution.outcome, replay.misfit()};
}

TEST(ReplayTest, AChoiceAmongOthersDivergesAndSaysWhereAndWhat) {
  Schedule schedule = Quiet<Yielders<2, 2>>();
  schedule.deviations.push_back({1, TaskChoice(2, 3)});
  const Replayed replayed = Follow<Yielders<2, 2>>(schedule);
  EXPECT_EQ(replayed.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_EQ(replayed.outcome.message, replayed.misfit);
  EXPECT_THAT(replayed.misfit,
              AllOf(HasSubstr("the schedule does not fit the program: at choice 1 the schedule expected "
                              "which task runs among 3; the program asks for which task runs among 2"),
                    HasSubstr("explore again and record a new one")));
}

TEST(ReplayTest, AChoiceOfAnotherKindDiverges) {
  Schedule schedule = Quiet<Yielders<2, 2>>();
  schedule.deviations.push_back({0, {1, 2, static_cast<uint32_t>(ChoiceKind::kDraw)}});
  EXPECT_THAT((Follow<Yielders<2, 2>>(schedule).misfit),
              HasSubstr("at choice 0 the schedule expected a draw of the program among 2; the program "
                        "asks for which task runs among 2"));
}

TEST(ReplayTest, AProgramThatAsksForMoreDiverges) {
  const Replayed replayed = Follow<Yielders<2, 3>>(Quiet<Yielders<2, 2>>());
  EXPECT_EQ(replayed.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(replayed.misfit, HasSubstr("the schedule expected the end, after 5 choices"));
}

TEST(ReplayTest, AProgramThatEndsEarlyIsAMisfit) {
  const Replayed replayed = Follow<Yielders<2, 1>>(Quiet<Yielders<2, 2>>());
  EXPECT_TRUE(replayed.outcome.passed());
  EXPECT_THAT(replayed.misfit, HasSubstr("the schedule has 5 choices, and the program ended (Passed) after 3"));
}

TEST(ReplayTest, NoScheduleMakesItAbort) {
  Prng prng(11);
  for (int round = 0; round < 2000; ++round) {
    Schedule schedule;
    schedule.choices = prng.Below(15);
    for (uint64_t index = 0; index < schedule.choices; ++index) {
      const uint32_t options = 2 + prng.Below(3);
      const Choice choice{1 + prng.Below(options - 1), options, prng.Below(3) == 0 ? prng.Below(5) : 0};
      if (prng.Below(2) == 0) schedule.deviations.push_back({index, choice});
    }
    const Replayed replayed = Follow<Yielders<3, 2>>(schedule);
    if (replayed.misfit.empty()) {
      ASSERT_TRUE(replayed.outcome.passed()) << replayed.outcome.message;
    }
  }
}

}  // namespace
}  // namespace fate::sim
