#include "fate/sim/explore/explorer.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::mutex_example_test {
namespace {

Task<int> Fetch() {
  co_await Yield();
  co_return 100;
}

Task<> Main() {
  int balance = 0;
  Mutex mutex;
  {
    MutexGuard guard = co_await mutex.Lock();
    balance = co_await Fetch();
  }
  EXPECT_FALSE(mutex.locked());
  EXPECT_EQ(balance, 100);
}

TEST(MutexExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::mutex_example_test
