// The usage of fate/uv/run.h.
#include "fate/uv/run.h"

#include <gtest/gtest.h>

namespace fate::run_example_test {
namespace {

Task<int> Ask() { co_return 42; }

void Example(int& result) {
  RunOptions options;
  options.name = "server";
  options.grace = absl::Seconds(1);
  int answer = Run(Ask(), options);
  result = answer;
}

TEST(RunExample, CompilesAndRuns) {
  int result = 0;
  Example(result);
  EXPECT_EQ(result, 42);
}

}  // namespace
}  // namespace fate::run_example_test
