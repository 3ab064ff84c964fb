#include "fate/sim/explore/nearest_pass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fate/runtime/random.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "tests/detect/sct_programs.h"
#include "tests/explore/failing_runs.h"
#include "tests/explore/programs.h"

namespace fate::sim {
namespace {

using test::Failing;
using ::testing::MatchesRegex;

NearestPass Find(Failing& failing) { return FindNearestPass(*failing.reruns, failing.told, failing.choices); }

// What FindNearestPass says of a schedule: that it passes.
void ExpectPasses(Failing& failing, const NearestPass& nearest) {
  const absl::StatusOr<Schedule> schedule = Schedule::Parse(nearest.schedule);
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  Replay replay(*schedule);
  const Execution& execution = failing.scheduler.Run(failing.program, replay, failing.told.number, failing.told.seed);
  replay.EndExecution(execution);
  EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
  EXPECT_EQ(replay.misfit(), "");
}

// Both load, then both store. One store before the other's load, and nothing else, makes it pass.
TEST(NearestPassTest, ALostUpdateIsOnePairOfSteps) {
  Failing failing([](Roots& roots) { roots.Add(test::LosesAnUpdate()); }, 1);
  const NearestPass nearest = Find(failing);
  ASSERT_EQ(nearest.pairs.size(), 1u);
  EXPECT_FALSE(nearest.pairs[0].pends);
  EXPECT_THAT(nearest.pairs[0].words,
              MatchesRegex("step [0-9]+, (first|second) Load cell 1 = 0 at explore/programs.h:15, came before step "
                           "[0-9]+, (first|second) Store cell 1 := 1 at explore/programs.h:16"));
  ExpectPasses(failing, nearest);
}

Task<> LockBoth(Mutex& first, Mutex& second) {
  MutexGuard outer = co_await first.Lock();
  MutexGuard inner = co_await second.Lock();
}
Task<> Deadlocks() {
  Mutex one;
  Mutex two;
  JoinHandle<> a = co_await Spawn(LockBoth(one, two), {.name = "a"});
  JoinHandle<> b = co_await Spawn(LockBoth(two, one), {.name = "b"});
  co_await a.Join();
  co_await b.Join();
}

TEST(NearestPassTest, OfADeadlockTheLaterStepNeverCame) {
  Failing failing([](Roots& roots) { roots.Add(Deadlocks()); }, 1);
  ASSERT_EQ(failing.told.outcome.kind, OutcomeKind::kDeadlock);
  const NearestPass nearest = Find(failing);
  ASSERT_EQ(nearest.pairs.size(), 1u);
  EXPECT_TRUE(nearest.pairs[0].pends);
  EXPECT_THAT(nearest.pairs[0].words,
              MatchesRegex("step [0-9]+, [ab] Lock Mutex [12] at explore/nearest_pass_test.cc:[0-9]+, came before "
                           "[ab] Lock Mutex [12] at explore/nearest_pass_test.cc:[0-9]+, which never came"));
  ExpectPasses(failing, nearest);
}

Task<> FailsAlways() {
  co_await Yield();
  FATE_CHECK(false, "your program fails always");
}

TEST(NearestPassTest, WhereNothingPassesNothingIsFound) {
  Failing failing([](Roots& roots) { roots.Add(FailsAlways()); }, 1);
  const NearestPass nearest = Find(failing);
  EXPECT_EQ(nearest.schedule, "");
  EXPECT_TRUE(nearest.pairs.empty());
  EXPECT_GT(nearest.executions, 0u);
}

// A draw decides: the steps are the same.
Task<> FailsByADraw() {
  co_await Yield();
  FATE_CHECK(Random().Uniform(0, 1, kExplorable) == 0, "your program drew the wrong number");
}

TEST(NearestPassTest, ADrawIsNoPairOfSteps) {
  Failing failing([](Roots& roots) { roots.Add(FailsByADraw()); }, 1);
  const NearestPass nearest = Find(failing);
  EXPECT_NE(nearest.schedule, "");
  EXPECT_TRUE(nearest.pairs.empty());
  ExpectPasses(failing, nearest);
}

// Of the bug programs: a pass is found for each, it passes, and the budget is kept.
TEST(NearestPassTest, EveryBugProgramHasAPassNearItsFailure) {
  uint64_t one_or_two = 0;
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    SCOPED_TRACE(program.name);
    Failing failing(program.run, 1, true, 100);
    const NearestPass nearest = Find(failing);
    EXPECT_LE(nearest.executions, 100u);
    ASSERT_NE(nearest.schedule, "");
    ExpectPasses(failing, nearest);
    one_or_two += nearest.pairs.size() <= 2 ? 1 : 0;
  }
  EXPECT_EQ(one_or_two, sct::SctPrograms().size());
}

}  // namespace
}  // namespace fate::sim
