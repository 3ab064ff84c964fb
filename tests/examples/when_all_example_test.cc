#include <string>
#include <utility>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::when_all_example_test {
namespace {

Task<std::string> FetchTree() {
  co_await Yield();
  co_return "OAK";
}

Task<int> FetchCar() { co_return 7; }

Task<int> Square(int i) {
  co_await Yield();
  co_return i* i;
}

Task<> Main() {
  auto [oak, car] = co_await WhenAll(FetchTree(), FetchCar());
  EXPECT_EQ(oak, "OAK");
  EXPECT_EQ(car, 7);
  std::vector<Task<int>> squares;
  for (int i = 0; i < 3; ++i) squares.push_back(Square(i));
  std::vector<int> results = co_await WhenAll(std::move(squares));
  EXPECT_EQ(results, (std::vector<int>{0, 1, 4}));
}

TEST(WhenAllExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::when_all_example_test
