#include "fate/sim/strategies/kept_runs.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "fate/sim/core/prng.h"

namespace fate::sim::kept_runs_test {
namespace {

using Turn = KeptRuns::Turn;
using Kept = KeptRuns::Run;

constexpr size_t kPlenty = size_t{1} << 30;

// All that is to come back: of the choices before `from` nobody asks whether they are dull.
auto KeptOf(const Kept& run) {
  std::vector<std::tuple<uint32_t, uint32_t, uint32_t, bool>> turns;
  for (size_t i = 0; i < run.path.size(); ++i) {
    const Turn& turn = run.path[i];
    turns.emplace_back(turn.rank, turn.options, turn.price, i >= run.from && turn.dull != 0);
  }
  return std::tuple(turns, run.from, run.cost);
}

std::vector<Kept> Read(const KeptRuns& runs, uint32_t bound = KeptRuns::kAllWhole) {
  std::vector<Kept> read;
  for (KeptRuns::Reader reader; runs.Next(reader, bound);) read.push_back(reader.run());
  return read;
}

// One that has as many choices, all of three options, and takes the last of them at `at`.
Kept Branch(size_t choices, size_t at, uint32_t cost = 0, uint32_t reach = 1) {
  Kept run{std::vector<Turn>(choices, Turn{0, 3, 2, 0}), at + 1, cost, reach};
  run.path[at].rank = 2;
  return run;
}

TEST(KeptRunsTest, WhatIsReadIsWhatWasAdded) {
  Prng prng(1);
  KeptRuns runs(kPlenty);
  std::vector<Kept> added;
  for (int i = 0; i < 20'000; ++i) {
    Kept run{{}, 0, static_cast<uint32_t>(i / 4000), 1};
    // Mostly as the one before it; rarely very long, or with very many options.
    if (i > 0 && prng.Below(8) > 0) run.path = added.back().path;
    run.path.resize(1 + prng.Below(prng.Below(1000) == 0 ? 100'000 : 40));
    for (size_t at = prng.Below(static_cast<uint32_t>(run.path.size())); at < run.path.size(); ++at) {
      if (run.path[at].options != 0 && prng.Below(4) > 0) continue;
      const uint32_t options = prng.Below(50) == 0 ? (1u << 29) - 1 : 2 + prng.Below(3);
      const uint32_t rank = prng.Below(3) == 0 ? options - 1 : 0;
      run.path[at] = {rank, options, prng.Below(4), prng.Below(2)};
    }
    for (Turn& turn : run.path) {
      if (turn.options == 0) turn = {0, 2, 1, 0};
    }
    run.from = prng.Below(static_cast<uint32_t>(run.path.size()));
    runs.Add(run);
    added.push_back(std::move(run));
  }
  EXPECT_EQ(runs.whole(), KeptRuns::kAllWhole);
  const std::vector<Kept> read = Read(runs);
  ASSERT_EQ(read.size(), added.size());
  for (size_t i = 0; i < read.size(); ++i) ASSERT_EQ(KeptOf(read[i]), KeptOf(added[i])) << i;
  EXPECT_EQ(Read(runs, 2).size(), 8000u);
  EXPECT_EQ(Read(runs, 0).size(), 0u);
}

// Beyond the first, which says what there is to choose: how much is the same, how much is not, where its branches
// begin, how many ranks are not 0, that the rest is as before, and where and what the rank is.
TEST(KeptRunsTest, ARunLikeTheOneBeforeTakesSevenBytes) {
  KeptRuns runs(kPlenty);
  runs.Add(Branch(60, 0));
  EXPECT_EQ(runs.bytes(), 8u);
  for (size_t at = 1; at < 60; ++at) runs.Add(Branch(60, at));
  EXPECT_EQ(runs.bytes(), 8u + 59 * 7);
}

TEST(KeptRunsTest, WhenItIsFullTheCostThatIsAddedGoesAsAWhole) {
  KeptRuns runs(100);
  for (size_t at = 0; at < 5; ++at) runs.Add(Branch(60, at, 3));
  for (size_t at = 0; at < 7; ++at) runs.Add(Branch(60, at, 4));
  EXPECT_EQ(runs.bytes(), 36u + 50);
  EXPECT_EQ(runs.whole(), KeptRuns::kAllWhole);
  EXPECT_EQ(Read(runs).size(), 12u);
  runs.Add(Branch(60, 7, 4));
  runs.Add(Branch(60, 8, 4));
  EXPECT_EQ(runs.bytes(), 100u);
  runs.Add(Branch(60, 9, 4));
  EXPECT_EQ(runs.whole(), 4u);
  EXPECT_EQ(Read(runs).size(), 5u);
  EXPECT_EQ(runs.bytes(), 36u);
  runs.Add(Branch(60, 0, 5));
  EXPECT_EQ(Read(runs).size(), 5u);
}

TEST(KeptRunsTest, ThoseWithoutABranchThatCostsAsMuchAreForgotten) {
  KeptRuns runs(kPlenty);
  runs.Add(Branch(60, 0, 0, 3));
  runs.Add(Branch(60, 0, 1, 1));
  runs.Add(Branch(60, 1, 1, 1));
  runs.ForgetBelow(2);
  EXPECT_EQ(Read(runs).size(), 3u);
  runs.ForgetBelow(3);
  ASSERT_EQ(Read(runs).size(), 1u);
  EXPECT_EQ(Read(runs)[0].cost, 0u);
  EXPECT_EQ(runs.bytes(), 8u);
  runs.Add(Branch(60, 0, 3));
  EXPECT_EQ(KeptOf(Read(runs)[1]), KeptOf(Branch(60, 0, 3)));
  runs.ForgetBelow(9);
  EXPECT_EQ(runs.bytes(), 0u);
}

TEST(KeptRunsTest, AReaderGoesOnWithWhatIsAddedBelowItsBound) {
  KeptRuns runs(kPlenty);
  KeptRuns::Reader reader;
  EXPECT_FALSE(runs.Next(reader, 9));
  runs.Add(Branch(4, 0, 0));
  EXPECT_TRUE(runs.Next(reader, 1));
  EXPECT_FALSE(runs.Next(reader, 1));
  runs.Add(Branch(4, 1, 1));
  EXPECT_FALSE(runs.Next(reader, 1));
  EXPECT_TRUE(runs.Next(reader, 2));
  EXPECT_EQ(KeptOf(reader.run()), KeptOf(Branch(4, 1, 1)));
}

}  // namespace
}  // namespace fate::sim::kept_runs_test
