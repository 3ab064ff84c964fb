#include "fate/sim/explore/explorer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/runtime/random.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/explore/programs.h"

namespace fate::sim {
namespace {

using test::Alone;
using test::Increment;
using test::KeepsUpdates;
using test::LosesAnUpdate;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ExploreOptions With(const std::string& strategy, uint64_t executions) {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = executions;
  return options;
}

TEST(ExplorerTest, APassRanAllItsExecutions) {
  const Report report = Explore(KeepsUpdates, With("random", 300));
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.executions, 300u);
  EXPECT_EQ(report.executions_asked, 300u);
  EXPECT_TRUE(report.contested);
  EXPECT_FALSE(report.exhausted);
  EXPECT_FALSE(report.capped);
  EXPECT_EQ(report.schedule, "");
  EXPECT_EQ(report.story, "");
}

TEST(ExplorerTest, TheFirstFailureEndsTheSearchWithItsStory) {
  ExploreOptions options;
  options.replay_command = "./counter_test --gtest_filter=A.B";
  const Report report = Explore(LosesAnUpdate, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.outcome.message, HasSubstr("an update was lost"));
  EXPECT_EQ(report.failing_execution + 1, report.executions);
  EXPECT_THAT(report.schedule, StartsWith("fate1-operation-s"));
  EXPECT_EQ(report.replay_line, "./counter_test --gtest_filter=A.B --fate_replay=" + report.schedule);
  EXPECT_THAT(report.story, AllOf(HasSubstr("first"), HasSubstr("Store cell 1"), HasSubstr("explore/programs.h:")));
}

TEST(ExplorerTest, TheScheduleOfAFailureBringsItBack) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    ExploreOptions options;
    options.seed = seed;
    const Report found = Explore(LosesAnUpdate, options);
    ASSERT_FALSE(found.passed());
    options.replay = found.schedule;
    const Report replayed = Explore(LosesAnUpdate, options);
    EXPECT_EQ(replayed.outcome.kind, found.outcome.kind);
    EXPECT_EQ(replayed.outcome.message, found.outcome.message);
    EXPECT_EQ(replayed.story, found.story);
    EXPECT_EQ(replayed.trace_hash, found.trace_hash);
    EXPECT_EQ(replayed.executions, 1u);
    EXPECT_EQ(replayed.strategy, "replay");
  }
}

TEST(ExplorerTest, TheSameOptionsGiveTheSameReport) {
  const Report first = Explore(LosesAnUpdate);
  const Report second = Explore(LosesAnUpdate);
  EXPECT_EQ(first.schedule, second.schedule);
  EXPECT_EQ(first.executions, second.executions);
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.story, second.story);
}

// main is S1 S2 J1 J2; the tasks are one step each, a and b.
//   a before S2: S1 a S2, then b J1 J2 or J1 b J2: 2.
//   a after S2: S1 S2, then a b J1 J2, a J1 b J2 or b a J1 J2: 3.
TEST(ExplorerTest, ASearchOfAllSchedulesSaysThatItIsOne) {
  const Report report = Explore(KeepsUpdates, With("depth_first", 1'000'000));
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 5u);
  const Report again = Explore(KeepsUpdates, With("depth_first", report.executions));
  EXPECT_TRUE(again.exhausted);
  const Report short_of_one = Explore(KeepsUpdates, With("depth_first", report.executions - 1));
  EXPECT_FALSE(short_of_one.exhausted);
  EXPECT_EQ(short_of_one.executions, report.executions - 1);
}

// A plain variable is in no footprint, so all orders are one trace to a search with reduction.
TEST(ExplorerTest, AFailureThatNoFootprintTellsOfIsFoundByTheWalksAfterAProof) {
  const auto program = []() -> Task<> {
    std::string order;
    const auto append = [&order](char letter) -> Task<> {
      co_await Sleep(absl::Milliseconds(1));
      order += letter;
    };
    co_await WhenAll(append('a'), append('b'), append('c'));
    FATE_CHECK(order != "cab", "in this order");
  };
  for (const char* strategy : {"optimal_dpor", "source_dpor", "portfolio"}) {
    ExploreOptions options;
    options.strategy = strategy;
    const Report report = Explore(program, options);
    EXPECT_FALSE(report.passed()) << strategy;
    EXPECT_TRUE(report.unseen_order) << strategy;
    EXPECT_FALSE(report.exhausted) << strategy;
    EXPECT_NE(report.ToText().find("put it into a fate::Shared<T>"), std::string::npos) << report.ToText();
    options.replay = report.schedule;
    EXPECT_EQ(Explore(program, options).outcome.message, report.outcome.message) << strategy;
  }
}

TEST(ExplorerTest, WalksAfterAProofAreNoExecutionsOfTheSearch) {
  const auto alone = []() -> Task<> { co_await Yield(); };
  ExploreOptions options;
  options.executions = 100;
  const Report report = Explore(alone, options);
  EXPECT_EQ(report.executions, 1u);
  EXPECT_EQ(report.audited, 99u);  // as many as were asked for
  EXPECT_EQ(report.claim, "proved: all 1 traces of the observed operations, for these draws and this time model");
}

TEST(ExplorerTest, OneQuietExecutionIsAllOfFifo) {
  const Report report = Explore(KeepsUpdates, With("fifo", 1000));
  EXPECT_EQ(report.executions, 1u);
  EXPECT_TRUE(report.exhausted);
}

TEST(ExplorerTest, TimeEndsASearchThatDoesNotEnd) {
  ExploreOptions options = With("random", UINT64_MAX);
  options.budget = absl::Milliseconds(20);
  const Report report = Explore(KeepsUpdates, options);
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.capped);
  EXPECT_GE(report.elapsed, absl::Milliseconds(20));
  EXPECT_GE(report.executions, 1u);
}

TEST(ExplorerTest, ASearchWithoutTwoReadyTasksIsNotContested) {
  const Report report = Explore(Alone, With("random", 10));
  EXPECT_TRUE(report.passed());
  EXPECT_FALSE(report.contested);
}

TEST(ExplorerTest, TracingTellsAPassTooAndHowToSeeItAgain) {
  ExploreOptions options = With("random", 10);
  options.trace = true;
  const Report report = Explore(KeepsUpdates, options);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.executions, 10u);
  EXPECT_THAT(report.story, HasSubstr("FetchAdd cell 1"));
  options.replay = report.schedule;
  EXPECT_EQ(Explore(KeepsUpdates, options).trace_hash, report.trace_hash);
}

TEST(ExplorerTest, AProgramMayBeginWithSeveralTasks) {
  const auto program = [counter = std::make_unique<std::optional<Atomic<int>>>()](Roots& roots) {
    counter->emplace();
    roots.Add(Increment(**counter), "left");
    roots.Add(Increment(**counter), "right");
  };
  const Report report = Explore(program, With("depth_first", 1000));
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.executions, 6u) << "4! / (2! 2!)";
}

TEST(ExplorerTest, DrawsDifferFromExecutionToExecution) {
  const auto draws = [](uint64_t seed) {
    std::vector<uint64_t> drawn;
    const auto program = [&drawn]() -> Task<> {
      drawn.push_back(Random().Bits());
      co_return;
    };
    ExploreOptions options = With("random", 5);
    options.seed = seed;
    EXPECT_TRUE(Explore(program, options).passed());
    return drawn;
  };
  const std::vector<uint64_t> first = draws(1);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(draws(1), first);
  EXPECT_NE(draws(2), first);
}

// --- programs that are not deterministic -----------------------------------------------------

TEST(ExplorerTest, AFailureThatDoesNotComeBackHasDiverged) {
  int runs = 0;
  const auto program = [&runs]() -> Task<> {
    co_await Yield();
    FATE_CHECK(++runs != 3, "your program fails in its third run only");
  };
  const Report report = Explore(program, With("random", 10));
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_EQ(report.failing_execution, 2u);
  EXPECT_THAT(report.outcome.message,
              AllOf(HasSubstr("your program is not deterministic: run twice with the same choices, "),
                    HasSubstr("look for state that outlives an execution"),
                    HasSubstr("The first run ended as AssertionFailed: ")));
}

TEST(ExplorerTest, TheCheckOfDeterminismSeesWhatNoFailureShows) {
  int runs = 0;
  const auto program = [&runs]() -> Task<> {
    for (int i = ++runs % 2; i < 2; ++i) co_await Yield();
  };
  EXPECT_TRUE(Explore(program, With("random", 20)).passed());
  ExploreOptions options = With("random", 20);
  options.check_determinism = true;
  const Report report = Explore(program, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(report.outcome.message, HasSubstr("run twice with the same choices, step"));
}

TEST(ExplorerTest, TheCheckOfDeterminismPassesADeterministicProgram) {
  ExploreOptions options = With("random", 50);
  options.check_determinism = true;
  EXPECT_TRUE(Explore(KeepsUpdates, options).passed());
}

TEST(ExplorerTest, AMessageThatQuotesAnAddressComesBackAllTheSame) {
  const auto program = []() -> Task<> {
    auto somewhere = std::make_unique<int>();
    co_await Yield();
    // Another address in each run, since the first is kept.
    static std::vector<std::unique_ptr<int>> kept;
    const void* address = somewhere.get();
    kept.push_back(std::move(somewhere));
    FATE_CHECK(false, absl::StrCat("your program is at 0x", absl::Hex(reinterpret_cast<uintptr_t>(address))));
  };
  EXPECT_EQ(Explore(program).outcome.kind, OutcomeKind::kAssertionFailed);
}

// --- where a search with reduction ends -------------------------------------------------------

constexpr const char* kReduced[] = {"sleep_sets", "source_dpor", "optimal_dpor", "bounded_dpor"};

// Without a choice there is one schedule.
TEST(ExplorerTest, UnderACoarseInterleavingNothingIsSaidOfOperations) {
  const auto program = []() -> Task<> {
    Atomic<int> cell;
    const auto store = [&]() -> Task<> { co_await cell.Store(1); };
    JoinHandle<> handle = co_await Spawn(store());
    co_await cell.Load();
    co_await handle.Join();
  };
  for (const char* strategy : kReduced) {
    ExploreOptions options = With(strategy, 100);
    options.settings.interleaving = Interleaving::kLoop;
    const Report report = Explore(program, options);
    EXPECT_EQ(report.executions, 1u) << strategy;
    EXPECT_EQ(report.claim, "all schedules of this strategy were run") << strategy;
  }
}

// Seventy tasks, one after the other, so that no choice is asked for; or two more in the end.
TEST(ExplorerTest, OfMoreTasksThanItTakesASearchClaimsNothing) {
  for (const bool choice : {false, true}) {
    const auto program = [&]() -> Task<> {
      const auto nothing = []() -> Task<> { co_return; };
      for (int i = 0; i < 70; ++i) {
        JoinHandle<> handle = co_await Spawn(nothing());
        co_await handle.Join();
      }
      if (choice) co_await WhenAll(nothing(), nothing());
    };
    for (const char* strategy : kReduced) {
      const Report report = Explore(program, With(strategy, 100));
      EXPECT_FALSE(report.passed() || report.exhausted) << strategy;
      EXPECT_EQ(report.claim, "") << strategy;
      EXPECT_THAT(report.outcome.message, HasSubstr("our limit: a search with partial-order reduction takes"));
    }
  }
}

// --- bad input -------------------------------------------------------------------------------

TEST(ExplorerTest, AStrategyThatIsNotThereIsSaid) {
  const Report report = Explore(KeepsUpdates, With("dfs", 10));
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.executions, 0u);
  EXPECT_THAT(report.outcome.message, HasSubstr("there is no strategy \"dfs\"; there are: portfolio, fifo, random, "));
}

TEST(ExplorerTest, ATextThatIsNoScheduleIsSaid) {
  ExploreOptions options;
  options.replay = "fate1-operation-s1-n4-c0";
  const Report report = Explore(KeepsUpdates, options);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.executions, 0u);
  EXPECT_THAT(report.outcome.message, HasSubstr("the checksum does not fit"));
}

TEST(ExplorerTest, AScheduleOfAnotherProgramHasDiverged) {
  const Report found = Explore(LosesAnUpdate);
  ExploreOptions options;
  options.replay = found.schedule;
  const Report report = Explore(Alone, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(report.outcome.message, HasSubstr("the schedule does not fit the program"));
}

TEST(ExplorerTest, AReplayTakesTheInterleavingFromItsSchedule) {
  ExploreOptions options = With("random", 50);
  options.settings.interleaving = Interleaving::kLoop;
  options.trace = true;
  const Report loop = Explore(KeepsUpdates, options);
  ExploreOptions replay;
  replay.replay = loop.schedule;
  const Report replayed = Explore(KeepsUpdates, replay);
  EXPECT_TRUE(replayed.passed()) << replayed.ToText();
  EXPECT_EQ(replayed.interleaving, Interleaving::kLoop);
  EXPECT_EQ(replayed.trace_hash, loop.trace_hash);
}

TEST(ExplorerTest, AnExplorationInsideAnotherIsMisuse) {
  const auto nested = []() -> Task<> {
    Explore(KeepsUpdates);
    co_return;
  };
  const Report report = Explore(nested);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.outcome.message, HasSubstr("your program started a simulation inside a runtime"));
}

// --- what every outcome says -----------------------------------------------------------------

TEST(ExplorerTest, EveryKindOfFailureHasItsStoryAndReplays) {
  struct Case {
    OutcomeKind kind;
    Task<> (*program)();
  };
  const Case cases[] = {
      {OutcomeKind::kAssertionFailed, [] { return LosesAnUpdate(); }},
      {OutcomeKind::kUncaughtException,
       []() -> Task<> {
         co_await Yield();
         throw std::runtime_error("no disk");
       }},
      {OutcomeKind::kDeadlock,
       []() -> Task<> {
         Mutex mutex;
         MutexGuard guard = co_await mutex.Lock();
         MutexGuard again = co_await mutex.Lock();
       }},
      {OutcomeKind::kLeakedTask,
       []() -> Task<> {
         const auto child = []() -> Task<> {
           for (int i = 0; i < 100; ++i) co_await Yield();
         };
         co_await Spawn(child());
       }},
      {OutcomeKind::kStepLimit,
       []() -> Task<> {
         for (;;) co_await Yield();
       }},
  };
  for (const Case& each : cases) {
    ExploreOptions options;
    options.settings.max_steps = 500;
    const Place place = Place::current();
    const Report report = Explore(each.program, options, place);
    EXPECT_EQ(report.outcome.kind, each.kind) << report.ToText();
    EXPECT_NE(report.story, "");
    options.replay = report.schedule;
    const Report replayed = Explore(each.program, options, place);
    EXPECT_EQ(replayed.outcome.kind, each.kind);
    EXPECT_EQ(replayed.outcome.message, report.outcome.message);
    EXPECT_EQ(replayed.trace_hash, report.trace_hash);
    EXPECT_THAT(report.ToText(), StartsWith(ToString(each.kind)));
  }
}

}  // namespace
}  // namespace fate::sim
