#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::shared_mutex_example_test {
namespace {

Task<int> Sum(const std::vector<int>& table) {
  int sum = 0;
  for (int entry : table) {
    co_await Yield();
    sum += entry;
  }
  co_return sum;
}

Task<> Main() {
  std::vector<int> table = {1, 2};
  int total = 0;
  SharedMutex mutex;
  {
    SharedGuard guard = co_await mutex.LockShared();
    total = co_await Sum(table);
  }
  ExclusiveGuard guard = co_await mutex.Lock();
  table.push_back(total);
  co_await guard.Unlock();
  EXPECT_EQ(table, (std::vector<int>{1, 2, 3}));
}

TEST(SharedMutexExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::shared_mutex_example_test
