#include "fate/sim/strategies/random_delay.h"

#include "tests/strategies/runs.h"

namespace fate::sim::random_delay_test {
namespace {

struct Three {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    for (int i = 0; i < 3; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b'), Work('c')); }
};

TEST(RandomDelayTest, WithoutDelaysTasksRunInOrderOfCreation) {
  RandomDelay delay(1, 0);
  EXPECT_EQ(Sample<Three>(delay, 100), (std::map<std::string, int>{{"aaabbbccc", 100}}));
}

// Six contested steps at least: at each one delay gives another order.
TEST(RandomDelayTest, ADelayPassesTheTurnOn) {
  RandomDelay delay(1, 1);
  std::map<std::string, int> seen = Sample<Three>(delay, 1000);
  EXPECT_GT(seen["aaabbbccc"], 400);
  EXPECT_EQ(seen.count("abbbcccaa"), 1u);
  EXPECT_EQ(seen.count("bbbcccaaa"), 1u);
  EXPECT_EQ(seen.count("aaabcccbb"), 1u);
  EXPECT_EQ(seen.size(), 7u);
}

}  // namespace
}  // namespace fate::sim::random_delay_test
