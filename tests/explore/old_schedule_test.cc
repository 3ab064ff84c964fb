#include "fate/sim/explore/old_schedule.h"

#include <string>

#include "fate/runtime/check.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/explore/edited_programs.h"
#include "tests/explore/programs.h"

namespace fate::sim {
namespace {

using test::Edit;
using test::EditedProgram;
using ::testing::AllOf;
using ::testing::HasSubstr;

Report Run(const EditedProgram& program, Edit edit, const ExploreOptions& options) {
  return Explore([&]() -> Task<> { return program.main(edit); }, options);
}

// A failing schedule by name, shrunk or as it was found.
std::string Recorded(const EditedProgram& program, uint64_t seed, bool shrunk) {
  ExploreOptions options;
  options.seed = seed;
  options.story_executions = 0;
  options.strategy = "random";
  if (!shrunk) options.shrink_executions = 0;
  const Report report = Run(program, Edit::kNone, options);
  EXPECT_FALSE(report.passed()) << program.name;
  return report.named_schedule;
}

Report Replayed(const EditedProgram& program, Edit edit, const std::string& schedule) {
  ExploreOptions options;
  options.replay = schedule;
  options.shrink_executions = 0;
  options.story_executions = 0;
  return Run(program, edit, options);
}

TEST(OldScheduleTest, AScheduleByNameBringsItsOwnFailureBackAtOnce) {
  for (const EditedProgram& program : test::EditedPrograms()) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      for (const bool shrunk : {false, true}) {
        const Report report = Replayed(program, Edit::kNone, Recorded(program, seed, shrunk));
        EXPECT_FALSE(report.passed()) << program.name;
        EXPECT_EQ(report.old.executions, 1u) << program.name;
        EXPECT_EQ(report.old.followed, report.old.deviations) << program.name;
      }
    }
  }
}

TEST(OldScheduleTest, AfterEachKindOfEditTheFailureIsFoundAgainMostlyByRealignment) {
  for (const bool shrunk : {false, true}) {
    for (const Edit edit : test::kEdits) {
      for (uint64_t seed = 1; seed <= test::Samples(20); ++seed) {
        int aligned = 0;
        for (const EditedProgram& program : test::EditedPrograms()) {
          const Report report = Replayed(program, edit, Recorded(program, seed, shrunk));
          EXPECT_FALSE(report.passed()) << program.name << " " << static_cast<int>(edit);
          EXPECT_TRUE(report.old.found) << program.name << " " << report.ToText();
          EXPECT_LE(report.old.executions, 1000u);
          aligned += report.old.aligned ? 1 : 0;
        }
        EXPECT_GE(aligned, 8) << "edit " << static_cast<int>(edit) << ", seed " << seed << ", shrunk " << shrunk;
      }
    }
  }
}

TEST(OldScheduleTest, TheSameScheduleGivesTheSameReport) {
  const EditedProgram& program = test::EditedPrograms()[0];
  const std::string schedule = Recorded(program, 1, true);
  EXPECT_EQ(Replayed(program, Edit::kPrimitiveReplaced, schedule).ToText(),
            Replayed(program, Edit::kPrimitiveReplaced, schedule).ToText());
}

// --- what is said ----------------------------------------------------------------------------

std::string LostUpdateByName() {
  ExploreOptions options;
  options.story_executions = 0;
  return Explore(test::LosesAnUpdate, options).named_schedule;
}

Report Follow(Task<> (*program)(), const std::string& schedule, uint64_t executions = 1000) {
  ExploreOptions options;
  options.replay = schedule;
  options.replay_executions = executions;
  options.story_executions = 0;
  return Explore(program, options);
}

TEST(OldScheduleTest, AFailureThatComesBackIsShrunkAndToldWithHowFarTheScheduleWasFollowed) {
  const Report report = Follow(test::LosesAnUpdate, LostUpdateByName());
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.ToText(),
              AllOf(HasSubstr("The old schedule: followed 1 of 1 deviation; it fails again, as it is."),
                    HasSubstr("step by step"), HasSubstr("--fate_replay=fate1-operation-"),
                    HasSubstr("for when the program has changed:\n  --fate_replay=fate1n-operation-")));
}

// The same operations, but the counter is added to at once.
Task<> Mended(Atomic<int>& counter) {
  co_await counter.Load();
  co_await counter.FetchAdd(1);
}
Task<> KeepsUpdatesNow() {
  Atomic<int> counter;
  JoinHandle<> first = co_await Spawn(Mended(counter));
  JoinHandle<> second = co_await Spawn(Mended(counter));
  co_await first.Join();
  co_await second.Join();
  FATE_CHECK(counter.Peek() == 2, "an update was lost");
}

TEST(OldScheduleTest, AProgramThatWasMendedPassesIfTheScheduleWasFollowedToItsEnd) {
  // The second task's Load was the deviation; it stands before the first task's second operation.
  NamedSchedule schedule = *NamedSchedule::Parse(LostUpdateByName());
  ASSERT_EQ(schedule.deviations.size(), 1u);
  schedule.deviations[0].before = NthOperation{OpKind::kFetchAdd, 1};
  const Report report = Follow(KeepsUpdatesNow, schedule.ToText(), 300);
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_THAT(report.ToText(),
              HasSubstr("The old schedule: followed 1 of 1 deviation; 300 executions along it and near "
                        "it pass"));
}

TEST(OldScheduleTest, AScheduleThatIsNotFollowedAndFindsNothingHasDivergedAndIsNoPass) {
  const Report report = Follow(test::Alone, LostUpdateByName(), 200);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(report.ToText(),
              AllOf(HasSubstr("that is no pass"), HasSubstr("followed 0 of 1 deviation; first not: task "),
                    HasSubstr("executions along it and near it pass")));
}

TEST(OldScheduleTest, ItIsBoundedInExecutions) {
  for (const uint64_t executions : {1u, 2u, 50u, 150u}) {
    EXPECT_LE(Follow(KeepsUpdatesNow, LostUpdateByName(), executions).old.executions, executions);
  }
}

TEST(OldScheduleTest, JsonHasWhatBecameOfIt) {
  EXPECT_THAT(Follow(test::LosesAnUpdate, LostUpdateByName()).ToJson(),
              AllOf(HasSubstr("\"named_schedule\": \"fate1n-"), HasSubstr("\"followed\": 1")));
}

// A task spawned before those that race moves their numbers.
Task<> Nothing() { co_await Yield(); }
Task<> LosesAnUpdateAfterAnother() {
  Atomic<int> counter;
  JoinHandle<> other = co_await Spawn(Nothing());
  JoinHandle<> first = co_await Spawn(test::Increment(counter));
  JoinHandle<> second = co_await Spawn(test::Increment(counter));
  co_await other.Join();
  co_await first.Join();
  co_await second.Join();
  FATE_CHECK(counter.Peek() == 2, "an update was lost");
}

TEST(OldScheduleTest, ATaskSpawnedBeforeMovesTheNumbersOfTheYounger) {
  const Report report = Follow(LosesAnUpdateAfterAnother, LostUpdateByName());
  EXPECT_TRUE(report.old.aligned) << report.ToText();
}

}  // namespace
}  // namespace fate::sim
