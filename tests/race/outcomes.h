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

// Of all executions, and of one that did not pass the kind of its end.
inline Outcomes OutcomesOf(const char* strategy, const std::function<Task<>()>& program,
                           Interleaving interleaving = Interleaving::kOperation) {
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
  return outcomes;
}

inline void ExpectEachSees(const Outcomes& expected, const std::function<Task<>()>& program) {
  for (const char* strategy :
       {"depth_first", "sleep_sets", "source_dpor", "optimal_dpor", "bounded_dpor", "portfolio"}) {
    EXPECT_EQ(OutcomesOf(strategy, program), expected) << strategy;
  }
}

}  // namespace fate::sim::test
