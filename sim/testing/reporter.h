// ExecutionReporter: stands between the executions of a test and GoogleTest.
//
// While one lives, what GoogleTest's assertions on this thread report inside an execution is kept:
// a failure, in a coroutine or in a plain helper, fails the execution, which ends at the next
// scheduling point; a skip ends it too. What is found while an execution is torn down counts for
// nothing.
//
// It derives from a class of gtest-spi.h, the one public way to put a reporter in the place of
// GoogleTest's own. Tested by tests/testing/reporter_test.cc.
#pragma once

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fate::sim::internal {

class ExecutionReporter : private ::testing::ScopedFakeTestPartResultReporter {
 public:
  ExecutionReporter() : ScopedFakeTestPartResultReporter(INTERCEPT_ONLY_CURRENT_THREAD, &unused_) {}

  // Before an exploration: what was kept is forgotten.
  void Forget();
  // Whether the last execution that reported something was skipped, and what it said.
  bool skipped() const { return skipped_; }
  // The failures of the last execution that failed by an assertion, all of one step.
  const std::vector<::testing::TestPartResult>& failures() const { return failures_; }
  const std::string& skip_message() const { return skip_message_; }
  // What was reported with no execution under way: for GoogleTest, once the reporter is gone.
  const std::vector<::testing::TestPartResult>& outside() const { return outside_; }

 private:
  void ReportTestPartResult(const ::testing::TestPartResult& result) override;

  bool skipped_ = false;
  std::string skip_message_;
  std::vector<::testing::TestPartResult> failures_;
  std::vector<::testing::TestPartResult> outside_;
  ::testing::TestPartResultArray unused_;  // the base wants one
};

// "dir/file.cc:12: what it says".
std::string TextOf(const ::testing::TestPartResult& result);
// Gives GoogleTest a result of its own kind.
void GiveToGoogleTest(::testing::TestPartResult::Type type, const char* file, int line, const std::string& message);

}  // namespace fate::sim::internal
