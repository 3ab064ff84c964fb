#include "fate/sim/explore/explorer.h"
#include "fate/task/finally.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::finally_example_test {
namespace {

struct Connection {
  Task<> Close() {
    co_await Yield();
    open = false;
  }
  bool open = true;
};

Task<int> Ask(Connection&) {
  co_await Yield();
  co_return 42;
}

Task<> Main() {
  Connection connection;
  auto cleanup = [&]() -> Task<> { co_await connection.Close(); };
  int answer = co_await Finally(Ask(connection), cleanup);
  EXPECT_EQ(answer, 42);
  EXPECT_FALSE(connection.open);
}

TEST(FinallyExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::finally_example_test
