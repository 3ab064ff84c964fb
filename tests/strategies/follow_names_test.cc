#include "fate/sim/strategies/follow_names.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/strategies/name_schedule.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sim/strategies/step_names.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

// Two tasks of three loads each; each notes what it has done.
struct TwoTasks {
  Cell cell;
  std::string log;
  Task<> Load(char name) {
    for (int i = 0; i < 3; ++i) {
      co_await cell.Load();
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Load('a'), Load('b')); }
};

NamedDeviation AfterLoad(uint64_t nth, const char* task, const char* target) {
  return {ChoiceKind::kTask, task, {OpKind::kLoad, nth}, nth, 0, NthOperation{OpKind::kLoad, nth + 1}, target, 0, 0};
}

std::string LogOf(const Alignment& alignment, size_t followed) {
  FollowNames follow(alignment);
  Runs<TwoTasks> runs;
  runs.Run(follow, 0);
  EXPECT_EQ(follow.followed(), followed);
  return runs.log();
}

TEST(FollowNamesTest, WithoutDeviationsTheRunIsQuiet) { EXPECT_EQ(LogOf({}, 0), "aaabbb"); }

TEST(FollowNamesTest, ADeviationIsTakenWhereItsOperationIsNext) {
  EXPECT_EQ(LogOf({{{AfterLoad(1, "0", "1"), {Match::By::kBefore}}}}, 1), "abbbaa");
  EXPECT_EQ(LogOf({{{AfterLoad(2, "0", "1"), {Match::By::kBefore}}}}, 1), "aabbba");
}

TEST(FollowNamesTest, OrAfterTheOperationBefore) {
  NamedDeviation one = AfterLoad(2, "0", "1");
  one.before = NthOperation{OpKind::kStore, 1};  // gone
  EXPECT_EQ(LogOf({{{one, {Match::By::kBefore}}}}, 0), "aaabbb");
  EXPECT_EQ(LogOf({{{one, {Match::By::kAfter}}}}, 1), "aabbba");
}

TEST(FollowNamesTest, OrByTheNumberOfItsSteps) {
  NamedDeviation one = AfterLoad(1, "0", "1");
  one.after = {OpKind::kFetchAdd, 1};  // both are gone
  one.before = NthOperation{OpKind::kStore, 1};
  one.steps = 2;
  const std::string by_position = LogOf({{{one, {Match::By::kPosition}}}}, 1);
  const std::string earlier = LogOf({{{one, {Match::By::kPosition, -1}}}}, 1);
  EXPECT_LT(earlier.find('b'), by_position.find('b'));
}

TEST(FollowNamesTest, EachIsTakenOnce) {
  EXPECT_EQ(LogOf({{{AfterLoad(1, "0", "1"), {}}, {AfterLoad(1, "1", "0"), {}}}}, 2), "abaabb");
}

TEST(FollowNamesTest, ATaskThatIsNotThereIsNotFollowed) {
  EXPECT_EQ(LogOf({{{AfterLoad(1, "0", "7"), {}}}}, 0), "aaabbb");
}

struct Yields : TwoTasks {
  Task<> Two(char name) {
    log += name;
    co_await Yield();
    log += name;
  }
  std::vector<Task<>> Tasks() { return List(Two('a'), Two('b')); }
};

TEST(FollowNamesTest, ThroughYieldsATaskGoesOn) {
  for (const bool through : {false, true}) {
    FollowNames follow({{}, through});
    Runs<Yields> runs;
    runs.Run(follow, 0);
    EXPECT_EQ(runs.log(), through ? "aabb" : "abab");
  }
}

// --- names, made and followed -----------------------------------------------------------------

struct Family {
  Cell cell;
  std::string log;
  Task<> Child(char name) {
    co_await cell.Load();
    log += name;
    co_await cell.Load();
    log += name;
  }
  Task<> Parent(char name) {
    JoinHandle<> child = co_await Spawn(Child(name));
    co_await Child(static_cast<char>(name - 'a' + 'A'));
    co_await child.Join();
  }
  std::vector<Task<>> Tasks() { return List(Parent('x'), Parent('y')); }
};

TEST(FollowNamesTest, ARunThatIsNamedComesBack) {
  RandomWalk random(3);
  Runs<Family> runs;
  for (uint64_t number = 0; number < 200; ++number) {
    const Schedule schedule = runs.Run(random, number).schedule();
    const std::string log = runs.log();
    NameSchedule named(schedule);
    runs.Run(named, number);
    EXPECT_EQ(named.misfit(), "");
    EXPECT_EQ(named.schedule().deviations.size(), schedule.deviations.size());
    Alignment alignment;
    for (const NamedDeviation& one : named.schedule().deviations) alignment.deviations.push_back({one, {}});
    FollowNames follow(alignment);
    runs.Run(follow, number);
    EXPECT_EQ(runs.log(), log) << named.schedule().ToText();
    EXPECT_EQ(follow.followed(), schedule.deviations.size()) << named.schedule().ToText();
  }
}

TEST(FollowNamesTest, TasksAreNamedByTheirPaths) {
  Runs<Family> runs;
  RandomWalk random(1);
  const Trace& trace = runs.Run(random, 0).trace;
  std::set<std::string> paths;
  StepNames names;
  names.CatchUp(trace);
  for (size_t i = 0; i < trace.steps.size(); ++i) paths.insert(StepNames::PathOf(trace, trace.steps[i].task, 0));
  EXPECT_EQ(paths, (std::set<std::string>{"0", "0.1", "1", "1.1"}));
  EXPECT_EQ(names.MadeBy("0.1", OpKind::kLoad), 2u);
  EXPECT_EQ(names.MadeBy("0", OpKind::kSpawn), 1u);
  EXPECT_EQ(StepNames::PathOf(trace, Step::kTimerTask, 3), "timer3");
}

}  // namespace
}  // namespace fate::sim
