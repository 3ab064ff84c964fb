#include <exception>
#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/task/promise.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::promise_example_test {
namespace {

Task<int> Ask() {
  co_await Yield();
  co_return 42;
}

Task<> Main() {
  int finished = 0;
  Promise<int> answer = StartPromise(Ask());
  Promise<std::string> text = answer.Then([](int value) { return std::to_string(value); })
                                  .Catch([](std::exception_ptr) { return std::string("no answer"); })
                                  .Finally([&] { ++finished; });
  std::string shown = co_await text;
  EXPECT_EQ(shown, "42");
  EXPECT_EQ(finished, 1);
}

TEST(PromiseExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::promise_example_test
