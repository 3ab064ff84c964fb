#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/semaphore.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::semaphore_example_test {
namespace {

Task<std::string> Fetch() {
  co_await Yield();
  co_return "<html>";
}

Task<> Main() {
  std::string page;
  Semaphore connections(3);
  {
    SemaphorePermit permit = co_await connections.Acquire();
    page = co_await Fetch();
  }
  SemaphorePermit two = co_await connections.Acquire(2);
  EXPECT_EQ(connections.available(), 1);
  co_await two.Release();
  EXPECT_EQ(connections.available(), 3);
  EXPECT_EQ(page, "<html>");
}

TEST(SemaphoreExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::semaphore_example_test
