#include "fate/sim/explore/explorer.h"
#include "fate/sync/once.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::once_example_test {
namespace {

struct Database {
  int times_opened = 0;
  bool open = false;

  Task<> Open() {
    ++times_opened;
    co_await Yield();
    open = true;
  }
  Task<> Query() {
    EXPECT_TRUE(open);
    co_await Yield();
  }

  Once opened;
  Task<> Use() {
    co_await opened.Call([this] { return Open(); });
    co_await Query();
  }
};

Task<> Main() {
  Database database;
  JoinHandle<> other = co_await Spawn(database.Use());
  co_await database.Use();
  co_await other.Join();
  EXPECT_EQ(database.times_opened, 1);
}

TEST(OnceExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::once_example_test
