#include "fate/runtime/sole_waiter.h"

#include <gtest/gtest.h>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/task/task.h"
#include "fate/task/yield.h"

namespace fate::internal {
namespace {

Task<> Comes(SoleWaiter& waiter, int times) {
  for (int i = 0; i < times; ++i) {
    co_await Yield();
    waiter.Come();
  }
}

// How many looks are told if one task comes so often, and another.
size_t Told(int first, int second) {
  sim::Settings settings;
  settings.record_accesses = true;
  sim::Scheduler scheduler(settings);
  sim::Fifo fifo;
  SoleWaiter waiter;
  const auto program = [&](sim::Roots& roots) {
    roots.Add(Comes(waiter, first));
    roots.Add(Comes(waiter, second));
  };
  const sim::Execution& execution = scheduler.Run(program, fifo);
  EXPECT_TRUE(execution.outcome.passed());
  size_t looks = 0;
  for (const sim::Access& access : execution.trace.accesses) looks += access.kind == OpKind::kLook ? 1 : 0;
  return looks;
}

TEST(SoleWaiterTest, OneTaskTellsNothing) { EXPECT_EQ(Told(3, 0), 0u); }

TEST(SoleWaiterTest, EachComingOfAnotherIsALook) { EXPECT_EQ(Told(1, 2), 2u); }

TEST(SoleWaiterTest, NothingIsToldInProduction) {
  SoleWaiter waiter;
  waiter.Come();  // without a runtime
}

}  // namespace
}  // namespace fate::internal
