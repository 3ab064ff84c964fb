#include "fate/sim/explore/options.h"

#include <memory>
#include <string>

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

}  // namespace
}  // namespace fate::sim
