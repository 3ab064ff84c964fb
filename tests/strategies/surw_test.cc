#include "fate/sim/strategies/surw.h"

#include <cmath>

#include "fate/sync/mutex.h"
#include "tests/strategies/runs.h"

namespace fate::sim::surw_test {
namespace {

// `late` has much to do on its own before its one access to what both share.
struct Late {
  std::string log;
  Cell shared{0}, own{0};
  Task<> Early() {
    co_await shared.Store(1);
    log += 'e';
  }
  Task<> Tardy() {
    for (int i = 0; i < 20; ++i) co_await own.Store(i);
    co_await shared.Store(2);
    log += 'l';
  }
  std::vector<Task<>> Tasks() { return List(Early(), Tardy()); }
};

struct LateLock {
  std::string log;
  Mutex mutex;
  Cell own{0};
  Task<> Lock(char name) {
    (co_await mutex.Lock()).Release();
    log += name;
    co_await mutex.Unlock();
  }
  Task<> Early() { co_await Lock('e'); }
  Task<> Tardy() {
    for (int i = 0; i < 20; ++i) co_await own.Store(i);
    co_await Lock('l');
  }
  std::vector<Task<>> Tasks() { return List(Early(), Tardy()); }
};

void ExpectHalf(int count, double total) { EXPECT_NEAR(count / total, 0.5, 3 * std::sqrt(0.25 / total)); }

// A random walk sees "le" with probability 2^-21.
TEST(SurwTest, OrdersOfTheEventsOnASharedCellAreUniform) {
  Surw surw(1);
  Sample<Late>(surw, 1);
  ExpectHalf(Sample<Late>(surw, 4000, 1)["le"], 4000);
}

TEST(SurwTest, LocksAreEventsToo) {
  Surw surw(1);
  Sample<LateLock>(surw, 1);
  ExpectHalf(Sample<LateLock>(surw, 4000, 1)["le"], 4000);
}

struct Three {
  std::string log;
  Cell shared{0}, own{0};
  Task<> Work(char name, int own_steps, int shared_steps) {
    for (int i = 0; i < own_steps; ++i) co_await own.Load();
    for (int i = 0; i < shared_steps; ++i) {
      co_await shared.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a', 0, 2), Work('b', 9, 2), Work('c', 3, 1)); }
};

// 5! / (2! 2! 1!) = 30 orders. 99.9 % of chi-square with 29 degrees of freedom is 58.3.
TEST(SurwTest, SoAreTheOrdersOfSeveralTasksAndEvents) {
  Surw surw(1);
  Sample<Three>(surw, 1);
  std::map<std::string, int> seen = Sample<Three>(surw, 12'000, 1);
  EXPECT_EQ(seen.size(), 30u);
  double sum = 0;
  for (const auto& [log, count] : seen) sum += (count - 400.0) * (count - 400.0) / 400;
  EXPECT_LT(sum, 58.3);
}

}  // namespace
}  // namespace fate::sim::surw_test
