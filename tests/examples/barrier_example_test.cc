#include "fate/sim/explore/explorer.h"
#include "fate/sync/barrier.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::barrier_example_test {
namespace {

struct Program {
  Barrier barrier{2};
  int computed = 0;

  void Compute(int round) {
    EXPECT_EQ(computed / 2, round);  // nobody is a round ahead
    ++computed;
  }

  Task<> Work() {
    for (int round = 0; round < 3; ++round) {
      Compute(round);
      co_await barrier.ArriveAndWait();
    }
  }
};

Task<> Main() {
  Program program;
  JoinHandle<> other = co_await Spawn(program.Work());
  co_await program.Work();
  co_await other.Join();
}

TEST(BarrierExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::barrier_example_test
