#include "fate/sim/strategies/recent_counts.h"

#include <gtest/gtest.h>

namespace fate::sim {
namespace {

TEST(RecentCountsTest, KeysAreCountedByNumber) {
  RecentCounts counts(4);
  EXPECT_EQ(counts.Add(70), 0u);
  EXPECT_EQ(counts.Add(80), 1u);
  EXPECT_EQ(counts.Add(70), 0u);
  EXPECT_EQ(counts.Of(0), 2u);
  EXPECT_EQ(counts.Of(1), 1u);
}

// Of four keys the two that were new first go when a fifth comes, however often they were seen.
TEST(RecentCountsTest, TheOlderHalfIsForgotten) {
  RecentCounts counts(4);
  for (const uint64_t key : {70, 80, 90, 100, 70, 70}) counts.Add(key);
  EXPECT_EQ(counts.size(), 4u);
  EXPECT_EQ(counts.Of(0), 3u);
  EXPECT_EQ(counts.Add(110), 4u);
  EXPECT_EQ(counts.size(), 3u);
  EXPECT_EQ(counts.Of(0), 0u);
  EXPECT_EQ(counts.Of(1), 0u);
  EXPECT_EQ(counts.Of(2), 1u);
  EXPECT_EQ(counts.Of(4), 1u);
  // It is new when it comes again; one that was kept is not.
  EXPECT_EQ(counts.Add(70), 5u);
  EXPECT_EQ(counts.Of(5), 1u);
  EXPECT_EQ(counts.Add(100), 3u);
  EXPECT_EQ(counts.Of(3), 2u);
}

TEST(RecentCountsTest, ItNeverRemembersMoreThanItMay) {
  RecentCounts counts(8);
  for (uint64_t key = 0; key < 1000; ++key) {
    EXPECT_EQ(counts.Add(key), key);
    EXPECT_LE(counts.size(), 8u);
    EXPECT_EQ(counts.Of(key), 1u);
  }
}

}  // namespace
}  // namespace fate::sim
