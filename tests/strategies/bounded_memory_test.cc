// What a bounded search makes is the same however little it may remember; how much of it is made again is known.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sim/strategies/bounded_search.h"
#include "fate/sim/strategies/delay_bounded.h"
#include "fate/sim/strategies/deviation_bounded.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "tests/base/samples.h"
#include "tests/core/simulated.h"
#include "tests/strategies/searches.h"

namespace fate::sim::bounded_memory_test {
namespace {

using Order = BoundedSearch::Order;
using Schedules = std::set<std::string>;

constexpr Order kOrders[] = {Order::kInTurn, Order::kRacesFirst};

template <class World>
struct Rooted : World {
  void Begin(Roots& roots) {
    for (Task<>& task : this->Tasks()) roots.Add(std::move(task));
  }
};

struct Searched {
  std::vector<Schedules> by_bound;  // when they were new
  uint64_t executions = 0;
  uint64_t again = 0;
};

// Expects of each execution that it says rightly whether it is new.
template <class Search>
Searched SearchAll(Search search, const test::AnyProgram& program) {
  Scheduler scheduler;
  Searched searched;
  Schedules seen;
  for (bool more = true; more; ++searched.executions) {
    const bool again = search.runs_again();
    const uint32_t bound = search.bound();
    const Execution& execution = scheduler.Run(program, search, 0);
    const std::string schedule = execution.schedule().ToText();
    EXPECT_EQ(seen.insert(schedule).second, !again) << schedule;
    searched.again += again;
    if (searched.by_bound.size() <= bound) searched.by_bound.resize(bound + 1);
    if (!again) searched.by_bound[bound].insert(schedule);
    more = search.EndExecution(execution);
  }
  return searched;
}

// If those that cost less than `whole` are kept, each other one is made at each bound from its own on.
uint64_t AgainFrom(const std::vector<Schedules>& by_bound, uint32_t whole) {
  uint64_t again = 0;
  for (size_t cost = whole; cost < by_bound.size(); ++cost) {
    again += by_bound[cost].size() * (by_bound.size() - 1 - cost);
  }
  return again;
}

// With ever more memory: nothing is kept, the first bound, the first two, all that is needed.
template <class Search>
void ExpectTheSameWithLess(const test::AnyProgram& program, Order order) {
  const Searched all = SearchAll(Search(order), program);
  EXPECT_EQ(all.again, 0u);
  constexpr size_t kTimesMore = test::kSanitized ? 8 : 2;
  std::set<uint64_t> agains;
  for (size_t kept = 0; kept <= 256 * 1024; kept = kept == 0 ? 4 : kept * kTimesMore) {
    const Searched searched = SearchAll(Search(order, kept), program);
    EXPECT_EQ(searched.by_bound, all.by_bound) << kept;
    EXPECT_EQ(searched.executions, all.executions + searched.again) << kept;
    agains.insert(searched.again);
  }
  std::set<uint64_t> expected;
  for (uint32_t whole = 0; whole < all.by_bound.size(); ++whole) expected.insert(AgainFrom(all.by_bound, whole));
  for (const uint64_t again : agains) EXPECT_EQ(expected.count(again), 1u) << again;
  EXPECT_EQ(*agains.begin(), 0u);
  EXPECT_EQ(*agains.rbegin(), AgainFrom(all.by_bound, 0));
  EXPECT_GE(agains.size(), std::min<size_t>(3, expected.size()));
}

// Two at each of the bounds 0, 1 and 2: without memory the first two are made three times, the next two twice.
TEST(BoundedMemoryTest, WithoutMemoryABoundMakesAllThatCostsLessAgain) {
  const test::AnyProgram program = test::ProgramOf<Rooted<Pair>>();
  EXPECT_EQ(SearchAll(PreemptionBounded(), program).executions, 6u);
  EXPECT_EQ(SearchAll(PreemptionBounded(Order::kInTurn, 0), program).executions, 12u);
  EXPECT_EQ(SearchAll(PreemptionBounded(Order::kInTurn, 0), program).again, 6u);
}

TEST(BoundedMemoryTest, WhatIsMadeIsTheSameWithLess) {
  using namespace ground_truth;
  for (const Order order : kOrders) {
    for (const Row& row : test::SomeOf<Row>({Increments(3, 0), LastZero(3, 0)})) {
      SCOPED_TRACE(row.name);
      ExpectTheSameWithLess<PreemptionBounded>(row.program, order);
      ExpectTheSameWithLess<DelayBounded>(row.program, order);
      ExpectTheSameWithLess<DeviationBounded>(row.program, order);
    }
  }
}

// What is free lies between what is not, in every execution.
struct Gamblers {
  Cell cell{0};
  Task<> Work() {
    Random random;
    for (int i = 0; i < 2; ++i) {
      const int drawn = random.Uniform(0, 2, kExplorable);
      co_await cell.FetchAdd(drawn);
    }
  }
  std::vector<Task<>> Tasks() { return List(Work(), Work()); }
};

TEST(BoundedMemoryTest, WhatIsFreeIsMadeAgainWithTheRest) {
  const test::AnyProgram program = test::ProgramOf<Rooted<Gamblers>>();
  ExpectTheSameWithLess<PreemptionBounded>(program, Order::kInTurn);
  ExpectTheSameWithLess<DelayBounded>(program, Order::kRacesFirst);
}

// 2520 interleavings; what is kept is of two bounds at a time.
TEST(BoundedMemoryTest, AnExecutionTakesSomeTenBytes) {
  const test::AnyProgram program = ground_truth::Increments(4, 0).program;
  const Searched all = SearchAll(PreemptionBounded(), program);
  EXPECT_EQ(all.executions, 2520u);
  size_t most = 0;
  for (const Schedules& schedules : all.by_bound) most = std::max(most, schedules.size());
  EXPECT_EQ(SearchAll(PreemptionBounded(Order::kInTurn, 2 * 12 * most), program).again, 0u);
}

}  // namespace
}  // namespace fate::sim::bounded_memory_test
