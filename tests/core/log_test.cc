#include "fate/sim/core/log.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

Log<uint64_t> Squares(uint64_t count) {
  Log<uint64_t> log;
  for (uint64_t i = 0; i < count; ++i) *log.Append() = i * i;
  return log;
}

TEST(LogTest, IsEmptyAtFirst) {
  Log<int> log;
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(log.begin(), log.end());
}

TEST(LogTest, KeepsWhatWasAppendedInOrderAtAnySize) {
  const Log<uint64_t> log = Squares(10'000);
  ASSERT_EQ(log.size(), 10'000u);
  for (uint64_t i = 0; i < log.size(); ++i) ASSERT_EQ(log[i], i * i);
  EXPECT_EQ(log.back(), 9'999u * 9'999u);
}

// From 2 MiB on the memory is another kind.
TEST(LogTest, KeepsWhatWasAppendedWhenItGetsLarge) {
  const Log<uint64_t> log = Squares(1'000'000);
  ASSERT_EQ(log.size(), 1'000'000u);
  for (uint64_t i = 0; i < log.size(); ++i) ASSERT_EQ(log[i], i * i);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(log.data()) % (size_t{2} << 20), 0u);
}

TEST(LogTest, KeepsItsMemoryWhenItIsCleared) {
  Log<uint64_t> log = Squares(1000);
  const uint64_t* memory = log.data();
  log.clear();
  EXPECT_TRUE(log.empty());
  for (uint64_t i = 0; i < 1000; ++i) log.push_back(i);
  EXPECT_EQ(log.data(), memory);
}

TEST(LogTest, PopBackTakesTheLastAway) {
  Log<uint64_t> log = Squares(3);
  log.pop_back();
  EXPECT_EQ(log.size(), 2u);
  EXPECT_EQ(log.back(), 1u);
}

TEST(LogTest, IsCutBackToABeginning) {
  Log<uint64_t> log = Squares(100);
  log.Truncate(3);
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(log.back(), 4u);
  log.Truncate(3);
  EXPECT_EQ(log.size(), 3u);
  log.Truncate(0);
  EXPECT_TRUE(log.empty());
}

TEST(LogTest, CopiesAreIndependent) {
  Log<uint64_t> log = Squares(100);
  Log<uint64_t> copy = log;
  log[7] = 0;
  log.clear();
  ASSERT_EQ(copy.size(), 100u);
  EXPECT_EQ(copy[7], 49u);
}

TEST(LogTest, AssignmentReplacesWhatWasThere) {
  Log<uint64_t> log = Squares(100);
  log = Squares(2);
  EXPECT_EQ(log.size(), 2u);
  Log<uint64_t>& same = log;
  log = same;
  EXPECT_EQ(log.size(), 2u);
}

}  // namespace
}  // namespace fate::sim
