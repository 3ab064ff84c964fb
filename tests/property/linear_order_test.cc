#include "fate/sim/property/linear_order.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "fate/sim/core/prng.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

// A register: a write, or a read with what it gave.
struct Call {
  bool writes;
  int value;
  Interval interval;
};
using History = std::vector<std::vector<Call>>;

bool Allows(const Call& call, int& model) {
  if (call.writes) {
    model = call.value;
    return true;
  }
  return model == call.value;
}

LinearOrder<int> OrderOf(const History& history) {
  std::vector<std::vector<Interval>> intervals;
  for (const auto& hand : history) {
    intervals.emplace_back();
    for (const Call& call : hand) intervals.back().push_back(call.interval);
  }
  return LinearOrder<int>(intervals, [history](CommandId id, int& model) {
    return Allows(history[id.task][id.index], model);
  });
}

bool IsLinearizable(const History& history) { return OrderOf(history).Exists(0); }

TEST(LinearOrderTest, AReadDuringAWriteMayGiveEither) {
  for (const int seen : {0, 1}) {
    EXPECT_TRUE(IsLinearizable({{{true, 1, {1, 4}}}, {{false, seen, {2, 3}}}}));
  }
}

TEST(LinearOrderTest, AReadAfterAWriteGivesIt) {
  EXPECT_TRUE(IsLinearizable({{{true, 1, {1, 2}}}, {{false, 1, {3, 4}}}}));
  EXPECT_FALSE(IsLinearizable({{{true, 1, {1, 2}}}, {{false, 0, {3, 4}}}}));
}

TEST(LinearOrderTest, WhatOneHasSeenAnotherCannotMissLater) {
  // The write lasts all the time; the first read sees it, the second, called after, does not.
  const History history = {{{true, 1, {1, 6}}}, {{false, 1, {2, 3}}}, {{false, 0, {4, 5}}}};
  LinearOrder<int> order = OrderOf(history);
  EXPECT_FALSE(order.Exists(0));
  // The write and the first read; the second read is what could come next, and does not fit.
  ASSERT_EQ(order.longest().size(), 2u);
  ASSERT_EQ(order.Next(order.longest()).size(), 1u);
  EXPECT_EQ(order.Next(order.longest())[0].task, 2u);
}

TEST(LinearOrderTest, NothingIsLinearizable) { EXPECT_TRUE(IsLinearizable({})); }

// All orders of all commands, none remembered.
bool BruteForce(const History& history) {
  std::vector<Call> calls;
  for (const auto& hand : history) calls.insert(calls.end(), hand.begin(), hand.end());
  std::vector<size_t> order(calls.size());
  std::iota(order.begin(), order.end(), size_t{0});
  do {
    int model = 0;
    bool fits = true;
    for (size_t i = 0; i < order.size() && fits; ++i) {
      for (size_t j = i + 1; j < order.size(); ++j) {
        fits &= calls[order[j]].interval.returned > calls[order[i]].interval.called;
      }
      fits = fits && Allows(calls[order[i]], model);
    }
    if (fits) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

TEST(LinearOrderTest, AgreesWithAllPermutationsOfRandomHistories) {
  Prng prng(1);
  int linearizable = 0;
  for (int number = 0; number < 2000; ++number) {
    History history(1 + prng.Below(3));
    uint64_t event = 1;
    std::vector<bool> open(history.size(), false);
    for (int i = 0; i < 10; ++i) {
      const uint32_t task = prng.Below(static_cast<uint32_t>(history.size()));
      if (open[task]) {
        history[task].back().interval.returned = event++;
      } else {
        const bool writes = prng.Below(2) == 0;
        history[task].push_back({writes, static_cast<int>(prng.Below(2)), {event++, 0}});
      }
      open[task] = !open[task];
    }
    for (size_t task = 0; task < history.size(); ++task) {
      if (open[task]) history[task].back().interval.returned = event++;
    }
    const bool expected = BruteForce(history);
    linearizable += expected;
    ASSERT_EQ(IsLinearizable(history), expected) << "history " << number;
  }
  EXPECT_GT(linearizable, 200);
  EXPECT_LT(linearizable, 1800);
}

}  // namespace
}  // namespace fate::sim
