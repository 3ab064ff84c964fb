#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/latch.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::latch_example_test {
namespace {

struct Program {
  std::vector<std::string> tables;

  Task<> Load(std::string table, Latch& loaded) {
    tables.push_back(table);
    co_await loaded.CountDown();
  }

  Task<> Main() {
    Latch loaded(2);
    JoinHandle<> users = co_await Spawn(Load("users", loaded));
    JoinHandle<> rooms = co_await Spawn(Load("rooms", loaded));
    co_await loaded.Wait();
    EXPECT_EQ(tables.size(), 2u);
    co_await users.Join();
    co_await rooms.Join();
  }
};

Task<> Main() {
  Program program;
  co_await program.Main();
}

TEST(LatchExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::latch_example_test
