#include "fate/base/counted.h"

#include <gtest/gtest.h>

namespace fate {
namespace {

TEST(CountedTest, OnlyOneIsSingular) {
  EXPECT_EQ(Counted(0, "step"), "0 steps");
  EXPECT_EQ(Counted(1, "step"), "1 step");
  EXPECT_EQ(Counted(2, "step"), "2 steps");
  EXPECT_EQ(Counted(1, "switch", "es"), "1 switch");
  EXPECT_EQ(Counted(11, "switch", "es"), "11 switches");
}

}  // namespace
}  // namespace fate
