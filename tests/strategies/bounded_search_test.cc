#include "fate/sim/strategies/bounded_search.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sim/strategies/delay_bounded.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "tests/base/samples.h"
#include "tests/core/simulated.h"
#include "tests/strategies/searches.h"

namespace fate::sim::bounded_search_test {
namespace {

using Schedules = std::vector<std::string>;

// One after the other, each with its bound.
template <class Search>
Schedules InOneGo(Search search, const Program& program) {
  Scheduler scheduler;
  Schedules schedules;
  for (bool more = true; more;) {
    const uint32_t bound = search.bound();
    const Execution& execution = scheduler.Run(program, search, 0);
    schedules.push_back(std::to_string(bound) + " " + execution.schedule().ToText());
    more = search.EndExecution(execution);
  }
  return schedules;
}

// Each branch by a copy that knows nothing of the others, and that is left after so many executions: what is left of it
// is cut up. `cuts`: how often.
template <class Search>
Schedules InParts(Search search, const Program& program, int longest, int& cuts) {
  Scheduler scheduler;
  Schedules schedules;
  std::deque<BoundedSearch::Part> parts = {{}};
  do {
    std::vector<BoundedSearch::Run> left;
    while (std::optional<BoundedSearch::Part> part = search.NextPart()) parts.push_back(*std::move(part));
    while (!parts.empty()) {
      Search alone = search;
      alone.Descend(parts.front());
      parts.pop_front();
      bool more = true;
      for (int i = 0; i < longest && more; ++i) {
        const Execution& execution = scheduler.Run(program, alone, 0);
        schedules.push_back(std::to_string(search.bound()) + " " + execution.schedule().ToText());
        more = alone.EndExecution(execution);
        if (std::optional<BoundedSearch::Run> run = alone.Leave()) left.push_back(*std::move(run));
      }
      if (!more) continue;
      const std::vector<BoundedSearch::Part> rest = BoundedSearch::Cut(alone.Rest(), search.bound());
      parts.insert(parts.begin(), rest.begin(), rest.end());
      cuts += rest.size() > 1;
    }
    for (const BoundedSearch::Run& run : left) search.BringBack(run);
  } while (search.NextBound());
  return schedules;
}

template <class Search>
void ExpectPartsToBeTheWhole(const Search& search, const Program& program) {
  const Schedules expected = InOneGo(search, program);
  int cuts = 0;
  for (const int longest : test::SomeOf<int>({1, 2, 3, 7, 1'000'000})) {
    EXPECT_EQ(InParts(search, program, longest, cuts), expected) << longest;
  }
  EXPECT_GT(cuts, 0);
}

// Free choices in every execution, with three options and with thirty.
Task<> DrawsBetween(Cell& cell) {
  Random random;
  for (int i = 0; i < 2; ++i) {
    const int drawn = random.Uniform(0, 2, kExplorable);
    co_await cell.FetchAdd(drawn);
  }
}
struct Gamblers {
  Cell cell{0};
  std::vector<Task<>> Tasks() { return List(DrawsBetween(cell), DrawsBetween(cell)); }
};

Program Gambling() {
  static std::optional<Gamblers> world;
  static const auto program = [](Roots& roots) {
    for (Task<>& task : world.emplace().Tasks()) roots.Add(std::move(task));
  };
  return program;
}

TEST(BoundedSearchTest, PartsInTheirOrderAreTheWholeInItsOrder) {
  for (const ground_truth::Row& row : {ground_truth::LastZero(3, 24), ground_truth::MutexOrder(4, 24)}) {
    ExpectPartsToBeTheWhole(PreemptionBounded(), row.program);
  }
  ExpectPartsToBeTheWhole(PreemptionBounded(), Gambling());
  ExpectPartsToBeTheWhole(DelayBounded(), Gambling());
  ExpectPartsToBeTheWhole(DelayBounded(BoundedSearch::Order::kRacesFirst), Gambling());
  // What is made again is a part of some.
  for (const size_t kept : test::SomeOf<size_t>({200, 0, 2000})) {
    ExpectPartsToBeTheWhole(PreemptionBounded(BoundedSearch::Order::kInTurn, kept), Gambling());
    ExpectPartsToBeTheWhole(DelayBounded(BoundedSearch::Order::kRacesFirst, kept), Gambling());
  }
}

TEST(BoundedSearchTest, WhatIsCutIsWhatWasLeftInOrder) {
  using Turn = BoundedSearch::Turn;
  // Rank, options, all free.
  const BoundedSearch::Part part = {{Turn{1, 3, 0, 0}, Turn{2, 3, 0, 0}, Turn{0, 2, 0, 0}, Turn{1, 4, 0, 0}}, 1};
  const std::vector<BoundedSearch::Part> cut = BoundedSearch::Cut(part, 0);
  ASSERT_EQ(cut.size(), 3u);
  // That one, and nothing else; what the deepest choice has besides; then the one above it.
  EXPECT_EQ(cut[0].path.size(), 4u);
  EXPECT_EQ(cut[0].floor, 4u);
  EXPECT_EQ(cut[1].path.size(), 4u);
  EXPECT_EQ(cut[1].path.back().rank, 2u);
  EXPECT_EQ(cut[1].floor, 3u);
  EXPECT_EQ(cut[2].path.size(), 3u);
  EXPECT_EQ(cut[2].path.back().rank, 1u);
  EXPECT_EQ(cut[2].floor, 2u);
}

}  // namespace
}  // namespace fate::sim::bounded_search_test
