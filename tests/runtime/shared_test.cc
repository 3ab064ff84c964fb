#include "fate/runtime/shared.h"

#include <gtest/gtest.h>

#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/strategies/replay.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"

namespace fate {
namespace {

TEST(SharedTest, IsAPlainVariableOutsideASimulation) {
  Shared<int> cell(3);
  int seen = cell;
  cell = seen + 1;
  EXPECT_EQ(cell.Read(), 4);
  EXPECT_EQ(cell.Update([](int& value) { return ++value; }), 5);
  EXPECT_EQ(cell.Peek(), 5);
}

Task<> Increment(Shared<int>& cell) {
  int seen = cell;
  co_await Yield();
  cell = seen + 1;
}

TEST(SharedTest, ALostUpdateIsFoundAndItsAccessesAreInTheStory) {
  auto program = []() -> Task<> {
    Shared<int> cell(0);
    co_await WhenAll(Increment(cell), Increment(cell));
    FATE_CHECK(cell.Peek() == 2, "your program lost an update");
  };
  sim::Report report = sim::Explore(program);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.story.find("Read cell"), std::string::npos);
  EXPECT_NE(report.story.find("Write cell"), std::string::npos);
}

TEST(SharedTest, APrologueThatTouchesACellIsAStepOfItsOwn) {
  // Increment touches the cell before its first await, so it stops there: two steps each, no fewer.
  sim::Scheduler scheduler;
  sim::Replay quiet(sim::Schedule{});
  Shared<int> cell(0);
  auto program = [&cell](sim::Roots& roots) { roots.Add(Increment(cell)); };
  const sim::Execution& execution = scheduler.Run(program, quiet);
  EXPECT_EQ(execution.steps, 2u);
  ASSERT_EQ(execution.trace.accesses.size(), 2u);
  EXPECT_EQ(execution.trace.accesses[0].kind, OpKind::kRead);
  EXPECT_EQ(execution.trace.accesses[0].step, 0u);
  EXPECT_EQ(execution.trace.accesses[1].kind, OpKind::kWrite);
  EXPECT_EQ(execution.trace.accesses[1].step, 1u);
}

}  // namespace
}  // namespace fate
