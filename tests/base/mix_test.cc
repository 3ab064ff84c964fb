#include "fate/base/mix.h"

#include <gtest/gtest.h>

namespace fate {
namespace {

TEST(MixTest, GivesTheSequenceOfSplitMix64) {
  // The published test vector of SplitMix64, seed 1234567.
  uint64_t state = 1234567;
  EXPECT_EQ(Mix(state), 6457827717110365317u);
  EXPECT_EQ(Mix(state + 0x9e3779b97f4a7c15u), 3203168211198807973u);
}

TEST(MixTest, OrderOfFoldsMatters) {
  EXPECT_NE(Mix(Mix(0, 1), 2), Mix(Mix(0, 2), 1));
  static_assert(Mix(7) == Mix(7));
}

TEST(MixTest, BelowStaysBelowAndReachesBothEnds) {
  EXPECT_EQ(Below(0, 10), 0u);
  EXPECT_EQ(Below(~uint64_t{0}, 10), 9u);
  EXPECT_EQ(Below(uint64_t{1} << 63, 10), 5u);
  EXPECT_EQ(Below(~uint64_t{0}, 1), 0u);
}

}  // namespace
}  // namespace fate
