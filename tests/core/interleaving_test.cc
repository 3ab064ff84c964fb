// What each setting of Interleaving chooses, and what it does not.
#include <set>
#include <string>

#include "absl/time/time.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::CountAll;
using test::ProgramOf;
using test::RunQuietly;
using test::With;

constexpr Interleaving kFifo = Interleaving::kFifo;
constexpr Interleaving kLoop = Interleaving::kLoop;
constexpr Interleaving kOperation = Interleaving::kOperation;

template <class World>
uint64_t Executions(Interleaving interleaving) {
  return CountAll(ProgramOf<World>(), With(interleaving)).executions;
}

// Two tasks of two operations that never block.
struct NeverBlocks {
  Atomic<int> x;
  Task<> Increment() {
    int before = co_await x.Load();
    co_await x.Store(before + 1);
  }
  void Begin(Roots& roots) {
    roots.Add(Increment());
    roots.Add(Increment());
  }
};

TEST(InterleavingTest, ATaskLosesTheProcessorBeforeAnyOperationUnderOperationOnly) {
  EXPECT_EQ(Executions<NeverBlocks>(kFifo), 1u);
  EXPECT_EQ(Executions<NeverBlocks>(kLoop), 2u);       // which begins
  EXPECT_EQ(Executions<NeverBlocks>(kOperation), 6u);  // 4! / (2! 2!)
}

// Two tasks that yield twice: three pieces each.
struct Yields {
  Task<> YieldTwice() {
    co_await Yield();
    co_await Yield();
  }
  void Begin(Roots& roots) {
    roots.Add(YieldTwice());
    roots.Add(YieldTwice());
  }
};

TEST(InterleavingTest, AYieldLetsAnyReadyTaskGoOnUnderLoop) {
  EXPECT_EQ(Executions<Yields>(kFifo), 1u);
  EXPECT_EQ(Executions<Yields>(kLoop), 20u);  // 6! / (3! 3!)
  EXPECT_EQ(Executions<Yields>(kOperation), 20u);
}

// Three timers of one instant.
struct SameInstant {
  Task<> SleepASecond() { co_await Sleep(absl::Seconds(1)); }
  void Begin(Roots& roots) {
    for (int i = 0; i < 3; ++i) roots.Add(SleepASecond());
  }
};

TEST(InterleavingTest, EqualDeadlinesAreChosenEverywhere) {
  EXPECT_EQ(Executions<SameInstant>(kFifo), 6u);
  EXPECT_EQ(Executions<SameInstant>(kLoop), 36u);  // who begins, and who wakes
}

// A sleep and the timeout around it, due at one instant; the timeout was armed first.
struct SleepsUntilItsTimeout {
  static inline std::set<std::string> ends;
  Task<> Main() {
    absl::Status status = co_await WithTimeout(absl::Seconds(1), Nap());
    ends.insert(status.ok() ? "slept" : "cut short");
  }
  Task<> Nap() { co_await Sleep(absl::Seconds(1)); }
};

TEST(InterleavingTest, ASleepAndATimeoutDueAtOneInstantAreTriedInBothOrders) {
  for (Interleaving interleaving : {kFifo, kLoop, kOperation}) {
    SCOPED_TRACE(ToString(interleaving));
    SleepsUntilItsTimeout::ends.clear();
    RunQuietly(ProgramOf<SleepsUntilItsTimeout>(), With(interleaving));
    EXPECT_EQ(SleepsUntilItsTimeout::ends, std::set<std::string>{"cut short"});  // as in production
    // Under kLoop a timeout that comes after the sleep comes before or after the sleeper goes on.
    EXPECT_EQ(Executions<SleepsUntilItsTimeout>(interleaving), interleaving == kLoop ? 3u : 2u);
    EXPECT_EQ(SleepsUntilItsTimeout::ends, (std::set<std::string>{"cut short", "slept"}));
  }
}

struct InOrder {
  static inline std::string log;
  InOrder() { log.clear(); }
  Task<> Say(char name) {
    log += name;
    co_await Yield();
    log += name;
  }
  void Begin(Roots& roots) {
    for (char name : {'a', 'b', 'c'}) roots.Add(Say(name));
  }
};

TEST(InterleavingTest, TheQuietRunIsFirstInFirstOutEverywhere) {
  for (Interleaving interleaving : {kFifo, kLoop, kOperation}) {
    EXPECT_TRUE(test::RunQuietly(ProgramOf<InOrder>(), With(interleaving)).outcome.passed());
    EXPECT_EQ(InOrder::log, "abcabc") << ToString(interleaving);
  }
}

TEST(InterleavingTest, AnExecutionKnowsItsSettingAndItsScheduleToo) {
  for (Interleaving interleaving : {kFifo, kLoop, kOperation}) {
    const Execution execution = test::RunQuietly(ProgramOf<Yields>(), With(interleaving));
    EXPECT_EQ(execution.interleaving, interleaving);
    EXPECT_EQ(execution.schedule().interleaving, interleaving);
    EXPECT_EQ(execution.contested, interleaving != kFifo);
  }
}

// Goes no further than the first choice.
class Stops final : public Strategy {
 public:
  void BeginExecution(uint64_t) override {}
  uint32_t Choose(const ChoicePoint&) override { return kStop; }
  bool EndExecution(const Execution&) override { return false; }
};

struct NeverEnds {
  Task<> Spin() {
    for (;;) co_await Yield();
  }
  void Begin(Roots& roots) {
    roots.Add(Spin());
    roots.Add(Spin());
  }
};

TEST(InterleavingTest, AnExecutionEndsAtTheChoiceWhereTheStrategyStops) {
  for (Interleaving interleaving : {kLoop, kOperation}) {
    Scheduler scheduler(With(interleaving));
    Stops strategy;
    NeverEnds world;
    auto program = [&](Roots& roots) { world.Begin(roots); };
    const Execution& execution = scheduler.Run(program, strategy);
    EXPECT_EQ(execution.outcome.kind, OutcomeKind::kDiverged) << ToString(interleaving);
    EXPECT_EQ(execution.steps, 0u) << ToString(interleaving);
    EXPECT_EQ(execution.trace.steps.size(), 0u) << ToString(interleaving);
  }
}

TEST(InterleavingTest, EachHasAName) {
  EXPECT_STREQ(ToString(kFifo), "fifo");
  EXPECT_STREQ(ToString(kLoop), "loop");
  EXPECT_STREQ(ToString(kOperation), "operation");
}

}  // namespace
}  // namespace fate::sim
