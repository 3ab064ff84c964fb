#include "absl/time/time.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/sync/mutex.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"

namespace fate::sim_test_example_test {
namespace {

SIM_TEST(Counter, KeepsEveryIncrement) {
  Mutex mutex;
  int counter = 0;
  auto increment = [&]() -> Task<> {
    MutexGuard guard = co_await mutex.Lock();
    int seen = counter;
    co_await Yield();
    counter = seen + 1;
  };
  co_await WhenAll(increment(), increment());
  EXPECT_EQ(counter, 2);
}

SIM_TEST(Server, RunsForEver, [](ExploreOptions& o) { o.settings.horizon = absl::Hours(1); }) {
  for (;;) co_await Sleep(absl::Minutes(10));
}

}  // namespace
}  // namespace fate::sim_test_example_test
