// Runs small programs under the searches, and tells which traces they find.
#pragma once

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/strategies/split_dpor.h"
#include "fate/sync/atomic.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/race/brute_force.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {

struct Found {
  std::set<std::string> forms;
  uint64_t executions = 0;
  uint64_t impossible = 0;  // executions the interpreter says cannot happen
  uint64_t traces = 0;      // what the strategy says
  uint64_t redundant = 0;   // likewise
  bool exhausted = false;
  bool crowded = false;  // more than two tasks went on in one step, which conflicts with all
};

// Whether more than two tasks went on in one step.
inline bool Crowded(const Trace& trace) {
  for (size_t i = 2; i < trace.steps.size(); ++i) {
    if (trace.steps[i - 1].joined && trace.steps[i].joined) return true;
  }
  return false;
}

// A task besides those of the program, which makes so many steps before it, on a cell of its own.
inline constexpr int kBefore = 1000;
inline Task<> RunBefore(int steps) {
  Atomic<int> cell{0};
  for (int i = 0; i < steps; ++i) co_await cell.Load();
}

template <class Search>
Found Explore(const SmallProgram& program, int steps_before = 0) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  Search search;
  Found found;
  auto run = [&](Roots& roots) {
    if (steps_before > 0) roots.Add(RunBefore(steps_before), "1000");
    Add(program, roots);
  };
  while (!found.exhausted && found.executions < 100'000) {
    const Execution& execution = scheduler.Run(run, search, found.executions++, 1);
    std::vector<Happened> steps = StepsOf(execution);
    std::erase_if(steps, [](const Happened& step) { return step.task == kBefore; });
    std::string form = FormOf(program, steps);
    form.empty() ? ++found.impossible : static_cast<uint64_t>(found.forms.insert(form).second);
    found.crowded = found.crowded || Crowded(execution.trace);
    found.exhausted = !search.EndExecution(execution);
  }
  found.traces = search.traces();
  found.redundant = search.redundant();
  return found;
}

// The first levels expanded fully.
struct SplitInOneGo : SplitDpor {
  SplitInOneGo() : SplitDpor(3, false) {}
};

inline void ExpectTraces(const Found& found, const std::set<std::string>& truth) {
  ASSERT_EQ(found.impossible, 0u);
  ASSERT_TRUE(found.exhausted);
  std::vector<std::string> missed;
  std::set_difference(truth.begin(), truth.end(), found.forms.begin(), found.forms.end(), std::back_inserter(missed));
  ASSERT_THAT(missed, testing::IsEmpty());
  std::vector<std::string> more;
  std::set_difference(found.forms.begin(), found.forms.end(), truth.begin(), truth.end(), std::back_inserter(more));
  ASSERT_THAT(more, testing::IsEmpty());
}

}  // namespace fate::sim::small
