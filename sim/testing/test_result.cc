#include "fate/sim/testing/test_result.h"

#include "absl/strings/str_cat.h"
#include "fate/sim/testing/init.h"
#include "fate/sim/testing/reporter.h"

namespace fate::sim::internal {

using ::testing::TestPartResult;

std::string CommandOf(const ::testing::TestInfo& test) {
  if (ThisProcess().command.empty()) return "";
  const std::string name = absl::StrCat(test.test_suite_name(), ".", test.name());
  std::string command = absl::StrCat(ShellQuoted(ThisProcess().command), " --gtest_filter=", ShellQuoted(name));
  if (name.find("DISABLED_") != std::string::npos) absl::StrAppend(&command, " --gtest_also_run_disabled_tests");
  return command;
}

bool RunsAlone(const ::testing::TestInfo& test, Place place) {
  const ::testing::UnitTest& unit_test = *::testing::UnitTest::GetInstance();
  if (unit_test.test_to_run_count() <= 1) return true;
  GiveToGoogleTest(TestPartResult::kFatalFailure, place.file_name(), static_cast<int>(place.line()),
                   absl::StrCat("--fate_replay (or FATE_REPLAY) follows the schedule of one test, and ",
                                unit_test.test_to_run_count(), " tests are to be run: say which with --gtest_filter=",
                                test.test_suite_name(), ".", test.name()));
  return false;
}

void RecordProperties(const Report& report) {
  const auto record = [](const char* key, const auto& value) {
    ::testing::Test::RecordProperty(absl::StrCat("fate_", key), absl::StrCat(value));
  };
  record("outcome", ToString(report.outcome.kind));
  record("strategy", report.strategy);
  record("seed", report.seed);
  record("executions", report.executions);
  record("executions_asked", report.executions_asked);
  record("steps", report.steps);
  record("exhausted", report.exhausted ? "true" : "false");
  record("capped", report.capped ? "true" : "false");
  record("contested", report.contested ? "true" : "false");
  if (!report.schedule.empty()) record("schedule", report.schedule);
  if (!report.facts.setting.words.empty()) record("setting", report.facts.setting.words);
}

void GiveFailure(const std::string& text, const Report& report, const std::vector<TestPartResult>& failures,
                 Place place) {
  const char* file = place.file_name();
  int line = static_cast<int>(place.line());
  if (!failures.empty() && failures[0].file_name() != nullptr) {
    file = failures[0].file_name();
    line = failures[0].line_number();
  } else if (const Place first = report.outcome.first_place(); first.line() != 0) {
    file = first.file_name();
    line = static_cast<int>(first.line());
  }
  GiveToGoogleTest(TestPartResult::kFatalFailure, file, line, text);
}

}  // namespace fate::sim::internal
