#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/task/dump.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"

namespace fate::dump_example_test {
namespace {

Task<> Main() {
  std::string text = DumpTasks();
  EXPECT_NE(text.find("task \"main\" (#0, spawned at "), std::string::npos) << text;
  co_return;
}

TEST(DumpExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::dump_example_test
