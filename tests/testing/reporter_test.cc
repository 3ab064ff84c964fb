#include "fate/sim/testing/reporter.h"

#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/testing/co_assert.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace fate::sim::internal {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

ExploreOptions Once() {
  ExploreOptions options;
  options.strategy = "fifo";
  return options;
}

Task<> FailsTwiceInAStep() {
  co_await Yield();
  EXPECT_EQ(1, 2) << "one";
  EXPECT_EQ(3, 4) << "two";
  co_await Yield();
  ADD_FAILURE() << "not reached";
}

TEST(ReporterTest, KeepsTheFailuresOfTheStepFromGoogleTest) {
  ExecutionReporter reporter;
  const Report report = Explore(FailsTwiceInAStep, Once());
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.outcome.message, AllOf(ContainsRegex("^testing/reporter_test.cc:[0-9]+: "), HasSubstr("one")));
  ASSERT_EQ(reporter.failures().size(), 2u);
  EXPECT_THAT(TextOf(reporter.failures()[1]), HasSubstr("two"));
  EXPECT_FALSE(reporter.skipped());
  EXPECT_TRUE(reporter.outside().empty());
  reporter.Forget();
  EXPECT_TRUE(reporter.failures().empty());
}

Task<> FailsWhileItIsDestroyed() {
  struct Late {
    ~Late() { ADD_FAILURE() << "late"; }
  };
  Late late;
  co_await Yield();
  EXPECT_TRUE(false) << "in time";
  co_await Yield();
}

TEST(ReporterTest, WhatIsReportedAfterTheEndCountsForNothing) {
  ExecutionReporter reporter;
  const Report report = Explore(FailsWhileItIsDestroyed, Once());
  EXPECT_THAT(report.outcome.message, HasSubstr("in time"));
  EXPECT_EQ(reporter.failures().size(), 1u);
}

Task<> Skips() {
  co_await Yield();
  CO_SKIP() << "not today";
}

TEST(ReporterTest, KnowsOfASkipWhichEndsTheSearch) {
  ExecutionReporter reporter;
  const Report report = Explore(Skips);
  EXPECT_TRUE(report.skipped);
  EXPECT_EQ(report.executions, 1u);
  EXPECT_TRUE(reporter.skipped());
  EXPECT_EQ(reporter.skip_message(), "not today");
  EXPECT_TRUE(reporter.failures().empty());
}

TEST(ReporterTest, WhatIsReportedOutsideAnExecutionIsKeptApart) {
  size_t failures = 0;
  std::string text;
  {
    ExecutionReporter reporter;
    ADD_FAILURE() << "outside";
    failures = reporter.outside().size();
    text = TextOf(reporter.outside()[0]);
  }
  EXPECT_EQ(failures, 1u);
  EXPECT_THAT(text, HasSubstr("outside"));
}

TEST(ReporterTest, GivesGoogleTestAResultOfItsOwnKind) {
  EXPECT_NONFATAL_FAILURE(GiveToGoogleTest(::testing::TestPartResult::kNonFatalFailure, "a.cc", 1, "what it says"),
                          "what it says");
}

}  // namespace
}  // namespace fate::sim::internal
