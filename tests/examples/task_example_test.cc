#include "fate/task/task.h"

#include <utility>

#include "fate/sim/explore/explorer.h"
#include "gtest/gtest.h"

namespace fate::task_example_test {
namespace {

Task<int> Answer() { co_return 42; }
Task<> Main() {
  int answer = co_await Answer();
  Task<int> later = Answer();
  answer += co_await std::move(later);
  EXPECT_EQ(answer, 84);
}

TEST(TaskExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::task_example_test
