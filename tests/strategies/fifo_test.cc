#include "fate/sim/strategies/fifo.h"

#include <string>

#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

struct Talkers {
  static inline std::string log;
  Talkers() { log.clear(); }
  Task<> Talk(char name) {
    for (int i = 0; i < 3; ++i) {
      log += name;
      co_await Yield();
    }
  }
  void Begin(Roots& roots) {
    for (char name : {'a', 'b', 'c'}) roots.Add(Talk(name));
  }
};

TEST(FifoTest, RunsTheTasksInTheOrderInWhichTheyBecameReady) {
  const Execution execution = test::RunQuietly(test::ProgramOf<Talkers>());
  EXPECT_EQ(Talkers::log, "abcabcabc");
  EXPECT_TRUE(execution.schedule().deviations.empty());
  EXPECT_GT(execution.choices.size(), 0u);
}

TEST(FifoTest, IsExhaustedAfterOneExecution) {
  Scheduler scheduler;
  Fifo fifo;
  EXPECT_FALSE(fifo.EndExecution(scheduler.Run(test::ProgramOf<Talkers>(), fifo)));
  EXPECT_TRUE(fifo.fixed_draws());
  EXPECT_FALSE(fifo.wants_footprints());
}

}  // namespace
}  // namespace fate::sim
