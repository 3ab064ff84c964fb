// Small programs, written or found at random and made smaller, of which a search without the rule that each stands for
// lost a trace: against the brute-force enumeration.
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "gtest/gtest.h"
#include "tests/race/brute_force.h"
#include "tests/race/explore_small.h"
#include "tests/race/last_first.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {
namespace {

// A task that sleeps covers a sequence only if nothing that comes later is in its way; else each of two may rely on
// the other, and the trace in which the last task reads before the store of task 2 is in neither.
TEST(SmallProgramTest, ASleeperDoesNotCoverWhatLaterStepsKeepItFrom) {
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
TEST(SmallProgramTest, WhatAnotherStepKeepsASleeperFromIsNotCoveredAnyMore) {
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
TEST(SmallProgramTest, APlanBesideADoubtfulOneCoversItself) {
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
TEST(SmallProgramTest, AReaderThatGivesBackBesideLetsTheWriterIn) {
  SmallProgram program;
  program.roots = 3;
  program.tasks = {{{Do::kReadLock}, {Do::kLoad, 1}, {Do::kGiveBack}, {Do::kStore, 1, 1}},
                   {{Do::kLoad, 1}, {Do::kReadLock}},
                   {{Do::kStore, 0, 0}, {Do::kStore, 1, 1}, {Do::kWriteLock}}};
  EXPECT_EQ(Explore<OptimalDpor>(program).forms, AllTraces(program, 100'000));
}

// The timeout strikes, and the wait throws: it could have done so before the other reset, though the event was never
// set.
TEST(SmallProgramTest, WhatThrowsCouldHaveComeBeforeWhatItNeverWaitedFor) {
  SmallProgram program;
  program.roots = 2;
  program.tasks = {{{Do::kWaitFor, 0, 1}, {Do::kReset, 0}}, {{Do::kSleep, 1}, {Do::kReset, 0}}};
  EXPECT_EQ(Explore<OptimalDpor>(program).forms, AllTraces(program, 100'000));
}

// Task 0 meets 1 or 2, whoever it is that comes first, or 2 after its load.
TEST(SmallProgramTest, ASenderMeetsEachReceiver) {
  SmallProgram program;
  program.roots = 3;
  program.capacities = {0, 1};
  program.tasks = {{{Do::kSend, 0}}, {{Do::kReceive, 0}}, {{Do::kLoad, 0}, {Do::kReceive, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms.size(), 2u);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
}

// The try form meets the sender that stands there, or nobody if it comes later.
TEST(SmallProgramTest, ATryFormMeetsWhoStandsThereAlready) {
  SmallProgram program;
  program.roots = 2;
  program.capacities = {0, 1};
  program.tasks = {{{Do::kLoad, 1}, {Do::kTryReceive, 0}}, {{Do::kLoad, 0}, {Do::kSend, 0}}};
  const Found found = Explore<OptimalDpor>(program);
  EXPECT_EQ(found.forms.size(), 2u);
  EXPECT_EQ(found.forms, AllTraces(program, 100'000));
}

// It takes the first branch or the second; with either the other step comes before or after, which nobody sees.
TEST(SmallProgramTest, ASelectTakesEachBranch) {
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
SmallProgram OfTwoRendezvous(int roots, std::vector<std::vector<Action>> tasks) {
  SmallProgram program = Of(roots, std::move(tasks), 0);
  program.capacities = {0, 0};
  return program;
}
Action Inside(Action action, int inside) {
  action.inside = inside;
  return action;
}

// Random programs, made smaller: of each optimal DPOR lost a trace without the rule.
TEST(SmallProgramTest, NoTraceIsLostThatRandomProgramsShowedLost) {
  const std::vector<SmallProgram> programs = {
      // Who tries a mutex in the step that unlocks it does not say whether it was free before that.
      Of(2, {{{Do::kLock}, {Do::kConditionWait}, {Do::kUnlock}, {Do::kTryLock}, {Do::kLoad}, {Do::kUnlock}},
             {{Do::kNotifyAll}, {Do::kLock}, {Do::kUnlock}}}),
      // A lock that is cancelled says nothing of whether it was free.
      Of(3, {{{Do::kWriteLock}, {Do::kSpawn, 3}, {Do::kCancel, 3}},
             {{Do::kNotifyOne}, {Do::kReadLock}},
             {},
             {{Do::kWriteLock}}}),
      // A start in vain is none that the search has to begin again for.
      Of(3, {{{Do::kWriteLock}, {Do::kSpawn, 3}, {Do::kCancel, 3}},
             {{Do::kNotifyOne}, {Do::kReadLock}, {Do::kReset, 0}, {Do::kLock}, {Do::kConditionWait}, {Do::kUnlock}},
             {{Do::kReset, 1}, {Do::kLoad, 1}},
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
      // Whom a select would meet is not known where it is planned by its branch: that one may be cancelled.
      Of(1,
         {{{Do::kSpawn, 1}, {Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 0}, {Do::kReceive, 0}}},
          {{Do::kSpawn, 2}, {Do::kCancel, 2}},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSleep, 0}, {Do::kSleep, 0}},
           {Do::kSelect, 0, 0, 0, 0, 0, {Do::kSleep, 0}, {Do::kReceive, 0}},
           {Do::kStore, 0, 2}}},
         0),
      // What a step did inside before any was seen to do something there is known of it, too: nothing.
      Of(3, {{{Do::kLoad, 1}},
             {{Do::kLock, 0}, {Do::kStore, 0, 1}, Inside({Do::kStore, 0, 0}, 8)},
             {Inside({Do::kLock, 1}, 4), {Do::kExchangeIf, 1, 0, 0}, {Do::kStore, 0, 2}}}),
      // What a receiver does inside is known of it wherever it stands, whomever it meets.
      Of(3,
         {{{Do::kExchangeIf, 0, 2, 2}, {Do::kTryReceive, 0}, {Do::kReset, 0}},
          {{Do::kSpawn, 3}, {Do::kSend, 0}},
          {Inside({Do::kReceive, 0}, 9)},
          {Inside({Do::kReset, 0}, 7)}},
         0),
      // A start that touched something is a step of its own, and what comes after it comes after it.
      Of(3,
         {{{Do::kClose, 1}, {Do::kSelect, 0, 0, 0, 0, 0, {Do::kReceive, 0}, {Do::kReceive, 1}}, {Do::kTryReceive, 0}},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 0}, {Do::kReceive, 0}}},
          {{Do::kSpawn, 3}, {Do::kCancel, 3}},
          {{Do::kSend, 0}}},
         0),
      // Who found the channel closed could not have come before the close, which tried there, too.
      Of(4,
         {{{Do::kClose, 0}, {Do::kTryReceive, 1}, {Do::kTryReceive, 0}, {Do::kStore, 1, 1}},
          {{Do::kExchangeIf, 1, 2, 0}, {Do::kSend, 1}},
          {{Do::kLoad, 1}},
          {{Do::kReceive, 0}}},
         0),
      // The same before a select that could proceed.
      Of(4,
         {{{Do::kSend, 1}, {Do::kSend, 1}, {Do::kTryReceive, 0}},
          {{Do::kClose, 0}, {Do::kClose, 1}},
          {},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 0}, {Do::kSend, 1}}}},
         0),
      // Who is met in a try form within the meeting of two others goes on because of that.
      Of(4,
         {{{Do::kClose, 0}},
          {{Do::kReceive, 0}, {Do::kTryReceive, 0}},
          {{Do::kSend, 0}, {Do::kStore, 0, 2}},
          {{Do::kSend, 0}}},
         0),
      // Who goes on once more in a step came to stand there within it, and could not have met anybody before it.
      OfTwoRendezvous(3, {{{Do::kReceive, 1}, {Do::kTrySend, 1}},
                          {{Do::kExchangeIf, 1, 0, 1},
                           {Do::kTrySend, 1},
                           {Do::kSelect, 0, 0, 0, 0, 0, {Do::kReceive, 1}, {Do::kSend, 1}}},
                          {{Do::kStore, 1, 0}}}),
      // A step that is planned without having been made there may be in the way of less than it is held to be.
      Of(4,
         {{{Do::kSend, 0}},
          {{Do::kStore, 1, 2}},
          {{Do::kLoad, 1}, {Do::kTryReceive, 1}, {Do::kTryReceive, 0}},
          {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 0}, {Do::kSend, 1}}}},
         0),
      // The third in a step stood at a select, which could have taken another branch.
      OfTwoRendezvous(3,
                      {{{Do::kExchangeIf, 1, 2, 1}, {Do::kTryReceive, 0}, {Do::kTryReceive, 1}},
                       {{Do::kSpawn, 3}, {Do::kSend, 0}, {Do::kSelect, 0, 0, 0, 0, 0, {Do::kSend, 1}, {Do::kSleep, 0}}},
                       {{Do::kSend, 0}},
                       {{Do::kSelect, 0, 0, 0, 0, 0, {Do::kSleep, 0}, {Do::kReceive, 0}}}}),
  };
  for (size_t i = 0; i < programs.size(); ++i) {
    SCOPED_TRACE(testing::Message() << i << ": " << programs[i].ToText());
    const std::set<std::string> truth = AllTraces(programs[i], 40'000);
    ASSERT_FALSE(truth.empty());
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<OptimalDpor>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<LastFirst>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SourceDpor>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SleepSets>(programs[i]), truth));
    ASSERT_NO_FATAL_FAILURE(ExpectTraces(Explore<SplitInOneGo>(programs[i]), truth));
  }
}
}  // namespace
}  // namespace fate::sim::small
