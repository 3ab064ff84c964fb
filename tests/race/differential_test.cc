// The strongest test of the search: random small programs against a brute-force enumeration that shares no
// code with the explorer: no trace missed, ever; for cells, mutexes, sleeps, spawn and join, semaphores, channels with
// a buffer, events and Once none twice.
// Programs that once showed a loss are in small_programs_test.cc.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>

#include "fate/sim/race/happens_before.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/race/brute_force.h"
#include "tests/race/explore_small.h"
#include "tests/race/last_first.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {
namespace {

constexpr uint64_t Only(std::initializer_list<Do> allowed) {
  uint64_t mask = 0;
  for (Do what : allowed) mask |= uint64_t{1} << static_cast<int>(what);
  return mask;
}
uint64_t CellsAnd(std::initializer_list<Do> allowed) {
  return Only({Do::kLoad, Do::kStore, Do::kExchangeIf}) | Only(allowed);
}

constexpr uint64_t kTimeouts = Only({Do::kWaitFor, Do::kConditionWaitFor, Do::kArriveFor});

struct Case {
  const char* name;
  uint64_t allowed;
  bool exact;  // none redundant
  uint64_t programs;
  uint64_t programs_long;
};

class RandomProgramsTest : public testing::TestWithParam<Case> {};

TEST_P(RandomProgramsTest, EveryTraceIsFoundAndNoOther) {
  const Case& param = GetParam();
  const uint64_t programs = test::Samples(param.programs, param.programs_long);
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
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(optimal, truth));
    // Those before it began again do not count: something was seen inside a step.
    const uint64_t once = optimal.traces + optimal.redundant;
    if (param.exact) {
      ASSERT_EQ(once, truth.size());
    }
    traces += truth.size();
    executions += once;
    programs_with_redundancy += once == truth.size() ? 0 : 1;
    if (compared % 4 != 0) continue;
    // Where most of it comes after the events of which sets are words. Cancellations conflict with what is before, too.
    if ((param.allowed & (Only({Do::kCancel}) | kTimeouts)) == 0) {
      Found late = Explore<OptimalDpor>(program, static_cast<int>(HappensBefore::kEarly) - 2);
      ASSERT_EQ(late.forms, optimal.forms);
      if (!optimal.crowded) {
        ASSERT_EQ(late.executions, optimal.executions);
      }
    }
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<LastFirst>(program), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SourceDpor>(program), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SleepSets>(program), truth));
    Found split = Explore<SplitInOneGo>(program);
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(split, truth));
    if (param.exact) {
      ASSERT_EQ(split.traces, truth.size());
    }
  }
  RecordProperty("traces", std::to_string(traces));
  RecordProperty("executions", std::to_string(executions));
  RecordProperty("programs_with_redundancy", std::to_string(programs_with_redundancy));
}

constexpr uint64_t kAll = (uint64_t{1} << kDoCount) - 1;

INSTANTIATE_TEST_SUITE_P(
    Kinds, RandomProgramsTest,
    testing::Values(
        Case{"CellsAndMutexes", CellsAnd({Do::kLock, Do::kUnlock}), true, 150, 6000},
        Case{"TasksAndTime", CellsAnd({Do::kLock, Do::kUnlock, Do::kSleep, Do::kSpawn, Do::kJoin}), true, 100, 4000},
        Case{"Semaphores", CellsAnd({Do::kAcquire, Do::kRelease}), true, 60, 2000},
        Case{"Channels", CellsAnd({Do::kSend, Do::kReceive}), true, 60, 2000},
        Case{"Closes", CellsAnd({Do::kSend, Do::kReceive, Do::kClose}), true, 60, 2000},
        Case{"Rendezvous", CellsAnd({Do::kSend, Do::kReceive, Do::kClose, Do::kMeet}), false, 60, 8000},
        Case{"RendezvousTries",
             CellsAnd({Do::kSend, Do::kReceive, Do::kClose, Do::kMeet, Do::kTrySend, Do::kTryReceive}), false, 60,
             8000},
        Case{"RendezvousCancelled",
             CellsAnd({Do::kSend, Do::kReceive, Do::kClose, Do::kMeet, Do::kSpawn, Do::kJoin, Do::kCancel}), false, 60,
             8000},
        Case{"Selects", CellsAnd({Do::kSend, Do::kReceive, Do::kSet, Do::kReset, Do::kWait, Do::kSelect}), false, 60,
             8000},
        Case{"SelectsAtRendezvous", Only({Do::kStore, Do::kSend, Do::kReceive, Do::kMeet, Do::kSelect}), false, 60,
             8000},
        Case{"SelectsOfAll",
             CellsAnd({Do::kSend, Do::kReceive, Do::kClose, Do::kMeet, Do::kSet, Do::kReset, Do::kWait, Do::kSleep,
                       Do::kSelect, Do::kTrySend, Do::kTryReceive, Do::kSpawn, Do::kJoin, Do::kCancel}),
             false, 60, 8000},
        Case{"Events", CellsAnd({Do::kSet, Do::kReset, Do::kWait}), true, 60, 2000},
        Case{"SharedMutexes", CellsAnd({Do::kReadLock, Do::kWriteLock, Do::kGiveBack}), false, 60, 2000},
        Case{"LatchesAndBarriers", CellsAnd({Do::kCountDown, Do::kAwaitLatch, Do::kArriveAndWait}), false, 60, 2000},
        Case{"Once", CellsAnd({Do::kCall}), true, 60, 2000},
        Case{"ConditionVariables",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kConditionWait, Do::kNotifyOne, Do::kNotifyAll}), false, 60, 2000},
        Case{"ConditionVariablesTried",
             Only({Do::kLock, Do::kUnlock, Do::kTryLock, Do::kConditionWait, Do::kNotifyOne, Do::kNotifyAll}), false,
             60, 8000},
        Case{"Tries",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kAcquire, Do::kRelease, Do::kSend, Do::kReceive, Do::kTryLock,
                       Do::kTryAcquire, Do::kTrySend, Do::kTryReceive}),
             false, 60, 2000},
        Case{"Timeouts", CellsAnd({Do::kSet, Do::kReset, Do::kWaitFor, Do::kSleep}), false, 60, 2000},
        Case{"TimeoutsOfTwoSteps",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kNotifyOne, Do::kNotifyAll, Do::kConditionWaitFor, Do::kArriveFor,
                       Do::kArriveAndWait, Do::kSleep}),
             false, 60, 8000},
        Case{"Cancel",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kAcquire, Do::kRelease, Do::kSet, Do::kWait, Do::kSleep, Do::kSpawn,
                       Do::kJoin, Do::kCancel}),
             false, 60, 2000},
        Case{"InsideSteps", CellsAnd({Do::kLock, Do::kUnlock}) | kInside, false, 60, 2000},
        Case{"CancelTwoSteps",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kConditionWait, Do::kNotifyOne, Do::kNotifyAll, Do::kArriveAndWait,
                       Do::kCall, Do::kSpawn, Do::kJoin, Do::kCancel}),
             false, 60, 2000},
        Case{"Everything", (kAll & ~(Only({Do::kCancel}) | kTimeouts)) | kInside, false, 60, 8000},
        Case{"EverythingCancelled", kAll | kInside, false, 60, 8000}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace fate::sim::small
