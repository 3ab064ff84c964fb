#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::when_any_example_test {
namespace {

Task<int> AskNear() {
  co_await Yield();
  co_return 1;
}

Task<int> AskFar() {
  for (int i = 0; i < 3; ++i) co_await Yield();
  co_return 2;
}

Task<> Main() {
  int answer = 0;
  int returned = 0;
  auto Return = [&](int unused) { returned = unused; };
  auto Log = [](const std::string& text) { ADD_FAILURE() << text; };
  auto first = co_await WhenAny(AskNear(), AskFar());
  if (first.index() == 0) answer = *first.get<0>();
  if (first.get<1>()) Return(*first.get<1>());
  for (const TaskFailure& failure : first.failures()) Log(failure.ToString());
  EXPECT_TRUE(answer == 1 || returned == 2);
}

TEST(WhenAnyExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::when_any_example_test
