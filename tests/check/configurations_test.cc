#include "fate/sim/check/configurations.h"

#include <vector>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

bool Add(Configurations& configurations, const std::vector<uint32_t>& row) {
  return configurations.Add(row.data(), static_cast<uint32_t>(row.size()));
}

TEST(ConfigurationsTest, ARowIsAddedOnce) {
  Configurations configurations;
  EXPECT_TRUE(Add(configurations, {1, 2, 3}));
  EXPECT_FALSE(Add(configurations, {1, 2, 3}));
  EXPECT_TRUE(Add(configurations, {1, 2}));
  EXPECT_TRUE(Add(configurations, {1, 2, 3, 0}));
  EXPECT_TRUE(Add(configurations, {}));
  EXPECT_FALSE(Add(configurations, {}));
  EXPECT_EQ(configurations.size(), 4u);
}

TEST(ConfigurationsTest, ManyRowsAreAllFoundAgain) {
  Configurations configurations;
  for (uint32_t i = 0; i < 100'000; ++i) ASSERT_TRUE(Add(configurations, {i % 7, i}));
  for (uint32_t i = 0; i < 100'000; ++i) ASSERT_FALSE(Add(configurations, {i % 7, i}));
  EXPECT_EQ(configurations.size(), 100'000u);
  // A row of three numbers with its length, and at most four slots of 16 bytes.
  EXPECT_LT(configurations.bytes(), 100'000u * (12 + 64) + (1 << 20));
}

TEST(ConfigurationsTest, RowsLongerThanABlockAreKept) {
  Configurations configurations;
  std::vector<uint32_t> row(200'000, 7);
  EXPECT_TRUE(Add(configurations, row));
  EXPECT_FALSE(Add(configurations, row));
  row.back() = 8;
  EXPECT_TRUE(Add(configurations, row));
  EXPECT_TRUE(Add(configurations, {1}));
  EXPECT_GT(configurations.bytes(), 1'600'000u);
}

}  // namespace
}  // namespace fate::sim
