#include "fate/sim/property/concurrent_commands.h"

#include <ostream>

#include "fate/sim/property/check_property.h"
#include "fate/sync/atomic.h"
#include "gtest/gtest.h"

namespace fate::concurrent_commands_example_test {
namespace {

class Counter {
 public:
  Task<int> Increment() {
    int before = co_await value_.FetchAdd(1);
    co_return before + 1;
  }

 private:
  Atomic<int> value_;
};

using Counting = sim::ConcurrentCommand<int, Counter, int>;  // model, system, result
struct Increment : Counting {
  int apply(int& model) const override { return ++model; }
  Task<int> run(Counter& counter) const override { co_return co_await counter.Increment(); }
  void show(std::ostream& stream) const override { stream << "Increment"; }
};

TEST(ConcurrentCommandsExample, ACounterCountsAtOnceAsItDoesInTurn) {
  sim::PropertyOptions options;
  options.executions = 20;
  EXPECT_TRUE(sim::CheckCases(sim::ConcurrentCases<Increment>(), options).passed());
  sim::CheckCases(sim::ConcurrentCases<Increment>(), options);
}

}  // namespace
}  // namespace fate::concurrent_commands_example_test
