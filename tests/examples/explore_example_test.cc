#include <iostream>

#include "fate/runtime/check.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/mutex.h"
#include "fate/task/task.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::explore_example_test {
namespace {

using sim::ExploreOptions;
using sim::Report;

struct Accounts {
  Mutex mutex;
  int from = 100;
  int to = 0;
};

Task<> Transfer(Accounts& accounts, int amount) {
  MutexGuard guard = co_await accounts.mutex.Lock();
  int seen = accounts.from;
  co_await Yield();
  accounts.from = seen - amount;
  accounts.to += amount;
}

struct Transfers {
  Task<> operator()() const {
    return []() -> Task<> {
      Accounts accounts;
      co_await WhenAll(Transfer(accounts, 30), Transfer(accounts, 50));
      FATE_CHECK(accounts.from + accounts.to == 100, "money was lost");
    }();
  }
};

TEST(ExploreExample, Passes) {
  ExploreOptions options;
  Report report = fate::sim::Explore(Transfers(), options);  // a Task-returning callable
  if (!report.passed()) std::cerr << report.ToText();
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.contested);
}

}  // namespace
}  // namespace fate::explore_example_test
