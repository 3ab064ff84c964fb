// CO_ASSERT_*: fatal assertions for coroutines.
//
//   Usage:
//     CO_ASSERT_EQ(co_await queue.Receive(), 42) << "after the first send";
//     if (!supported) CO_SKIP() << "no such clock";
//
// Example: tests/examples/co_assert_example_test.cc
//
// GoogleTest's ASSERT_* return from the function, which a coroutine cannot do. These record the
// failure in the same way and then leave the task by an exception nobody should catch
// (fate::ExecutionStopped), whatever the coroutine returns. EXPECT_* works in coroutines as it is,
// and ASSERT_* in the plain functions a coroutine calls; there CO_ASSERT_NO_FATAL_FAILURE(Helper())
// leaves the task if the helper failed. Without it the execution ends at the next scheduling point.
//
// CO_SKIP() ends the search: the whole test is skipped. CO_ASSERT_THAT needs <gmock/gmock.h>.
// SCOPED_TRACE knows nothing of tasks: do not hold one over a co_await.
// Tested by tests/testing/co_assert_test.cc.
#pragma once

#include <gtest/gtest.h>

#include "fate/runtime/check.h"

namespace fate::sim::internal {

// Records a part result and leaves the task: what `return AssertHelper = Message` is elsewhere.
class LeaveTask {
 public:
  LeaveTask(::testing::TestPartResult::Type type, const char* file, int line, const char* message)
      : helper_(type, file, line, message) {}
  [[noreturn]] void operator=(const ::testing::Message& message) const {
    helper_ = message;
    throw ExecutionStopped{};
  }

 private:
  ::testing::internal::AssertHelper helper_;
};

// Leaves the task if the execution has failed, or was skipped.
void LeaveTaskIfFailed();

}  // namespace fate::sim::internal

#define FATE_LEAVE_TASK_(type, message) \
  ::fate::sim::internal::LeaveTask(::testing::TestPartResult::type, __FILE__, __LINE__, message) = ::testing::Message()
#define FATE_CO_FATAL_(message) FATE_LEAVE_TASK_(kFatalFailure, message)

#define CO_FAIL() FATE_CO_FATAL_("Failed")
#define CO_SKIP() FATE_LEAVE_TASK_(kSkip, "")

// `result` is an AssertionResult.
#define FATE_CO_ASSERT_(result)                              \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                              \
  if (const ::testing::AssertionResult fate_result = result) \
    ;                                                        \
  else                                                       \
    FATE_CO_FATAL_(fate_result.failure_message())

#define FATE_CO_BOOLEAN_(expression, text, actual, expected)                                 \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                              \
  if (const ::testing::AssertionResult fate_result = ::testing::AssertionResult(expression)) \
    ;                                                                                        \
  else                                                                                       \
    FATE_CO_FATAL_(::testing::internal::GetBoolAssertionFailureMessage(fate_result, text, #actual, #expected).c_str())

#define CO_ASSERT_TRUE(condition) FATE_CO_BOOLEAN_(condition, #condition, false, true)
#define CO_ASSERT_FALSE(condition) FATE_CO_BOOLEAN_(!(condition), #condition, true, false)

#define FATE_CO_COMPARE_(compare, a, b) FATE_CO_ASSERT_(::testing::internal::compare(#a, #b, a, b))

#define CO_ASSERT_EQ(a, b) FATE_CO_COMPARE_(EqHelper::Compare, a, b)
#define CO_ASSERT_NE(a, b) FATE_CO_COMPARE_(CmpHelperNE, a, b)
#define CO_ASSERT_LT(a, b) FATE_CO_COMPARE_(CmpHelperLT, a, b)
#define CO_ASSERT_LE(a, b) FATE_CO_COMPARE_(CmpHelperLE, a, b)
#define CO_ASSERT_GT(a, b) FATE_CO_COMPARE_(CmpHelperGT, a, b)
#define CO_ASSERT_GE(a, b) FATE_CO_COMPARE_(CmpHelperGE, a, b)
#define CO_ASSERT_STREQ(a, b) FATE_CO_COMPARE_(CmpHelperSTREQ, a, b)
#define CO_ASSERT_STRNE(a, b) FATE_CO_COMPARE_(CmpHelperSTRNE, a, b)
#define CO_ASSERT_FLOAT_EQ(a, b) FATE_CO_COMPARE_(CmpHelperFloatingPointEQ<float>, a, b)
#define CO_ASSERT_DOUBLE_EQ(a, b) FATE_CO_COMPARE_(CmpHelperFloatingPointEQ<double>, a, b)
#define CO_ASSERT_NEAR(a, b, error) \
  FATE_CO_ASSERT_(::testing::internal::DoubleNearPredFormat(#a, #b, #error, a, b, error))
#define CO_ASSERT_THAT(value, matcher) \
  FATE_CO_ASSERT_(::testing::internal::MakePredicateFormatterFromMatcher(matcher)(#value, value))

// The statement may be a call of a function with ASSERT_*; it may await.
#define CO_ASSERT_NO_FATAL_FAILURE(statement)   \
  do {                                          \
    statement;                                  \
    ::fate::sim::internal::LeaveTaskIfFailed(); \
  } while (false)

// The statement may await. An exception of another type, Cancelled included, goes on its way.
#define CO_ASSERT_THROW(statement, Exception)                                               \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                             \
  if (bool fate_thrown = false; true) {                                                     \
    try {                                                                                   \
      statement;                                                                            \
    } catch (const Exception&) {                                                            \
      fate_thrown = true;                                                                   \
    }                                                                                       \
    if (!fate_thrown) goto FATE_CO_LABEL_(fate_throw_);                                     \
  } else                                                                                    \
    FATE_CO_LABEL_(fate_throw_)                                                             \
        : FATE_CO_FATAL_("Expected: " #statement " throws an exception of type " #Exception \
                         ".\n  Actual: it throws nothing.")
#define FATE_CO_LABEL_(prefix) GTEST_CONCAT_TOKEN_(prefix, __LINE__)
