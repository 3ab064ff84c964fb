#include "fate/sim/core/prng.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

TEST(PrngTest, GivesTheSameBitsOnEveryCompiler) {
  Prng prng(42);
  uint64_t hash = 0;
  for (int i = 0; i < 1000; ++i) hash = Mix(hash, prng.Next32());
  EXPECT_EQ(hash, 1145502519285231141u);
}

TEST(PrngTest, ASeedGivesTheSameNumbersAgain) {
  Prng a(7);
  Prng b(7);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a.Next(), b.Next());
}

TEST(PrngTest, NeighbouringSeedsGiveUnrelatedNumbers) {
  std::set<uint64_t> firsts;
  int bits_that_differ = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    uint64_t first = Prng(seed).Next();
    firsts.insert(first);
    bits_that_differ += std::popcount(first ^ Prng(seed + 1).Next());
  }
  EXPECT_EQ(firsts.size(), 1000u);
  // 32 000 expected, standard deviation 4 * sqrt(1000).
  EXPECT_NEAR(bits_that_differ, 32'000, 5 * 127);
}

TEST(PrngTest, BelowIsUniform) {
  for (uint32_t bound : {1u, 2u, 3u, 10u, 1000u}) {
    Prng prng(bound);
    std::array<int, 1000> counts{};
    const int draws = 200'000;
    for (int i = 0; i < draws; ++i) {
      uint32_t drawn = prng.Below(bound);
      ASSERT_LT(drawn, bound);
      ++counts[drawn];
    }
    // Chi squared, with bound - 1 degrees of freedom; its standard deviation is sqrt(2 (bound -
    // 1)).
    double expected = static_cast<double>(draws) / bound;
    double chi_squared = 0;
    for (uint32_t i = 0; i < bound; ++i) {
      chi_squared += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    EXPECT_LE(chi_squared, (bound - 1) + 4 * std::sqrt(2.0 * (bound - 1))) << "below " << bound;
  }
}

TEST(PrngTest, UnitIsBelowOneAndUniform) {
  Prng prng(3);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    double unit = prng.Unit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    sum += unit;
  }
  // The standard deviation of the mean is sqrt(1 / 12 / 100 000).
  EXPECT_NEAR(sum / 100'000, 0.5, 4 * 0.000913);
}

}  // namespace
}  // namespace fate::sim
