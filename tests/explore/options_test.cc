#include "fate/sim/explore/options.h"

#include <memory>
#include <string>

#include "fate/sim/explore/explorer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(OptionsTest, EveryStrategyThatIsNamedCanBeMade) {
  for (const std::string& name : StrategyNames()) {
    absl::StatusOr<std::unique_ptr<Strategy>> strategy = MakeStrategy(name, 1);
    ASSERT_TRUE(strategy.ok()) << strategy.status();
    EXPECT_NE(*strategy, nullptr) << name;
  }
  for (const char* name : {"fifo", "portfolio", "random", "depth_first"}) EXPECT_THAT(StrategyNames(), Contains(name));
}

TEST(OptionsTest, AStrategyThatIsNotThereIsAnErrorThatListsThem) {
  for (const char* name : {"", "randm", "Random", "random "}) {
    absl::Status status = MakeStrategy(name, 1).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("there is no strategy \"" + std::string(name) + "\""));
    for (const std::string& known : StrategyNames()) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(known));
    }
  }
}

TEST(OptionsTest, ByDefaultAThousandExecutionsOfThePortfolioWithinAMinute) {
  const ExploreOptions options;
  EXPECT_EQ(options.strategy, "portfolio");
  EXPECT_EQ(options.executions, 1000u);
  EXPECT_EQ(options.seed, 1u);
  EXPECT_EQ(options.budget, absl::Minutes(1));
  EXPECT_EQ(options.step_timeout, absl::Seconds(10));
  EXPECT_EQ(options.settings.interleaving, Interleaving::kOperation);
}

TEST(OptionsTest, WhatCannotBeDoneIsRefusedWithWhatToDo) {
  ExploreOptions options;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.executions = 0;
  EXPECT_THAT(std::string(CheckOptions(options).message()), HasSubstr("a search of no executions: ask for one"));
  options = ExploreOptions();
  options.settings.horizon = absl::Seconds(-1);
  EXPECT_THAT(std::string(CheckOptions(options).message()),
              HasSubstr("a horizon of -1s: it is counted from the start"));
}

TEST(OptionsTest, ARefusedSearchRunsNothingAndDoesNotPass) {
  ExploreOptions options;
  options.executions = 0;
  bool ran = false;
  const auto program = [&ran]() -> Task<> {
    ran = true;
    co_return;
  };
  const Report report = Explore(program, options);
  EXPECT_FALSE(report.passed());
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace fate::sim
