#include <future>
#include <utility>

#include "fate/sim/explore/explorer.h"
#include "fate/task/future.h"
#include "gtest/gtest.h"

namespace fate::future_example_test {
namespace {

// Of a library that knows nothing of coroutines.
struct Library {
  std::future<int> Compute() {
    return std::async(std::launch::deferred, [] { return 42; });
  }
};

Task<> Main() {
  Library library;
  std::future<int> future = library.Compute();
  int result = co_await FromFuture(std::move(future));
  EXPECT_EQ(result, 42);
}

TEST(FutureExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::future_example_test
