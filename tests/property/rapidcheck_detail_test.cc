#include "fate/sim/property/rapidcheck_detail.h"

#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::exception_ptr Thrown(void (*code)()) {
  try {
    code();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

TEST(RapidcheckDetailTest, WithoutRcParamsTheSeedIsOurs) {
  const auto params = ParseRapidcheckParams("", 17);
  ASSERT_TRUE(params.ok());
  EXPECT_EQ(params->seed, 17u);
  EXPECT_EQ(params->cases, 100);
  EXPECT_EQ(params->size_max, 100);
  EXPECT_EQ(params->discards_per_case_max, 10);
  EXPECT_TRUE(params->shrinks);
}

TEST(RapidcheckDetailTest, RcParamsIsHonoured) {
  const auto params = ParseRapidcheckParams("seed=4 max_success=5 max_size=6 max_discard_ratio=7 noshrink=1", 17);
  ASSERT_TRUE(params.ok());
  EXPECT_EQ(params->seed, 4u);
  EXPECT_EQ(params->cases, 5);
  EXPECT_EQ(params->size_max, 6);
  EXPECT_EQ(params->discards_per_case_max, 7);
  EXPECT_FALSE(params->shrinks);
}

TEST(RapidcheckDetailTest, BadRcParamsSayWhatIsWrong) {
  const auto params = ParseRapidcheckParams("seed=many", 17);
  EXPECT_THAT(params.status().message(), HasSubstr("RC_PARAMS is \"seed=many\""));
  EXPECT_THAT(params.status().message(), HasSubstr("'seed' must be a valid integer"));
}

TEST(RapidcheckDetailTest, TheNameOfACaseGoesThroughRcParams) {
  const CaseName name = {rc::Random(5), 12, {3, 0, 400}};
  const std::string text = ReproduceText("Suite.Name", name);
  EXPECT_THAT(text, StartsWith("reproduce="));
  EXPECT_EQ(text.find(' '), std::string::npos);
  const auto params = ParseRapidcheckParams(text, 17);
  ASSERT_TRUE(params.ok());
  ASSERT_EQ(params->reproduce.count("Suite.Name"), 1u);
  const CaseName& again = params->reproduce.at("Suite.Name");
  EXPECT_EQ(again.random, name.random);
  EXPECT_EQ(again.size, 12);
  EXPECT_EQ(again.path, name.path);
}

TEST(RapidcheckDetailTest, SizesGrowFromZeroToTheGreatest) {
  RapidcheckParams params;
  EXPECT_EQ(SizeOf(params, 0, 0), 0);
  EXPECT_EQ(SizeOf(params, 99, 0), 100);
  EXPECT_EQ(SizeOf(params, 99, 1000), 100);
  EXPECT_EQ(SizeOf(params, 0, 30), 3);
  params.cases = 1;
  EXPECT_EQ(SizeOf(params, 0, 0), 0);
}

TEST(RapidcheckDetailTest, AFailedRcAssertIsAFailedAssertionAtItsPlace) {
  Outcome outcome;
  ASSERT_TRUE(ReadRapidcheckException(Thrown([] { RC_ASSERT(1 == 2); }), outcome));
  EXPECT_EQ(outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(outcome.message, HasSubstr("rapidcheck_detail_test.cc:"));
  EXPECT_THAT(outcome.message, HasSubstr("RC_ASSERT(1 == 2)"));
  EXPECT_FALSE(IsDiscard(outcome));
}

TEST(RapidcheckDetailTest, RcPreDiscards) {
  Outcome outcome;
  ASSERT_TRUE(ReadRapidcheckException(Thrown([] { RC_PRE(1 == 2); }), outcome));
  EXPECT_TRUE(IsDiscard(outcome));
}

TEST(RapidcheckDetailTest, OtherExceptionsAreNotRapidchecks) {
  Outcome outcome;
  EXPECT_FALSE(ReadRapidcheckException(Thrown([] { throw std::runtime_error("no"); }), outcome));
  EXPECT_FALSE(ReadRapidcheckException(Thrown([] { RC_SUCCEED("yes"); }), outcome));
  EXPECT_TRUE(outcome.passed());
}

TEST(RapidcheckDetailTest, AGeneratorThatFindsNothingDiscards) {
  const auto never = rc::gen::suchThat(rc::gen::just(1), [](int) { return false; });
  EXPECT_FALSE(Generate([&] { (void)never(rc::Random(1)).value(); }));
  EXPECT_TRUE(Generate([] {}));
  EXPECT_THROW(Generate([] { throw std::runtime_error("a generator's own"); }), std::runtime_error);
}

}  // namespace
}  // namespace fate::sim::internal
