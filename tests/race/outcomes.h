// What the executions of a program come to, as each search with reduction sees it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "fate/sim/explore/explorer.h"

namespace fate::sim::test {

using Outcomes = std::set<std::string>;

// What an execution writes here is its outcome.
inline std::string seen;

// Of all executions, and of one that did not pass the kind of its end; how many traces they were.
inline Outcomes OutcomesOf(const char* strategy, const std::function<Task<>()>& program,
                           Interleaving interleaving = Interleaving::kOperation, uint64_t* traces = nullptr) {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = 20'000;
  options.shrink_executions = options.story_executions = 0;
  options.audit_executions = 0;  // the search is to see them by itself
  options.settings.interleaving = interleaving;
  Outcomes outcomes;
  const auto run = [&]() -> Task<> {
    seen.clear();
    co_await program();
    outcomes.insert(seen);
  };
  const Report report = Explore(run, options);
  if (!report.passed()) return {ToString(report.outcome.kind)};
  EXPECT_TRUE(report.exhausted) << strategy;
  if (traces != nullptr) *traces = report.traces;
  return outcomes;
}

// Each sees all of them, and all the traces that plain depth-first search sees.
inline void ExpectEachSees(const Outcomes& expected, const std::function<Task<>()>& program) {
  uint64_t traces = 0;
  EXPECT_EQ(OutcomesOf("depth_first", program, Interleaving::kOperation, &traces), expected) << "depth_first";
  for (const char* strategy : {"sleep_sets", "source_dpor", "optimal_dpor", "bounded_dpor", "portfolio"}) {
    uint64_t seen_by_it = 0;
    EXPECT_EQ(OutcomesOf(strategy, program, Interleaving::kOperation, &seen_by_it), expected) << strategy;
    EXPECT_EQ(seen_by_it, traces) << strategy;
  }
}

}  // namespace fate::sim::test
