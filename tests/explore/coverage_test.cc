#include "fate/sim/explore/coverage.h"

#include <gtest/gtest.h>

#include "fate/base/mix.h"

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

// Beyond what is kept each that is kept stands for several. The error of one that keeps 512 to 1024 is 4 to 5 %.
TEST(CoverageTest, WithMoreTracesThanAreKeptItIsAboutHowMany) {
  Coverage coverage(1024);
  for (uint64_t trace = 0; trace < 1024; ++trace) EXPECT_TRUE(coverage.NoteHash(trace, false));
  EXPECT_EQ(coverage.traces(), 1024u);
  EXPECT_TRUE(coverage.exact());
  for (uint64_t trace = 1024; trace < 100'000; ++trace) EXPECT_TRUE(coverage.NoteHash(trace, false));
  EXPECT_FALSE(coverage.exact());
  EXPECT_NEAR(static_cast<double>(coverage.traces()), 100'000, 5000);
  // One that comes again is none.
  const uint64_t traces = coverage.traces();
  for (uint64_t trace = 0; trace < 100'000; ++trace) coverage.NoteHash(trace, false);
  EXPECT_EQ(coverage.traces(), traces);
}

// A quarter of the traces is sampled once, a quarter twice, a quarter three times, and a quarter seen only.
TEST(CoverageTest, WhatIsEstimatedIsSoFromThoseThatAreKept) {
  const auto note = [](Coverage& coverage) {
    for (uint64_t time = 0; time < 4; ++time) {
      for (uint64_t trace = 0; trace < 40'000; ++trace) {
        if (time == 0 || time <= trace % 4) coverage.NoteHash(trace, time > 0);
      }
    }
  };
  Coverage all;
  Coverage some(2000);
  note(all);
  note(some);
  EXPECT_EQ(all.Unseen(), 1.0 / 6);
  EXPECT_EQ(some.samples(), 60'000u);
  EXPECT_NEAR(some.Unseen(), all.Unseen(), 0.02);
  EXPECT_NEAR(some.Estimate() / all.Estimate(), 1, 0.1);
}

TEST(CoverageTest, TheOrderInWhichTracesAreSeenChangesNothing) {
  Coverage upwards(100);
  Coverage downwards(100);
  constexpr uint64_t kTraces = 5000;
  for (uint64_t i = 0; i < kTraces; ++i) {
    upwards.NoteHash(Mix(i), i % 3 > 0);
    if (i % 7 == 0) upwards.NoteHash(Mix(i), true);
  }
  for (uint64_t i = kTraces; i-- > 0;) {
    if (i % 7 == 0) downwards.NoteHash(Mix(i), true);
    downwards.NoteHash(Mix(i), i % 3 > 0);
  }
  EXPECT_FALSE(upwards.exact());
  EXPECT_EQ(upwards.traces(), downwards.traces());
  EXPECT_EQ(upwards.Unseen(), downwards.Unseen());
  EXPECT_EQ(upwards.Estimate(), downwards.Estimate());
}

}  // namespace
}  // namespace fate::sim
