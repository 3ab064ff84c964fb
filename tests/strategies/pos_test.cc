#include "fate/sim/strategies/pos.h"

#include <cmath>

#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

struct Late {
  std::string log;
  Cell shared{0}, own{0};
  Task<> Early() {
    co_await shared.Store(1);
    log += 'e';
  }
  Task<> Tardy() {
    co_await own.Store(0);
    for (int i = 0; i < 10; ++i) co_await own.Load();
    co_await shared.Store(2);
    log += 'l';
  }
  std::vector<Task<>> Tasks() { return List(Early(), Tardy()); }
};

// Early keeps its priority while Tardy works alone: all twelve of Tardy's draws have to be higher,
// of which the first counts for nothing if Early has not begun, since then it draws again: 1 in 12.
// A random walk sees it in 1 of 4096.
TEST(PosTest, OperationsThatCommuteNeedNoLuck) {
  constexpr int kExecutions = 20'000;
  Pos pos(1);
  double p = Sample<Late>(pos, kExecutions)["le"] / static_cast<double>(kExecutions);
  EXPECT_GT(p, 0.0);
  EXPECT_LT(p, 1.0 / 12 + 3 * std::sqrt(1.0 / 12 / kExecutions));
}

struct Race {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    for (int i = 0; i < 3; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

// Which task is first is even; then all is possible.
TEST(PosTest, EveryOrderOfARaceIsSeen) {
  constexpr int kExecutions = 20'000;
  Pos pos(1);
  std::map<std::string, int> seen = Sample<Race>(pos, kExecutions);
  EXPECT_EQ(seen.size(), 20u);
  int first = 0;
  for (const auto& [log, count] : seen) first += log[0] == 'a' ? count : 0;
  EXPECT_NEAR(first, kExecutions / 2, 3 * std::sqrt(kExecutions / 4.0));
}

}  // namespace
}  // namespace fate::sim
