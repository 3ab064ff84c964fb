#include "fate/sim/explore/story_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "fate/runtime/random.h"
#include "fate/runtime/shared.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/core/simulated.h"
#include "tests/explore/failing_runs.h"
#include "tests/explore/programs.h"

namespace fate::sim::story_words_test {
namespace {

using test::Failing;
using test::ProgramOf;
using test::RunQuietly;

struct Program {
  Mutex mutex;
  Shared<int> count{0};
  Task<> Child() {
    MutexGuard guard = co_await mutex.Lock();
    count.Write(count.Read() + 1);
    co_await Sleep(absl::Milliseconds(3));
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Child(), {.name = "writer"});
    JoinHandle<> second = co_await Spawn(Child(), {.name = "writer"});
    co_await first.Join();
    co_await second.Join();
    MutexGuard last = mutex.TryLock();
  }
};

Execution Told() {
  Settings settings;
  settings.record_accesses = true;
  settings.tell = true;
  return RunQuietly(ProgramOf<Program>(), settings);
}

// 1 2 main spawns; 3 the first locks; 4 the second starts, and waits; 5 the first has slept, and unlocks; 6 the
// second locks; 7 main joins the first; 8 the second has slept; 9 main joins it.
TEST(StoryWordsTest, AnOperationHasItsObjectAndItsValues) {
  const Execution execution = Told();
  const StoryWords words(execution);
  EXPECT_EQ(words.OperationOf(0), "Spawn writer #1");
  EXPECT_EQ(words.OperationOf(2), "Lock Mutex 1");
  EXPECT_EQ(words.OperationOf(6), "Join writer #1");
  const std::vector<StoryWords::Inside> inside = words.InsideOf(2);
  ASSERT_EQ(inside.size(), 2u);
  EXPECT_EQ(inside[0].text, "Read cell 2 = 0");
  EXPECT_EQ(inside[1].text, "Write cell 2 := 1");
}

TEST(StoryWordsTest, TasksOfOneNameAreToldApartByTheirNumbers) {
  const Execution execution = Told();
  const StoryWords words(execution);
  EXPECT_EQ(words.Task(0), "main");
  EXPECT_EQ(words.Task(2), "writer #2");
  EXPECT_EQ(words.Task(Step::kTimerTask), "timer");
}

TEST(StoryWordsTest, AFirstStepIsWhereItsTaskWasSpawned) {
  const Execution execution = Told();
  const StoryWords words(execution);
  int starts = 0;
  for (uint64_t step = 0; step < execution.trace.steps.size(); ++step) {
    const bool starts_there = execution.trace.steps[step].kind == OpKind::kStart;
    starts += starts_there;
    EXPECT_EQ(words.AtPlaceOf(step), (starts_there ? ", " : " at ") + words.PlaceOf(step)) << step;
  }
  EXPECT_GT(starts, 0);
}

TEST(StoryWordsTest, AGuardUnlocksAtTheEndOfItsScopeAndOthersWhereTheyStand) {
  const Execution execution = Told();
  const StoryWords words(execution);
  const std::vector<StoryWords::Inside> unlock = words.InsideOf(4);
  ASSERT_EQ(unlock.size(), 1u);
  EXPECT_EQ(unlock[0].text, "Unlock Mutex 1");
  EXPECT_EQ(unlock[0].place, "end of scope");
  // The last step: a try form, with its place, and the guard that nobody keeps.
  const std::vector<StoryWords::Inside> last = words.InsideOf(8);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].text, "TryLock Mutex 1");
  EXPECT_EQ(last[0].place, "explore/story_words_test.cc:40");
  EXPECT_EQ(last[1].place, "end of scope");
}

TEST(StoryWordsTest, ASwitchSaysWhoWasLeftWhyAndWhoWasWoken) {
  const Execution execution = Told();
  const StoryWords words(execution);
  std::vector<std::string> switches;
  for (uint64_t step = 0; step < execution.trace.steps.size(); ++step) switches.push_back(words.SwitchAt(step));
  EXPECT_EQ(switches, (std::vector<std::string>{"", "", "main blocked", "writer #1 blocked",
                                                "writer #2 blocked; wakes writer #2, main", "writer #1 ended",
                                                "writer #2 blocked", "main blocked; wakes main", "writer #2 ended"}));
  EXPECT_EQ(words.WokenByTime(4), std::vector<uint32_t>{1});
  EXPECT_EQ(words.WokenByTime(7), std::vector<uint32_t>{2});
}

TEST(StoryWordsTest, WhoCouldHaveGoneOnWasPreempted) {
  const Failing failing([](Roots& roots) { roots.Add(test::LosesAnUpdate()); }, 1);
  const StoryWords words(failing.told);
  uint64_t preempted = 0;
  for (uint64_t step = 0; step < failing.told.trace.steps.size(); ++step) {
    preempted += words.SwitchAt(step).find("preempted") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(preempted, 1u) << "one preemption is all it takes";
}

// A loop takes the processor from nobody.
TEST(StoryWordsTest, OnALoopNobodyIsPreempted) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop}) {
    Settings settings = test::With(interleaving);
    settings.tell = true;
    const Execution execution = RunQuietly(ProgramOf<Program>(), settings);
    const StoryWords words(execution);
    std::string all;
    for (uint64_t step = 0; step < execution.trace.steps.size(); ++step) all += words.SwitchAt(step) + "; ";
    EXPECT_EQ(all.find("preempted"), std::string::npos) << all;
    EXPECT_NE(all.find("writer #1 blocked"), std::string::npos) << all;
    EXPECT_NE(all.find("writer #1 ended"), std::string::npos) << all;
    EXPECT_NE(all.find("wakes main"), std::string::npos) << all;
  }
}

struct Hears {
  Task<> Main() {
    Broadcast<int> broadcast(1);
    Subscription<int> own = co_await broadcast.Subscribe();
  }
};

TEST(StoryWordsTest, WhoSubscribesIsToldToSubscribe) {
  const Execution execution = RunQuietly(ProgramOf<Hears>());
  EXPECT_EQ(StoryWords(execution).OperationOf(0), "Subscribe Broadcast 1");
}

struct Draws {
  Shared<int> cell{0};
  Task<> Main() {
    co_await Yield();
    Random random;
    cell.Write(random.Uniform(5, 7, kExplorable));
    random.Uniform(1, 2, kExplorable);
    co_await Yield();
  }
};

TEST(StoryWordsTest, WhatAStepDrewExplorablyIsTold) {
  const Execution execution = RunQuietly(ProgramOf<Draws>(), {.record_accesses = true});
  const StoryWords words(execution);
  std::vector<std::string> inside;
  for (const StoryWords::Inside& row : words.InsideOf(1)) inside.push_back(row.text);
  EXPECT_EQ(inside, (std::vector<std::string>{"draws alternative 0", "draws alternative 0", "Write cell 1"}));
  EXPECT_TRUE(words.InsideOf(0).empty());
}

// What nobody recorded is not guessed.
TEST(StoryWordsTest, AnExecutionThatWasNotToldHasBareWords) {
  Settings settings;
  settings.record_accesses = true;
  const Execution execution = RunQuietly(ProgramOf<Program>(), settings);
  const StoryWords words(execution);
  EXPECT_EQ(words.OperationOf(0), "Spawn");
  EXPECT_EQ(words.OperationOf(6), "Join task 1");
  EXPECT_EQ(words.InsideOf(2).at(0).text, "Read cell 2");
  for (uint64_t step = 0; step < execution.trace.steps.size(); ++step) EXPECT_EQ(words.SwitchAt(step), "");
}

}  // namespace
}  // namespace fate::sim::story_words_test
