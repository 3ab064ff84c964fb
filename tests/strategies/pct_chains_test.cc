#include "fate/sim/strategies/pct_chains.h"

#include "fate/task/spawn.h"
#include "tests/strategies/runs.h"

namespace fate::sim::pct_chains_test {
namespace {

constexpr int kTasks = 200;

struct OneAfterTheOther {
  std::string log;
  Cell cell{0};
  Task<> Work() {
    co_await cell.FetchAdd(1);
    co_await cell.FetchAdd(1);
  }
  Task<> Main() {
    for (int i = 0; i < kTasks; ++i) {
      JoinHandle<> handle = co_await Spawn(Work());
      co_await handle.Join();
    }
  }
  Task<> Other() {
    for (int i = 0; i < 3 * kTasks; ++i) co_await cell.Load();
  }
  std::vector<Task<>> Tasks() { return List(Main(), Other()); }
};

// Main, the other root, and the children, of which there is never more than one.
TEST(PctChainsTest, TasksAwaitedOneAfterTheOtherAreOneChain) {
  PctChains chains(1);
  Runs<OneAfterTheOther> runs;
  for (uint64_t i = 0; i < 20; ++i) {
    EXPECT_TRUE(runs.Run(chains, i).outcome.passed());
    EXPECT_LE(chains.chains(), 3u);
  }
}

struct Together {
  std::string log;
  Cell cell{0};
  Task<> Work() { co_await cell.FetchAdd(1); }
  Task<> Main() {
    std::vector<JoinHandle<>> handles;
    for (int i = 0; i < kTasks; ++i) {
      JoinHandle<> handle = co_await Spawn(Work());
      handles.push_back(std::move(handle));
    }
    for (JoinHandle<>& handle : handles) co_await handle.Join();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(PctChainsTest, TasksThatMayRunTogetherAreChainsOfTheirOwn) {
  PctChains chains(1);
  Runs<Together> runs;
  runs.Run(chains, 0);
  EXPECT_EQ(chains.chains(), kTasks + 1u);
}

struct HandOver {
  std::string log;
  Cell cell{0};
  Task<> Work(int left) {
    co_await cell.FetchAdd(1);
    if (left > 0) {
      const SpawnOptions not_joined = {.lifetime = Lifetime::kProgram};
      co_await Spawn(Work(left - 1), not_joined);
    }
  }
  Task<> Other() {
    for (int i = 0; i < 3 * kTasks; ++i) co_await cell.Load();
  }
  std::vector<Task<>> Tasks() { return List(Work(kTasks), Other()); }
};

TEST(PctChainsTest, ATaskSpawnedByAnothersLastStepGoesOnWithItsChain) {
  PctChains chains(1);
  Runs<HandOver> runs;
  for (uint64_t i = 0; i < 20; ++i) {
    EXPECT_TRUE(runs.Run(chains, i).outcome.passed());
    EXPECT_LE(chains.chains(), 2u);
  }
}

}  // namespace
}  // namespace fate::sim::pct_chains_test
