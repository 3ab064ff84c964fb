// The strongest test of the search: random small programs against a brute-force enumeration that shares no
// code with the explorer: no trace missed, ever; for cells, mutexes, sleeps, spawn and join none twice.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <cstdlib>
#include <set>
#include <string>

#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "fate/sim/strategies/split_dpor.h"
#include "gtest/gtest.h"
#include "tests/race/brute_force.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {
namespace {

uint32_t Only(std::initializer_list<Do> allowed) {
  uint32_t mask = 0;
  for (Do what : allowed) mask |= 1u << static_cast<int>(what);
  return mask;
}

struct Found {
  std::set<std::string> forms;
  uint64_t executions = 0;
  uint64_t impossible = 0;  // executions the interpreter says cannot happen
  uint64_t traces = 0;      // what the strategy says
  bool exhausted = false;
};

template <class Search>
Found Explore(const SmallProgram& program) {
  Scheduler scheduler;
  Search search;
  Found found;
  std::vector<Happened> log;
  auto run = [&](Roots& roots) { Add(program, roots, log); };
  while (!found.exhausted && found.executions < 100'000) {
    const Execution& execution = scheduler.Run(run, search, found.executions++, 1);
    std::string form = FormOf(program, log);
    form.empty() ? ++found.impossible : static_cast<uint64_t>(found.forms.insert(form).second);
    found.exhausted = !search.EndExecution(execution);
  }
  found.traces = search.traces();
  return found;
}

// The first levels expanded fully.
struct SplitInOneGo : SplitDpor {
  SplitInOneGo() : SplitDpor(3, false) {}
};

struct Case {
  const char* name;
  uint32_t allowed;
  bool exact;  // none redundant
  uint64_t programs;
  uint64_t programs_long;
};

class DifferentialTest : public testing::TestWithParam<Case> {};

TEST_P(DifferentialTest, EveryTraceIsFoundAndNoOther) {
  const Case& param = GetParam();
  uint64_t programs = std::getenv("FATE_LONG_TESTS") != nullptr ? param.programs_long : param.programs;
  uint64_t compared = 0;
  uint64_t traces = 0;
  uint64_t executions = 0;
  uint64_t programs_with_redundancy = 0;
  for (uint64_t seed = 0; compared < programs; ++seed) {
    SmallProgram program = Draw(seed, param.allowed);
    std::set<std::string> truth = AllTraces(program, 40'000);
    if (truth.empty() || truth.size() > 2000) continue;  // too large for the enumerator
    ++compared;
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    Found optimal = Explore<OptimalDpor>(program);
    ASSERT_EQ(optimal.forms, truth);
    ASSERT_EQ(optimal.impossible, 0u);
    ASSERT_TRUE(optimal.exhausted);
    if (param.exact) {
      ASSERT_EQ(optimal.executions, truth.size());
    }
    traces += truth.size();
    executions += optimal.executions;
    programs_with_redundancy += optimal.executions == truth.size() ? 0 : 1;
    if (compared % 4 != 0) continue;
    Found source = Explore<SourceDpor>(program);
    ASSERT_EQ(source.forms, truth);
    ASSERT_TRUE(source.exhausted);
    Found sleep = Explore<SleepSets>(program);
    ASSERT_EQ(sleep.forms, truth);
    ASSERT_TRUE(sleep.exhausted);
    Found split = Explore<SplitInOneGo>(program);
    ASSERT_EQ(split.forms, truth);
    ASSERT_TRUE(split.exhausted);
    if (param.exact) {
      ASSERT_EQ(split.traces, truth.size());
    }
  }
  RecordProperty("traces", std::to_string(traces));
  RecordProperty("executions", std::to_string(executions));
  RecordProperty("programs_with_redundancy", std::to_string(programs_with_redundancy));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, DifferentialTest,
    testing::Values(
        Case{"CellsAndMutexes", Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kLock, Do::kUnlock}), true, 150, 6000},
        Case{"TasksAndTime",
             Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kLock, Do::kUnlock, Do::kSleep, Do::kSpawn, Do::kJoin}),
             true, 100, 4000},
        Case{"Semaphores", Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kAcquire, Do::kRelease}), false, 60, 2000},
        Case{"Channels", Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kSend, Do::kReceive}), false, 60, 2000},
        Case{"Events", Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kSet, Do::kReset, Do::kWait}), true, 60, 2000},
        Case{"InsideSteps", Only({Do::kLoad, Do::kStore, Do::kExchangeIf, Do::kLock, Do::kUnlock}) | kInside, false, 60,
             2000},
        Case{"Everything", ((1u << kDoCount) - 1) | kInside, false, 60, 2000}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace fate::sim::small
