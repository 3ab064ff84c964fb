#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/task/run_blocking.h"
#include "gtest/gtest.h"

namespace fate::run_blocking_example_test {
namespace {

std::string ReadAll(const std::string& path) { return "the text of " + path; }

Task<> Main() {
  std::string path = "a.txt";
  std::string text = co_await RunBlocking([&path] { return ReadAll(path); });
  EXPECT_EQ(text, "the text of a.txt");
}

TEST(RunBlockingExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::run_blocking_example_test
