#include "fate/sim/race/scope_chains.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using testing::ElementsAre;

// Task 0 is a root; 1 was spawned into scope 2, which 0 made within scope 1; 2 was spawned into the root's scope.
class ScopeChainsTest : public testing::Test {
 protected:
  ScopeChainsTest() {
    AddTask(0, 0);
    AddScope(0, 0);
    AddScope(1, 0);
    AddTask(1, 2);
    AddTask(2, 0);
  }
  void AddTask(uint32_t id, uint32_t scope) {
    Birth& birth = *trace_.births.Append();
    birth = {};
    birth.path_hash = 100 + id;
    birth.scope = scope;
  }
  void AddScope(uint32_t around, uint32_t maker, bool shielded = false) {
    trace_.scopes.push_back({around, maker, shielded, 200 + trace_.scopes.size()});
  }
  std::vector<ScopeChains::Flag> OfTask(uint32_t task, uint64_t step) {
    std::vector<ScopeChains::Flag> flags;
    chains_.MoveTo(trace_, step);
    chains_.AddOfTask(trace_, task, flags);
    return flags;
  }
  static ScopeChains::Flag Scope(uint32_t scope) { return ScopeChains::OfScope(scope); }
  static ScopeChains::Flag Task(uint32_t task) { return ScopeChains::OfTask(task); }

  Trace trace_;
  ScopeChains chains_;
};

TEST_F(ScopeChainsTest, ATaskHearsOfItselfOfTheScopesAroundAndOfWhoMadeThem) {
  EXPECT_THAT(OfTask(1, 0), ElementsAre(Task(1), Scope(2), Scope(1), Task(0)));
  EXPECT_THAT(OfTask(0, 0), ElementsAre(Task(0)));
  EXPECT_THAT(OfTask(2, 0), ElementsAre(Task(2)));
}

TEST_F(ScopeChainsTest, ATaskHearsOfTheScopesItIsIn) {
  trace_.scope_visits.push_back({3, 0, 1, true});
  trace_.scope_visits.push_back({5, 0, 2, false});
  trace_.scope_visits.push_back({7, 0, 0, true});
  EXPECT_THAT(OfTask(0, 3), ElementsAre(Task(0)));
  std::vector<ScopeChains::Flag> flags;
  ScopeChains::AddVisits(trace_, 3, 4, flags);
  EXPECT_THAT(flags, ElementsAre(Scope(1), Task(0)));
  EXPECT_THAT(OfTask(0, 4), ElementsAre(Scope(1), Task(0)));
  flags.clear();
  ScopeChains::AddVisits(trace_, 4, 6, flags);
  EXPECT_THAT(flags, ElementsAre(Scope(2), Scope(1), Task(0)));
  EXPECT_THAT(OfTask(0, 7), ElementsAre(Scope(1), Task(0)));
  EXPECT_THAT(OfTask(0, 8), ElementsAre(Task(0)));
  chains_.Restart();
  EXPECT_THAT(OfTask(0, 0), ElementsAre(Task(0)));
}

TEST_F(ScopeChainsTest, AShieldEndsTheChain) {
  AddScope(1, 0, true);
  AddScope(3, 0);
  trace_.scope_visits.push_back({1, 0, 4, true});
  EXPECT_THAT(OfTask(0, 2), ElementsAre(Scope(4), Scope(3)));
}

TEST_F(ScopeChainsTest, AStartHearsOfWhereItsTaskWasBornAndOfWhereItLedIt) {
  AddScope(0, 1, true);
  for (const uint32_t task : {0, 1}) trace_.steps.push_back({.place = Place(), .task = task, .kind = OpKind::kStart});
  trace_.scope_visits.push_back({1, 1, 3, true});
  std::vector<ScopeChains::Flag> flags;
  ScopeChains::AddStart(trace_, 1, flags);
  EXPECT_THAT(flags, ElementsAre(Task(1), Scope(2), Scope(1), Task(0), Scope(3)));
  flags.clear();
  ScopeChains::AddStart(trace_, 0, flags);
  EXPECT_THAT(flags, ElementsAre(Task(0)));
}

TEST_F(ScopeChainsTest, ACancellationHearsOfThoseAround) {
  std::vector<ScopeChains::Flag> flags;
  ScopeChains::AddAround(trace_, {0, 2, Step::kTimerTask}, flags);
  EXPECT_THAT(flags, ElementsAre(Scope(2), Scope(1), Task(0)));
  flags.clear();
  ScopeChains::AddAround(trace_, {0, 0, 1}, flags);
  EXPECT_THAT(flags, ElementsAre(Task(1), Scope(2), Scope(1), Task(0)));
  EXPECT_TRUE(ScopeChains::IsKnown({0, 2, Step::kTimerTask}));
  EXPECT_TRUE(ScopeChains::IsKnown({0, 0, 1}));
  EXPECT_FALSE(ScopeChains::IsKnown({0, 0, Step::kTimerTask}));
  EXPECT_EQ(ScopeChains::Of({0, 2, Step::kTimerTask}), Scope(2));
  EXPECT_EQ(ScopeChains::Of({0, 0, 1}), Task(1));
}

TEST_F(ScopeChainsTest, FlagsHaveNamesThatHoldInEveryExecution) {
  EXPECT_EQ(ScopeChains::NameOf(trace_, Scope(2)), 201u);
  EXPECT_EQ(ScopeChains::NameOf(trace_, Task(2)), 102u);
}

TEST_F(ScopeChainsTest, CancellationsAreFoundByTheirStep) {
  trace_.cancellations.push_back({2, 1, Step::kTimerTask});
  trace_.cancellations.push_back({4, 0, 1});
  EXPECT_EQ(ScopeChains::From(trace_, 0)->step, 2u);
  EXPECT_EQ(ScopeChains::From(trace_, 3)->step, 4u);
  EXPECT_EQ(ScopeChains::From(trace_, 5), trace_.cancellations.end());
}

}  // namespace
}  // namespace fate::sim
