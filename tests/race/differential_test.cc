// The strongest test of the search: random small programs against a brute-force enumeration that shares no
// code with the explorer: no trace missed, ever; for cells, mutexes, sleeps, spawn and join none twice.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/race/happens_before.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "fate/sim/strategies/split_dpor.h"
#include "fate/sync/atomic.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/race/brute_force.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {
namespace {

uint64_t Only(std::initializer_list<Do> allowed) {
  uint64_t mask = 0;
  for (Do what : allowed) mask |= uint64_t{1} << static_cast<int>(what);
  return mask;
}
uint64_t CellsAnd(std::initializer_list<Do> allowed) {
  return Only({Do::kLoad, Do::kStore, Do::kExchangeIf}) | Only(allowed);
}

struct Found {
  std::set<std::string> forms;
  uint64_t executions = 0;
  uint64_t impossible = 0;  // executions the interpreter says cannot happen
  uint64_t traces = 0;      // what the strategy says
  bool exhausted = false;
  bool crowded = false;  // more than two tasks went on in one step, which conflicts with all
};

// Whether more than two tasks went on in one step.
bool Crowded(const Trace& trace) {
  for (size_t i = 2; i < trace.steps.size(); ++i) {
    if (trace.steps[i - 1].joined && trace.steps[i].joined) return true;
  }
  return false;
}

// A task besides those of the program, which makes so many steps before it, on a cell of its own.
constexpr int kBefore = 1000;
Task<> RunBefore(int steps) {
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
  return found;
}

// The first levels expanded fully.
struct SplitInOneGo : SplitDpor {
  SplitInOneGo() : SplitDpor(3, false) {}
};

struct Case {
  const char* name;
  uint64_t allowed;
  bool exact;  // none redundant
  uint64_t programs;
  uint64_t programs_long;
};

class RandomProgramsTest : public testing::TestWithParam<Case> {};

void ExpectTraces(const Found& found, const std::set<std::string>& truth) {
  ASSERT_EQ(found.impossible, 0u);
  ASSERT_TRUE(found.exhausted);
  std::vector<std::string> missed;
  std::set_difference(truth.begin(), truth.end(), found.forms.begin(), found.forms.end(), std::back_inserter(missed));
  ASSERT_THAT(missed, testing::IsEmpty());
  std::vector<std::string> more;
  std::set_difference(found.forms.begin(), found.forms.end(), truth.begin(), truth.end(), std::back_inserter(more));
  ASSERT_THAT(more, testing::IsEmpty());
}

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
    if (param.exact) {
      ASSERT_EQ(optimal.executions, truth.size());
    }
    traces += truth.size();
    executions += optimal.executions;
    programs_with_redundancy += optimal.executions == truth.size() ? 0 : 1;
    if (compared % 4 != 0) continue;
    // Where most of it comes after the events of which sets are words. Cancellations conflict with what is before, too.
    if ((param.allowed & Only({Do::kCancel, Do::kWaitFor})) == 0) {
      Found late = Explore<OptimalDpor>(program, static_cast<int>(HappensBefore::kEarly) - 2);
      ASSERT_EQ(late.forms, optimal.forms);
      if (!optimal.crowded) {
        ASSERT_EQ(late.executions, optimal.executions);
      }
    }
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

// A task that sleeps covers a sequence only if nothing that comes later is in its way; else each of two may rely on
// the other, and the trace in which the last task reads before the store of task 2 is in neither.
TEST(DifferentialTest, ASleeperDoesNotCoverWhatLaterStepsKeepItFrom) {
  SmallProgram program;
  program.roots = 4;
  program.tasks = {{{Do::kStore, 0, 2}, {Do::kStore, 0, 2}},
                   {{Do::kStore, 0, 0}, {Do::kLoad, 1}},
                   {{Do::kStore, 1, 1}},
                   {{Do::kLoad, 0, 0, 0, 0, 1}, {Do::kLoad, 1}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
  EXPECT_EQ(found.executions, 36u);
}

// What is covered for now since a task sleeps is told again as soon as another step comes to be in its way.
TEST(DifferentialTest, WhatAnotherStepKeepsASleeperFromIsNotCoveredAnyMore) {
  SmallProgram program;
  program.roots = 4;
  program.tasks = {{{Do::kStore, 1, 0}, {Do::kLoad, 1}},
                   {{Do::kStore, 0, 2}, {Do::kExchangeIf, 0, 2, 0}},
                   {{Do::kLoad, 0}, {Do::kLoad, 0, 0, 0, 0, 1}, {Do::kLoad, 1}},
                   {{Do::kStore, 1, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
  EXPECT_EQ(found.executions, 30u);
}

// The same where it is doubtful whether what was planned first can be done.
TEST(DifferentialTest, APlanBesideADoubtfulOneCoversItself) {
  SmallProgram program;
  program.roots = 4;
  program.permits = {1};
  program.capacities = {1, 2};
  program.tasks = {{{Do::kLoad, 1}, {Do::kTrySend, 1}, {Do::kTryAcquire, 0}},
                   {{Do::kSend, 1}},
                   {{Do::kLoad, 0}, {Do::kTryAcquire, 0}},
                   {{Do::kAcquire, 0}}};
  EXPECT_EQ(Explore<OptimalDpor>(program).forms, AllTraces(program, 100'000));
}

// A writer waits for two readers, and could have come before the second if the first had given back before that.
TEST(DifferentialTest, AReaderThatGivesBackBesideLetsTheWriterIn) {
  SmallProgram program;
  program.roots = 3;
  program.tasks = {{{Do::kReadLock}, {Do::kLoad, 1}, {Do::kGiveBack}, {Do::kStore, 1, 1}},
                   {{Do::kLoad, 1}, {Do::kReadLock}},
                   {{Do::kStore, 0, 0}, {Do::kStore, 1, 1}, {Do::kWriteLock}}};
  EXPECT_EQ(Explore<OptimalDpor>(program).forms, AllTraces(program, 100'000));
}

// The timeout strikes, and the wait throws: it could have done so before the other reset, though the event was never
// set.
TEST(DifferentialTest, WhatThrowsCouldHaveComeBeforeWhatItNeverWaitedFor) {
  SmallProgram program;
  program.roots = 2;
  program.tasks = {{{Do::kWaitFor, 0, 1}, {Do::kReset, 0}}, {{Do::kSleep, 1}, {Do::kReset, 0}}};
  EXPECT_EQ(Explore<OptimalDpor>(program).forms, AllTraces(program, 100'000));
}

// Task 0 meets 1 or 2, whoever it is that comes first, or 2 after its load.
TEST(DifferentialTest, ASenderMeetsEachReceiver) {
  SmallProgram program;
  program.roots = 3;
  program.capacities = {0, 1};
  program.tasks = {{{Do::kSend, 0}}, {{Do::kReceive, 0}}, {{Do::kLoad, 0}, {Do::kReceive, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms.size(), 2u);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
}

// The try form meets the sender that stands there, or nobody if it comes later.
TEST(DifferentialTest, ATryFormMeetsWhoStandsThereAlready) {
  SmallProgram program;
  program.roots = 2;
  program.capacities = {0, 1};
  program.tasks = {{{Do::kLoad, 1}, {Do::kTryReceive, 0}}, {{Do::kLoad, 0}, {Do::kSend, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms.size(), 2u);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
}

// It takes the first branch or the second; with either the other step comes before or after, which nobody sees.
TEST(DifferentialTest, ASelectTakesEachBranch) {
  SmallProgram program;
  program.roots = 3;
  program.capacities = {1, 1};
  program.tasks = {
      {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kWait, 0}, {Do::kReceive, 1}}}, {{Do::kSet, 0}}, {{Do::kSend, 1}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms.size(), 2u);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
}

SmallProgram Of(int roots, std::vector<std::vector<Action>> tasks, int capacity = 2) {
  SmallProgram program;
  program.roots = roots;
  program.tasks = std::move(tasks);
  program.permits = {1, 1};
  program.capacities = {capacity, 100};
  return program;
}
Action Inside(Action action, int inside) {
  action.inside = inside;
  return action;
}

// Random programs, made smaller: of each optimal DPOR lost a trace without the rule.
TEST(DifferentialTest, NoTraceIsLostThatRandomProgramsShowedLost) {
  const std::vector<SmallProgram> programs = {
      // A lock that is cancelled says nothing of whether it was free.
      Of(3, {{{Do::kWriteLock}, {Do::kSpawn, 3}, {Do::kCancel, 3}},
             {{Do::kNotifyOne}, {Do::kReadLock}},
             {},
             {{Do::kWriteLock}}}),
      // A wait that is cancelled comes because of that, not of what it waited for.
      Of(3, {{{Do::kSpawn, 3}, Inside({Do::kSet, 1}, 5), {Do::kStore, 0, 0}, {Do::kCancel, 3}},
             {{Do::kLoad, 0}, Inside({Do::kReset, 0}, 13)},
             {{Do::kExchangeIf, 0, 1, 1}},
             {{Do::kWaitFor, 1, 2}}}),
      // What a start does where it need not wait is in the way of more than it is.
      Of(3, {{{Do::kSpawn, 3}, {Do::kWriteLock}, {Do::kCancel, 3}},
             {Inside({Do::kReadLock}, 15)},
             {Inside({Do::kStore, 0, 1}, 5)},
             {{Do::kWait, 1}}}),
      Of(3, {{{Do::kReadLock}, {Do::kSpawn, 3}, {Do::kCancel, 3}},
             {Inside({Do::kWriteLock}, 9)},
             {Inside({Do::kStore, 1, 2}, 9)},
             {{Do::kWriteLock}}}),
      Of(2, {{{Do::kSpawn, 2}, {Do::kReadLock}, {Do::kLock, 1}, {Do::kCancel, 2}},
             {Inside({Do::kWriteLock}, 5)},
             {Inside({Do::kLock, 1}, 11)}}),
      Of(3, {{{Do::kWriteLock}, {Do::kLock, 1}},
             {{Do::kSpawn, 3}, {Do::kCancel, 3}},
             {Inside({Do::kWriteLock}, 1)},
             {Inside({Do::kLock, 1}, 11)}}),
      Of(2, {{{Do::kSpawn, 2}, {Do::kWriteLock}, {Do::kCancel, 2}},
             {{Do::kSpawn, 3}, {Do::kCancel, 3}},
             {Inside({Do::kSet, 1}, 7)},
             {Inside({Do::kReadLock}, 12)}}),
      Of(3, {{{Do::kWriteLock}, {Do::kSet, 1}},
             {{Do::kReset, 1}, Inside({Do::kSet, 0}, 10)},
             {{Do::kSpawn, 3}, {Do::kCancel, 3}},
             {Inside({Do::kReadLock}, 7)}}),
      // Or of nothing: whom a plan beside it puts before it is not asleep there.
      Of(2, {{{Do::kSpawn, 2}, Inside({Do::kStore, 1, 0}, 4)},
             {Inside({Do::kLock, 0}, 9), {Do::kStore, 0, 1}},
             {{Do::kLoad, 1}, {Do::kExchangeIf, 0, 0, 0}, {Do::kSpawn, 3}, {Do::kLoad, 0}, {Do::kCancel, 3}},
             {{Do::kLock, 0}, {Do::kConditionWait, 0}}}),
      // An operation before which a start came to stand could have come before what that waits for, with the start.
      Of(3, {{{Do::kWriteLock}, {Do::kTrySend, 0}, {Do::kClose, 0}},
             {{Do::kSpawn, 3}},
             {{Do::kSpawn, 5}, {Do::kCancel, 5}},
             {{Do::kSpawn, 4}, {Do::kReadLock}},
             {{Do::kSend, 1}, {Do::kTryReceive, 0}},
             {{Do::kWait, 1}}}),
      // It is then the first of its task, and does inside what that was seen to do.
      Of(3, {{{Do::kSpawn, 3}, {Do::kLock, 0}, {Do::kWriteLock}},
             {Inside({Do::kLock, 0}, 14)},
             {{Do::kSpawn, 4}, {Do::kCancel, 4}},
             {Inside({Do::kReset, 0}, 9), Inside({Do::kWriteLock}, 10)},
             {{Do::kWait, 1}}}),
      // What comes because of something does not race with what comes before that.
      Of(3, {{Inside({Do::kSet, 1}, 14), {Do::kSpawn, 3}},
             {{Do::kSet, 1}, Inside({Do::kSelect, 0, 0, 0, 0, 0, {Do::kWait, 0}, {Do::kReceive, 0}}, 7)},
             {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 1}, {Do::kWait, 1}}},
             {{Do::kSend, 0}}}),
      // Who wakes for a lock may not have been notified when it was free.
      Of(3, {{{Do::kLock, 0}, {Do::kTryReceive, 1}, {Do::kSpawn, 3}, {Do::kUnlock, 0}},
             {{Do::kLock, 0}, {Do::kConditionWait, 0}},
             {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 1}, {Do::kSend, 1}}},
             {{Do::kNotifyAll, 1}}}),
      // A select that is met in a try form has branches, too: the meeting could have come before what they are.
      Of(2,
         {{{Do::kSleep, 1}, {Do::kSpawn, 2}, {Do::kReset, 0}},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 0}, {Do::kWait, 0}}},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSleep, 1}, {Do::kSleep, 0}}, {Do::kTryReceive, 0}, {Do::kSet, 0}}},
         0),
  };
  for (size_t i = 0; i < programs.size(); ++i) {
    SCOPED_TRACE(testing::Message() << i << ": " << programs[i].ToText());
    const std::set<std::string> truth = AllTraces(programs[i], 40'000);
    ASSERT_FALSE(truth.empty());
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<OptimalDpor>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SourceDpor>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SleepSets>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SplitInOneGo>(programs[i]), truth));
  }
}

constexpr uint64_t kAll = (uint64_t{1} << kDoCount) - 1;

// Random programs found it: among other starts that come to stand, one of a task that is cancelled there.
TEST(RandomProgramTest, ATraceIsNotLostByBeginningAgainForAStartInVain) {
  const SmallProgram program = Draw(4799, kAll | kInside);
  const std::set<std::string> truth = AllTraces(program, 40'000);
  ASSERT_FALSE(truth.empty());
  ExpectTraces(Explore<OptimalDpor>(program), truth);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, RandomProgramsTest,
    testing::Values(
        Case{"CellsAndMutexes", CellsAnd({Do::kLock, Do::kUnlock}), true, 150, 6000},
        Case{"TasksAndTime", CellsAnd({Do::kLock, Do::kUnlock, Do::kSleep, Do::kSpawn, Do::kJoin}), true, 100, 4000},
        Case{"Semaphores", CellsAnd({Do::kAcquire, Do::kRelease}), false, 60, 2000},
        Case{"Channels", CellsAnd({Do::kSend, Do::kReceive}), false, 60, 2000},
        Case{"Closes", CellsAnd({Do::kSend, Do::kReceive, Do::kClose}), false, 60, 2000},
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
        Case{"Once", CellsAnd({Do::kCall}), false, 60, 2000},
        Case{"ConditionVariables",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kConditionWait, Do::kNotifyOne, Do::kNotifyAll}), false, 60, 2000},
        Case{"Tries",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kAcquire, Do::kRelease, Do::kSend, Do::kReceive, Do::kTryLock,
                       Do::kTryAcquire, Do::kTrySend, Do::kTryReceive}),
             false, 60, 2000},
        Case{"Timeouts", CellsAnd({Do::kSet, Do::kReset, Do::kWaitFor, Do::kSleep}), false, 60, 2000},
        Case{"Cancel",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kAcquire, Do::kRelease, Do::kSet, Do::kWait, Do::kSleep, Do::kSpawn,
                       Do::kJoin, Do::kCancel}),
             false, 60, 2000},
        Case{"InsideSteps", CellsAnd({Do::kLock, Do::kUnlock}) | kInside, false, 60, 2000},
        Case{"CancelTwoSteps",
             CellsAnd({Do::kLock, Do::kUnlock, Do::kConditionWait, Do::kNotifyOne, Do::kNotifyAll, Do::kArriveAndWait,
                       Do::kCall, Do::kSpawn, Do::kJoin, Do::kCancel}),
             false, 60, 2000},
        Case{"Everything", (kAll & ~Only({Do::kCancel, Do::kWaitFor})) | kInside, false, 60, 8000},
        Case{"EverythingCancelled", kAll | kInside, false, 60, 8000}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace fate::sim::small
