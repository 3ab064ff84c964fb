#include "fate/sync/ring.h"

#include <memory>

#include "gtest/gtest.h"

namespace fate::internal {
namespace {

TEST(RingTest, TakesOutInTheOrderOfPuttingInWhileItGrowsAndWraps) {
  Ring<std::unique_ptr<int>> ring;
  int put = 0;
  int taken = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 3; ++i) ring.PushBack(std::make_unique<int>(put++));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(*ring.PopFront(), taken++);
    EXPECT_EQ(ring.size(), static_cast<size_t>(put - taken));
    for (size_t i = 0; i < ring.size(); ++i) EXPECT_EQ(*ring[i], taken + static_cast<int>(i));
  }
  while (!ring.empty()) EXPECT_EQ(*ring.PopFront(), taken++);
  EXPECT_EQ(taken, put);
}

TEST(RingTest, DestroysWhatIsLeft) {
  auto value = std::make_shared<int>(1);
  {
    Ring<std::shared_ptr<int>> ring;
    for (int i = 0; i < 5; ++i) ring.PushBack(value);
    ring.PopFront();
    EXPECT_EQ(value.use_count(), 5);
  }
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace fate::internal
