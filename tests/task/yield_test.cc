#include "fate/task/yield.h"

#include <string>

#include "fate/task/spawn.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

Task<> TakeTurns(std::string& log) {
  auto player = [&log](char name) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      log += name;
      co_await Yield();
    }
  };
  JoinHandle<> a = SpawnNow(player('a'));
  JoinHandle<> b = SpawnNow(player('b'));
  co_await a.Join();
  co_await b.Join();
}

TEST(YieldTest, TheOtherReadyTasksGoFirst) {
  std::string log;
  InProduction([&] { return TakeTurns(log); });
  EXPECT_EQ(log, "ababab");
  for (sim::Interleaving interleaving :
       {sim::Interleaving::kFifo, sim::Interleaving::kLoop, sim::Interleaving::kOperation}) {
    log.clear();
    sim::Explore([&] { return TakeTurns(log); }, OptionsOf(interleaving, "fifo", 1));
    EXPECT_EQ(log, "ababab") << ToString(interleaving);
  }
}

TEST(YieldTest, AloneItComesBackAtOnce) {
  Everywhere([]() -> Task<> {
    for (int i = 0; i < 1000; ++i) co_await Yield();
  });
}

TEST(YieldTest, ACancelledTaskThrowsAtTheNextYield) {
  Everywhere([]() -> Task<> {
    int turns = 0;
    auto child = [&turns]() -> Task<> {
      for (;;) {
        ++turns;
        co_await Yield();
      }
    };
    JoinHandle<> handle = SpawnNow(child());
    for (int i = 0; i < 5; ++i) co_await Yield();
    handle.CancelNow();
    int before = turns;
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    // A task that was in the queue already still takes its turn.
    EXPECT_LE(turns, before + 1);
  });
}

}  // namespace
}  // namespace fate
