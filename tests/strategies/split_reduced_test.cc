#include "fate/sim/strategies/split_reduced.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fate/sim/race/trace_hash.h"
#include "tests/detect/ground_truth.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

std::vector<ground_truth::Row> SmallRows() {
  return {ground_truth::Readers(4, 16), ground_truth::Increments(3, 36), ground_truth::MutexOrder(3, 6)};
}

// The traces of the executions that ran into no sleeping task.
template <class Search>
std::vector<uint64_t> TracesOf(const ground_truth::Row& row, Search& search) {
  std::vector<uint64_t> traces;
  Scheduler scheduler;
  TraceHash hash;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(row.program, search, 0, 1);
    const uint64_t before = search.traces();
    const uint64_t canonical = hash.Of(execution);
    more = search.EndExecution(execution);
    if (search.traces() != before) traces.push_back(canonical);
  }
  std::sort(traces.begin(), traces.end());
  return traces;
}

template <class Split>
void ExpectEveryTraceInOneGo() {
  for (const ground_truth::Row& row : SmallRows()) {
    for (uint32_t levels = 1; levels <= 5; ++levels) {
      Split search(levels, false);
      const std::vector<uint64_t> traces = TracesOf(row, search);
      EXPECT_EQ(traces.size(), row.traces) << row.name << ", " << levels;
      EXPECT_EQ(std::adjacent_find(traces.begin(), traces.end()), traces.end());
    }
  }
}

TEST(SplitReducedTest, SleepSetsRunEveryTraceOnceInOneGo) { ExpectEveryTraceInOneGo<SplitSleepSets>(); }

TEST(SplitReducedTest, SourceSetsRunEveryTraceOnceInOneGo) { ExpectEveryTraceInOneGo<SplitSourceDpor>(); }

// Copied, as a fork would: what a copy does below concerns nobody else.
template <class Split>
void ExpectLeaves(uint32_t levels, int leaves) {
  Split walk(levels);
  Scheduler scheduler;
  const ground_truth::Row row = ground_truth::Increments(3, 36);
  int seen = 0;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(row.program, walk, 0, 1);
    EXPECT_TRUE(walk.at_leaf());
    EXPECT_FALSE(walk.surprised());
    seen += !walk.blocked();
    more = walk.EndExecution(execution);
  }
  EXPECT_EQ(seen, leaves) << levels;
}

// Three tasks, each of which loads and stores: any of the three loads is first. After two levels: of the nine ways to
// take two steps, those of two loads are three, not six, since loads do not conflict, and one task's load and store is
// another, unlike any: three of each. The others sleep.
TEST(SplitReducedTest, TheWalkEndsWhereTracesPart) {
  ExpectLeaves<SplitSleepSets>(1, 3);
  ExpectLeaves<SplitSleepSets>(2, 6);
  ExpectLeaves<SplitSourceDpor>(1, 3);
  ExpectLeaves<SplitSourceDpor>(2, 6);
}

}  // namespace
}  // namespace fate::sim
