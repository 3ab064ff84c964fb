// Shrinking over every failing program of tests/detect: the SCTBench programs of the ground truth, the corpus and the
// demo. The shrunk schedule has the fewest preemptions that an exhaustive search by preemptions finds, the failure
// keeps its identity, and it takes few executions. FATE_LONG_TESTS=1 in the environment takes three failures of each
// program, and searches longer for the fewest preemptions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/explore/shrinker.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "fate/sim/strategies/replay.h"
#include "tests/base/samples.h"
#include "tests/detect/sct_programs.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/demo_programs/bugs.h"

namespace fate::sim {
namespace {

constexpr uint64_t kToFind = 20'000;  // executions

struct FailingProgram {
  std::string name;
  std::function<void(Roots&)> run;
};

std::vector<FailingProgram> FailingPrograms() {
  std::vector<FailingProgram> all;
  for (const sct::SctProgram& program : sct::SctPrograms()) all.push_back({program.name, program.run});
  for (const bugs::BugProgram& program : bugs::BugPrograms()) {
    all.push_back({program.id, [main = program.buggy](Roots& roots) { roots.Add(main()); }});
  }
  for (const demo::Bug& bug : demo::Bugs()) {
    all.push_back({bug.row, [program = bug.program](Roots& roots) { roots.Add(program(demo::Variant::kBuggy)); }});
  }
  return all;
}

Settings Recording() {
  Settings settings;
  settings.record_accesses = true;
  return settings;
}

std::optional<Execution> FirstFailure(Program program, uint64_t seed) {
  Scheduler scheduler(Recording());
  // URW finds what a walk does not.
  for (const char* name : {"random", "urw"}) {
    const std::unique_ptr<Strategy> strategy = *MakeStrategy(name, seed);
    for (uint64_t i = 0; i < kToFind; ++i) {
      const Execution& execution = scheduler.Run(program, *strategy, i, 1);
      if (!execution.outcome.passed()) return execution;
      strategy->EndExecution(execution);
    }
  }
  return std::nullopt;
}

// Whether every schedule with fewer preemptions was run, and none fails like that; none: too many to say.
std::optional<bool> NoneWithFewer(Program program, const std::string& identity, uint64_t preemptions) {
  Scheduler scheduler(Recording());
  PreemptionBounded search;
  for (uint64_t i = 0; i < (test::LongTests() ? 5'000'000u : 100'000u); ++i) {
    if (search.bound() >= preemptions) return true;
    const Execution& execution = scheduler.Run(program, search, i, 1);
    if (!execution.outcome.passed() && FailureIdentity(execution) == identity) return false;
    if (!search.EndExecution(execution)) return true;
  }
  return std::nullopt;
}

TEST(ShrinkingTest, EveryFailureHasTheFewestPreemptionsOrNearlyEvery) {
  if (test::kSanitized) GTEST_SKIP() << "runs all schedules of many programs";
  int failures = 0;
  int fewest = 0;
  std::string missed;
  std::vector<uint64_t> executions;
  for (const FailingProgram& program : FailingPrograms()) {
    for (uint64_t seed = 1; seed <= (test::LongTests() ? 3u : 1u); ++seed) {
      const std::optional<Execution> failure = FirstFailure(program.run, seed);
      if (!failure) {
        EXPECT_EQ(program.name, "B57") << "only SafeStack's bug is rarer";
        continue;
      }
      SCOPED_TRACE(absl::StrCat(program.name, ", seed ", seed));
      const std::string identity = FailureIdentity(*failure);
      Scheduler scheduler(Recording());
      Shrinker shrinker(scheduler, program.run, 200);
      const Schedule schedule = shrinker.Shrink(*failure);
      Replay replay(schedule);
      EXPECT_EQ(FailureIdentity(scheduler.Run(program.run, replay, failure->number, failure->seed)), identity);
      executions.push_back(shrinker.executions());
      ++failures;
      const std::optional<bool> none = NoneWithFewer(program.run, identity, shrinker.cost().preemptions);
      if (none.value_or(false)) {
        ++fewest;
      } else {
        absl::StrAppend(&missed, " ", program.name, none ? "" : " (not known)");
      }
    }
  }
  std::sort(executions.begin(), executions.end());
  const uint64_t median = executions[executions.size() / 2];
  RecordProperty("failures", failures);
  RecordProperty("fewest", fewest);
  RecordProperty("median_executions", static_cast<int>(median));
  EXPECT_GE(fewest * 100, failures * 95) << "of " << failures << ", not:" << missed;
  EXPECT_LE(median, 200u);
}

}  // namespace
}  // namespace fate::sim
