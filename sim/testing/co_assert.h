// CO_ASSERT_*: fatal assertions for coroutines.
//
//   Usage:
//     CO_ASSERT_EQ(co_await queue.Receive(), 42) << "after the first send";
//     if (!supported) CO_SKIP() << "no such clock";
//
// Example: tests/examples/co_assert_example_test.cc
//
// GoogleTest's ASSERT_* return from the function, which a coroutine cannot do. These record the failure
// in the same way and then leave the task by an exception nobody should catch, whatever it returns.
// EXPECT_* works in coroutines as it is.
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

}  // namespace fate::sim::internal

#define FATE_LEAVE_TASK_(type, message)                                                            \
  ::fate::sim::internal::LeaveTask(::testing::TestPartResult::type, __FILE__, __LINE__, message) = \
      ::testing::Message()
#define FATE_CO_FATAL_(message) FATE_LEAVE_TASK_(kFatalFailure, message)

#define CO_FAIL() FATE_CO_FATAL_("Failed")
// Ends the search: the test is skipped.
#define CO_SKIP() FATE_LEAVE_TASK_(kSkip, "")

#define FATE_CO_TEST_BOOLEAN_(expression, text, actual, expected)                      \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                        \
  if (const ::testing::AssertionResult fate_result = ::testing::AssertionResult(expression)) \
    ;                                                                                  \
  else                                                                                 \
    FATE_CO_FATAL_(::testing::internal::GetBoolAssertionFailureMessage(                \
                       fate_result, text, #actual, #expected).c_str())

#define CO_ASSERT_TRUE(condition) FATE_CO_TEST_BOOLEAN_(condition, #condition, false, true)
#define CO_ASSERT_FALSE(condition) FATE_CO_TEST_BOOLEAN_(!(condition), #condition, true, false)

#define FATE_CO_COMPARE_(compare, a, b)                                             \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                     \
  if (const ::testing::AssertionResult fate_result = compare(#a, #b, (a), (b)))     \
    ;                                                                               \
  else                                                                              \
    FATE_CO_FATAL_(fate_result.failure_message())

#define CO_ASSERT_EQ(a, b) FATE_CO_COMPARE_(::testing::internal::EqHelper::Compare, a, b)
#define CO_ASSERT_NE(a, b) FATE_CO_COMPARE_(::testing::internal::CmpHelperNE, a, b)
#define CO_ASSERT_LT(a, b) FATE_CO_COMPARE_(::testing::internal::CmpHelperLT, a, b)
#define CO_ASSERT_LE(a, b) FATE_CO_COMPARE_(::testing::internal::CmpHelperLE, a, b)
#define CO_ASSERT_GT(a, b) FATE_CO_COMPARE_(::testing::internal::CmpHelperGT, a, b)
#define CO_ASSERT_GE(a, b) FATE_CO_COMPARE_(::testing::internal::CmpHelperGE, a, b)
