#include "fate/sim/testing/property.h"

#include <csignal>
#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/runtime/check.h"
#include "fate/sim/testing/init.h"
#include "fate/sim/testing/reporter.h"
#include "fate/sim/testing/test_result.h"

namespace fate::sim {

namespace {

using ::testing::TestPartResult;

// What one check found, in what GoogleTest wants to know.
struct Found {
  PropertyReport report;
  std::string skip_message;
  std::vector<TestPartResult> failures;
  std::vector<TestPartResult> outside;
};

Found Check(const rc::Gen<PropertyCase>& cases, PropertyOptions& options) {
  internal::ExecutionReporter reporter;
  options.is_failure = [&reporter] { return !reporter.skipped(); };
  Found found;
  found.report = CheckCases(cases, options);
  found.skip_message = reporter.skip_message();
  found.outside = reporter.outside();
  // The failing execution was the last to be run.
  if (!found.report.passed()) found.failures = reporter.failures();
  for (size_t i = 1; i < found.failures.size(); ++i) {
    absl::StrAppend(&found.report.report.outcome.message, "\nand in the same step:\n",
                    internal::TextOf(found.failures[i]));
  }
  return found;
}

void PrintPass(const PropertyReport& report) {
  const bool special = report.report.capped || report.report.interrupted || !report.report.contested;
  if (GTEST_FLAG_GET(brief) && !special) return;
  std::printf("[   fate   ] %s", report.ToText().c_str());
  std::fflush(stdout);
}

}  // namespace

void CheckCasesInTest(const rc::Gen<PropertyCase>& cases, const AdjustProperty& adjust, Place place) {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  FATE_CHECK(test != nullptr,
             "your program checked a property outside a test of GoogleTest; fate::sim::CheckProperty needs none");
  internal::Process& process = internal::ThisProcess();
  const std::string name = absl::StrCat(test->test_suite_name(), ".", test->name());
  PropertyOptions options;
  if (adjust) adjust(options);
  process.flags.ApplyTo(options);
  options.name = name;
  options.replay_command = internal::CommandOf(*test);
  if (!options.replay.empty() && !internal::RunsAlone(*test, place)) return;
  const Found found = Check(cases, options);
  for (const TestPartResult& part : found.outside) {
    internal::GiveToGoogleTest(part.type(), part.file_name(), part.line_number(), part.message());
  }
  const PropertyReport& report = found.report;
  if (!report.skipped) internal::RecordProperties(report.report);
  const absl::Status written = process.report_file.Add(name, report.report, report.skipped, found.skip_message);
  if (!written.ok()) {
    internal::GiveToGoogleTest(TestPartResult::kNonFatalFailure, place.file_name(),
                               static_cast<int>(place.line()), std::string(written.message()));
  }
  if (report.skipped) {
    internal::GiveToGoogleTest(TestPartResult::kSkip, place.file_name(), static_cast<int>(place.line()),
                               found.skip_message);
  } else if (!report.passed()) {
    internal::GiveFailure(report.ToText(), report.report, found.failures, place);
  } else {
    PrintPass(report);
  }
  // The rest of the tests is not wanted either.
  if (report.report.interrupted) std::raise(SIGINT);
}

}  // namespace fate::sim
