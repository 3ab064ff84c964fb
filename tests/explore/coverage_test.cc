#include "fate/sim/explore/coverage.h"

#include <gtest/gtest.h>

namespace fate::sim {
namespace {

TEST(CoverageTest, BeforeTheFirstSampleEverythingIsUnseen) {
  Coverage coverage;
  EXPECT_EQ(coverage.traces(), 0u);
  EXPECT_EQ(coverage.Unseen(), 1.0);
  EXPECT_EQ(coverage.Estimate(), 0.0);
}

TEST(CoverageTest, TheShareSeenOnceIsTheChanceOfSomethingNew) {
  Coverage coverage;
  EXPECT_TRUE(coverage.NoteHash(1, true));
  EXPECT_EQ(coverage.Unseen(), 1.0);
  EXPECT_FALSE(coverage.NoteHash(1, true));
  EXPECT_EQ(coverage.Unseen(), 0.0);
  EXPECT_TRUE(coverage.NoteHash(2, true));
  EXPECT_FALSE(coverage.NoteHash(1, true));
  EXPECT_EQ(coverage.Unseen(), 0.25);
  EXPECT_EQ(coverage.traces(), 2u);
}

// Chao's estimator, bias-corrected: 4 seen, of which 3 once and 1 twice: 4 + 3 * 2 / (2 * 2).
TEST(CoverageTest, TheEstimateIsThatOfChao) {
  Coverage coverage;
  for (uint64_t trace : {1, 2, 3, 4, 4}) coverage.NoteHash(trace, true);
  EXPECT_EQ(coverage.Estimate(), 5.5);
}

TEST(CoverageTest, SystematicExecutionsAreNoSamples) {
  Coverage coverage;
  EXPECT_TRUE(coverage.NoteHash(1, false));
  EXPECT_FALSE(coverage.NoteHash(1, false));
  EXPECT_EQ(coverage.traces(), 1u);
  EXPECT_EQ(coverage.samples(), 0u);
  EXPECT_EQ(coverage.Unseen(), 1.0);
  // Seen before, and for sampling new.
  EXPECT_FALSE(coverage.NoteHash(1, true));
  EXPECT_EQ(coverage.Unseen(), 1.0);
  EXPECT_EQ(coverage.Estimate(), 1.0);
}

}  // namespace
}  // namespace fate::sim
