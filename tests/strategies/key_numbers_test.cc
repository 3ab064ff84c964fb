#include "fate/sim/strategies/key_numbers.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

TEST(KeyNumbersTest, KeysAreNumberedInTheOrderOfFirstSight) {
  KeyNumbers numbers;
  EXPECT_EQ(numbers.Find(7), 0u);
  EXPECT_EQ(numbers.Of(7), 1u);
  EXPECT_EQ(numbers.Of(0), 2u);
  EXPECT_EQ(numbers.Of(7), 1u);
  EXPECT_EQ(numbers.Find(0), 2u);
  EXPECT_EQ(numbers.Find(8), 0u);
  EXPECT_EQ(numbers.size(), 2u);
}

TEST(KeyNumbersTest, ManyMoreThanAreRememberedAsRecentKeepTheirs) {
  KeyNumbers numbers;
  for (int round = 0; round < 3; ++round) {
    for (uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(numbers.Of(i * i), i + 1);
  }
  for (uint64_t i = 10'000; i-- > 0;) ASSERT_EQ(numbers.Find(i * i), i + 1);
  EXPECT_EQ(numbers.size(), 10'000u);
}

TEST(KeyNumbersTest, ACopyGoesOnByItself) {
  KeyNumbers numbers;
  numbers.Of(1);
  KeyNumbers copy = numbers;
  EXPECT_EQ(copy.Of(2), 2u);
  EXPECT_EQ(numbers.Find(2), 0u);
  EXPECT_EQ(numbers.Of(3), 2u);
  EXPECT_EQ(copy.Find(3), 0u);
}

}  // namespace
}  // namespace fate::sim
