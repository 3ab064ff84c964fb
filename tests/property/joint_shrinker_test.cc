#include "fate/sim/property/joint_shrinker.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sim/property/check_property.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/property/bank.h"

namespace fate::sim {
namespace {

using test::Bank;
using test::KeepsTheMoney;
using test::Transfer;
using test::TwentyTransfers;
using ::testing::HasSubstr;

Task<> TwentyKeepTheMoney(TwentyTransfers twenty) {
  Bank bank;
  co_await bank.MoveAll(std::move(twenty.transfers));
  RC_ASSERT(bank.Total() == Bank::kAll);
}

PropertyReport CheckTwenty(uint64_t seed) {
  PropertyOptions options;
  options.seed = seed;
  options.rapidcheck_params = "";
  return CheckProperty(&TwentyKeepTheMoney, options);
}

long Count(const std::string& text, const std::string& word) {
  long count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(JointShrinkerTest, TwentyTransfersShrinkToTwoAndOnePreemption) {
  for (uint64_t seed = 1; seed <= test::Samples(20); ++seed) {
    const PropertyReport report = CheckTwenty(seed);
    ASSERT_FALSE(report.passed());
    EXPECT_EQ(Count(report.found_arguments, " from "), 20) << report.ToText();
    EXPECT_EQ(Count(report.arguments, "1 from "), 2) << report.ToText();
    EXPECT_EQ(report.report.cost.preemptions, 1u) << report.ToText();
    // The two tasks: main.1 and main.2.
    EXPECT_THAT(report.report.story, HasSubstr("main.2"));
    EXPECT_EQ(Count(report.report.story, "main.3"), 0);
  }
}

TEST(JointShrinkerTest, TheSameSeedGivesTheSameCounterexampleByteForByte) {
  for (uint64_t seed = 1; seed <= 3; ++seed) EXPECT_EQ(CheckTwenty(seed).ToText(), CheckTwenty(seed).ToText());
  EXPECT_NE(CheckTwenty(1).reproduce, CheckTwenty(2).reproduce);
}

TEST(JointShrinkerTest, TheStoryHasTheSmallestArguments) {
  PropertyOptions options;
  options.rapidcheck_params = "";
  const PropertyReport report = CheckProperty(&KeepsTheMoney, options);
  EXPECT_EQ(report.arguments, "  argument 1 = [1 from 0 to 1, 1 from 0 to 1]\n");
  EXPECT_EQ(report.report.cost.preemptions, 1u);
  EXPECT_EQ(report.report.cost.deviations, 1u);
}

// Two bugs: the first that is found stays, though smaller arguments have the other.
Task<> TwoBugs(std::vector<int> values) {
  bool first = false;
  bool second = false;
  const auto one = [&]() -> Task<> {
    co_await Yield();
    first = true;
  };
  const auto two = [&]() -> Task<> {
    second = first;
    co_await Yield();
  };
  co_await WhenAll(one(), two());
  if (values.size() > 3 && !second) RC_FAIL("more than three");
  if (!values.empty() && second) RC_FAIL("more than none");
}

TEST(JointShrinkerTest, ShrinkingDoesNotSlipToAnotherFailure) {
  constexpr uint64_t kSeeds = test::Samples(10);
  uint64_t threes = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    PropertyOptions options;
    options.seed = seed;
    options.rapidcheck_params = "";
    options.audit_executions = 0;  // it finds the other failure sooner
    const PropertyReport report = CheckProperty(&TwoBugs, options);
    ASSERT_FALSE(report.passed());
    const bool three = report.report.outcome.message.find("more than three") != std::string::npos;
    EXPECT_EQ(Count(report.arguments, "0"), three ? 4 : 1) << report.ToText();
    EXPECT_EQ(report.ToText().find("Other failures met on the way") != std::string::npos,
              !report.other_failures.empty());
    threes += three ? 1 : 0;
  }
  // Any of these would slip: one value is fewer than four.
  EXPECT_EQ(threes, kSeeds);
}

// No schedule matters here: arguments shrink as rapidcheck alone would.
TEST(JointShrinkerTest, WithoutConcurrencyItIsRapidcheck) {
  PropertyOptions options;
  options.rapidcheck_params = "";
  const auto body = [](std::vector<int> values, int limit) -> Task<> {
    for (const int value : values) {
      if (value > 10 && limit > 2) throw std::runtime_error("too large");
    }
    co_return;
  };
  const PropertyReport report = CheckProperty(body, options);
  EXPECT_EQ(report.arguments, "  argument 1 = [11]\n  argument 2 = 3\n");
  EXPECT_EQ(report.report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_TRUE(report.report.cost.deviations == 0);
}

TEST(JointShrinkerTest, ItIsBoundedInExecutions) {
  PropertyOptions options;
  options.rapidcheck_params = "";
  options.joint_executions = 100;
  options.nearby_executions = 10;
  options.shrink_executions = 10;
  const PropertyReport report = CheckProperty(&TwentyKeepTheMoney, options);
  ASSERT_FALSE(report.passed());
  // Each bound may be passed by what was begun: a search, and the note it takes.
  EXPECT_LE(report.joint_executions, 100u + 10u + 2u * 10u + 4u);
}

TEST(JointShrinkerTest, RcParamsSwitchShrinkingOfArgumentsOff) {
  PropertyOptions options;
  options.rapidcheck_params = "noshrink=1";
  const PropertyReport report = CheckProperty(&TwentyKeepTheMoney, options);
  EXPECT_EQ(report.arguments, report.found_arguments);
  EXPECT_EQ(report.argument_shrinks, 0u);
  EXPECT_EQ(report.report.cost.preemptions, 1u);
}

}  // namespace
}  // namespace fate::sim
