#include "fate/sim/testing/co_assert.h"

#include <stdexcept>
#include <string>

#include "fate/runtime/check.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/testing/reporter.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::Gt;
using ::testing::HasSubstr;

// What came of a task that asserts, as the reporter of SIM_TEST sees it.
struct Asserted {
  std::string message;  // empty: passed
  bool skipped = false;
};

Asserted ResultOf(Task<> (*task)()) {
  sim::internal::ExecutionReporter reporter;
  sim::ExploreOptions options;
  options.strategy = "fifo";
  const sim::Report report = sim::Explore(task, options);
  return {report.outcome.message, reporter.skipped()};
}

Task<int> Two() {
  co_await Yield();
  co_return 2;
}
Task<> Fine() { co_await Yield(); }
Task<> ThrowLogicError() {
  co_await Yield();
  throw std::logic_error("why");
}

// --- those that hold -----------------------------------------------------------------------------

SIM_TEST(CoAssertTest, WhatHoldsLetsTheTaskGoOn) {
  int two = co_await Two();
  CO_ASSERT_TRUE(two == 2) << "never said";
  CO_ASSERT_FALSE(two == 3);
  CO_ASSERT_EQ(two, 2);
  CO_ASSERT_NE(two, 3);
  CO_ASSERT_LT(two, 3);
  CO_ASSERT_LE(two, 2);
  CO_ASSERT_GT(two, 1);
  CO_ASSERT_GE(two, 2);
  CO_ASSERT_STREQ("a", "a");
  CO_ASSERT_STRNE("a", "b");
  CO_ASSERT_FLOAT_EQ(1.0f, 1.0f);
  CO_ASSERT_DOUBLE_EQ(1.0, 1.0);
  CO_ASSERT_NEAR(1.0, 1.1, 0.2);
  CO_ASSERT_THAT(two, Gt(1));
  CO_ASSERT_NO_FATAL_FAILURE(co_await Fine());
  CO_ASSERT_THROW(co_await ThrowLogicError(), std::logic_error);
}

SIM_TEST(CoAssertTest, TheOperandsMayAwait) {
  CO_ASSERT_EQ(co_await Two(), 2);
  CO_ASSERT_TRUE(co_await Two() == 2);
}

SIM_TEST(CoAssertTest, StandsInAnIfWithoutBraces) {
  bool reached = false;
  if (co_await Two() == 3)
    CO_ASSERT_TRUE(false);
  else
    reached = true;
  CO_ASSERT_TRUE(reached);
}

// --- those that fail
// -------------------------------------------------------------------------------

bool reached = false;

#define FATE_FAILING_TASK(Name, statement) \
  Task<> Name() {                          \
    reached = false;                       \
    int two = co_await Two();              \
    static_cast<void>(two);                \
    statement;                             \
    reached = true;                        \
  }

FATE_FAILING_TASK(FailsTrue, CO_ASSERT_TRUE(two == 3) << "said")
FATE_FAILING_TASK(FailsFalse, CO_ASSERT_FALSE(two == 2) << "said")
FATE_FAILING_TASK(FailsEq, CO_ASSERT_EQ(two, 3) << "said")
FATE_FAILING_TASK(FailsNe, CO_ASSERT_NE(two, 2) << "said")
FATE_FAILING_TASK(FailsLt, CO_ASSERT_LT(two, 2) << "said")
FATE_FAILING_TASK(FailsLe, CO_ASSERT_LE(two, 1) << "said")
FATE_FAILING_TASK(FailsGt, CO_ASSERT_GT(two, 2) << "said")
FATE_FAILING_TASK(FailsGe, CO_ASSERT_GE(two, 3) << "said")
FATE_FAILING_TASK(FailsStreq, CO_ASSERT_STREQ("a", "b") << "said")
FATE_FAILING_TASK(FailsNear, CO_ASSERT_NEAR(1.0, 2.0, 0.5) << "said")
FATE_FAILING_TASK(FailsThat, CO_ASSERT_THAT(two, Gt(2)) << "said")
FATE_FAILING_TASK(FailsThrow, CO_ASSERT_THROW(co_await Fine(), std::logic_error) << "said")
FATE_FAILING_TASK(Fails, CO_FAIL() << "said")

TEST(CoAssertTest, WhatFailsLeavesTheTaskAndSaysWhereAndWhat) {
  for (auto task : {FailsTrue, FailsFalse, FailsEq, FailsNe, FailsLt, FailsLe, FailsGt, FailsGe, FailsStreq, FailsNear,
                    FailsThat, FailsThrow, Fails}) {
    const Asserted asserted = ResultOf(task);
    EXPECT_THAT(asserted.message, AllOf(ContainsRegex("^testing/co_assert_test.cc:[0-9]+: "), HasSubstr("said")));
    EXPECT_FALSE(reached);
    EXPECT_FALSE(asserted.skipped);
  }
}

TEST(CoAssertTest, SaysWhatTheOperandsWere) {
  EXPECT_THAT(ResultOf(FailsEq).message,
              AllOf(HasSubstr("Expected equality of these values"), HasSubstr("two\n    Which is: 2"), HasSubstr("3")));
  EXPECT_THAT(ResultOf(FailsTrue).message, HasSubstr("Value of: two == 3\n  Actual: false\nExpected: true"));
  EXPECT_THAT(ResultOf(FailsThrow).message, HasSubstr("throws an exception of type std::logic_error"));
}

void AssertInAHelper() { ASSERT_EQ(1, 2) << "in a helper"; }
FATE_FAILING_TASK(FailsInAHelper, CO_ASSERT_NO_FATAL_FAILURE(AssertInAHelper()))

TEST(CoAssertTest, AHelperThatFailedLeavesTheTask) {
  EXPECT_THAT(ResultOf(FailsInAHelper).message, HasSubstr("in a helper"));
  EXPECT_FALSE(reached);
}

Task<int> AssertsAndGivesAValue() {
  CO_ASSERT_EQ(1, 2) << "whatever the coroutine returns";
  co_return 1;
}
FATE_FAILING_TASK(FailsInAChild, co_await AssertsAndGivesAValue())

TEST(CoAssertTest, WorksInCoroutinesThatReturnSomething) {
  EXPECT_THAT(ResultOf(FailsInAChild).message, HasSubstr("whatever the coroutine returns"));
  EXPECT_FALSE(reached);
}

Task<> ThrowsAnother() { CO_ASSERT_THROW(co_await ThrowLogicError(), std::runtime_error); }

TEST(CoAssertTest, AnExceptionOfAnotherTypeGoesOnItsWay) {
  EXPECT_THAT(ResultOf(ThrowsAnother).message, HasSubstr("your program let an exception leave"));
}

Task<> Swallows() {
  try {
    CO_ASSERT_TRUE(false) << "first";
  } catch (...) {
  }
  reached = true;
  co_await Yield();
  ADD_FAILURE() << "not reached";
}

TEST(CoAssertTest, AnExecutionThatSwallowsItEndsAtTheNextSchedulingPoint) {
  const Asserted asserted = ResultOf(Swallows);
  EXPECT_THAT(asserted.message, HasSubstr("first"));
  EXPECT_EQ(asserted.message.find("not reached"), std::string::npos);
  EXPECT_TRUE(reached);
}

FATE_FAILING_TASK(Skips, CO_SKIP() << "no such clock")

TEST(CoAssertTest, ASkipLeavesTheTaskAndIsNoFailure) {
  const Asserted asserted = ResultOf(Skips);
  EXPECT_TRUE(asserted.skipped);
  EXPECT_THAT(asserted.message, HasSubstr("no such clock"));
  EXPECT_FALSE(reached);
}

}  // namespace
}  // namespace fate
