// Random programs of structure: each search with reduction sees what plain depth-first search sees, neither less nor more,
// and what is seen under a coarse setting is seen under the finest.
//
// What can go wrong here is dependence that is in no operation: who of several tasks ends first, whom a join waits for,
// a timer that might have struck, what is left behind at the end, a look in plain code. tests/race/outcomes_test.cc
// has what went wrong, made small. Draws that are explored are not among the parts: tests/race/explorable_draws_test.cc.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "fate/sim/race/happens_before.h"
#include "fate/sim/strategies/bounded_dpor.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/race/structured_program.h"

namespace fate::sim::structured {
namespace {

// What executions of a program came to.
struct Found {
  std::set<std::string> outcomes;  // of those that passed: all that was seen
  std::set<std::string> failures;  // their kinds
  uint64_t executions = 0;
  bool exhausted = false;
};

template <class Search>
Found Explore(const StructuredProgram& program, uint64_t executions_max,
              Interleaving interleaving = Interleaving::kOperation) {
  Settings settings;
  settings.interleaving = interleaving;
  Scheduler scheduler(settings);
  Search search;
  Seen seen;
  Found found;
  const auto run = [&](Roots& roots) { Add(program, roots, seen); };
  while (!found.exhausted && found.executions < executions_max) {
    const Execution& execution = scheduler.Run(run, search, found.executions++, 1);
    if (execution.outcome.passed()) {
      std::string outcome;
      for (const std::string& what : seen) outcome += what + ";";
      found.outcomes.insert(std::move(outcome));
    } else {
      found.failures.insert(ToString(execution.outcome.kind));
    }
    found.exhausted = !search.EndExecution(execution);
  }
  return found;
}

std::set<std::string> Without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::set<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(rest, rest.end()));
  return rest;
}

void ExpectWithin(const Found& found, const Found& truth) {
  ASSERT_THAT(Without(found.outcomes, truth.outcomes), testing::IsEmpty()) << "cannot be";
  ASSERT_THAT(Without(found.failures, truth.failures), testing::IsEmpty()) << "cannot be";
}

void ExpectSame(const char* strategy, const Found& found, const Found& truth) {
  SCOPED_TRACE(strategy);
  ASSERT_TRUE(found.exhausted);
  ASSERT_NO_FATAL_FAILURE(ExpectWithin(found, truth));
  ASSERT_THAT(Without(truth.failures, found.failures), testing::IsEmpty()) << "missed";
  ASSERT_THAT(Without(truth.outcomes, found.outcomes), testing::IsEmpty()) << "missed";
}

// A search with reduction runs what makes no difference to it a few times; each bound of a bounded one all of it again.
void ExpectAllSee(const StructuredProgram& program, const Found& truth) {
  const uint64_t max = 3 * truth.executions + 100;
  ASSERT_NO_FATAL_FAILURE(ExpectSame("optimal_dpor", Explore<OptimalDpor>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("source_dpor", Explore<SourceDpor>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("sleep_sets", Explore<SleepSets>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("bounded_dpor", Explore<BoundedDpor>(program, 20 * max), truth));
}

struct Case {
  const char* name;
  uint64_t allowed;
  uint64_t programs;
  uint64_t programs_long;
};

class StructuredProgramsTest : public testing::TestWithParam<Case> {};

TEST_P(StructuredProgramsTest, EachSearchSeesWhatDepthFirstSearchSees) {
  const Case& param = GetParam();
  const bool long_tests = std::getenv("FATE_LONG_TESTS") != nullptr;
  const uint64_t programs = long_tests ? param.programs_long : param.programs;
  const uint64_t executions_max = long_tests ? 10'000 : 1'000;
  uint64_t compared = 0;
  for (uint64_t seed = 0; compared < programs; ++seed) {
    StructuredProgram program = Draw(seed, param.allowed);
    // Every fourth where all comes after the events of which sets are words.
    if (seed % 4 == 3) program.loads_before = static_cast<int>(HappensBefore::kEarly) - 2;
    const Found truth = Explore<DepthFirst>(program, executions_max);
    if (!truth.exhausted) continue;
    ++compared;
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    ASSERT_NO_FATAL_FAILURE(ExpectAllSee(program, truth));
    for (const Interleaving coarse : {Interleaving::kFifo, Interleaving::kLoop}) {
      SCOPED_TRACE(ToString(coarse));
      ASSERT_NO_FATAL_FAILURE(ExpectWithin(Explore<DepthFirst>(program, executions_max, coarse), truth));
    }
  }
}

constexpr uint64_t kCells = Parts({Part::kLoad, Part::kStore, Part::kAdd, Part::kExchangeIf, Part::kYield});
constexpr uint64_t kSync =
    Parts({Part::kSet, Part::kReset, Part::kWait, Part::kSend, Part::kReceive, Part::kTrySend, Part::kTryReceive,
           Part::kClose, Part::kCountDown, Part::kAwaitLatch, Part::kArrive, Part::kConditionWait, Part::kNotifyOne,
           Part::kNotifyAll, Part::kRelease, Part::kSelect, Part::kLock, Part::kTryLock, Part::kReadLock,
           Part::kWriteLock, Part::kPermit, Part::kOnce});
constexpr uint64_t kGroups = Parts({Part::kNothing, Part::kThrow, Part::kTry, Part::kAll, Part::kAny, Part::kGroup,
                                    Part::kSibling, Part::kJoin});
constexpr uint64_t kCancellation =
    Parts({Part::kCancelGroup, Part::kCancelScope, Part::kCheckCancelled, Part::kAny, Part::kGroup, Part::kSibling,
           Part::kCancel, Part::kScope, Part::kShield, Part::kFinally});
constexpr uint64_t kTimeouts = Parts({Part::kSleep, Part::kTimeout});
constexpr uint64_t kLeft = Parts({Part::kLeave, Part::kLeaveRunning, Part::kLeaveDaemon});
constexpr uint64_t kLooks = Parts({Part::kLookAtTask, Part::kLookAtGroup, Part::kLookForCancel, Part::kLookAtMutex,
                                   Part::kLookAtEvent, Part::kLookAtChannel, Part::kLookAtSemaphore});
constexpr uint64_t kAll = (uint64_t{1} << kPartCount) - 1;

INSTANTIATE_TEST_SUITE_P(
    Kinds, StructuredProgramsTest,
    testing::Values(Case{"Groups", kCells | kGroups, 40, 4000},
                    Case{"Sync", kCells | kSync | Parts({Part::kAll, Part::kAny, Part::kJoin}), 40, 4000},
                    Case{"Cancellation", kCells | kCancellation | Parts({Part::kWait, Part::kSet, Part::kLock}), 40, 4000},
                    Case{"CancelledSync", kCells | kSync | kCancellation, 40, 4000},
                    Case{"Timeouts", kCells | kTimeouts | Parts({Part::kWait, Part::kSet, Part::kAll, Part::kAny, Part::kShield}), 40, 4000},
                    Case{"TimedSync", kCells | kSync | kTimeouts, 40, 4000},
                    Case{"LeftBehind", kCells | kLeft | Parts({Part::kNothing, Part::kJoin, Part::kCancel, Part::kAny, Part::kLock}), 40, 4000},
                    Case{"Looks", kCells | kLooks | kGroups | kCancellation | Parts({Part::kSet, Part::kReset, Part::kSend, Part::kRelease, Part::kLock}), 40, 4000},
                    Case{"Everything", kAll, 40, 4000}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace fate::sim::structured
