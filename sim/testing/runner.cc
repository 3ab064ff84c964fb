#include "fate/sim/testing/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/runtime/check.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/testing/init.h"
#include "fate/sim/testing/reporter.h"

namespace fate::sim {

namespace {

using ::testing::TestPartResult;

// What it found, and whether it was skipped.
struct Result {
  Report report;
  bool skipped = false;
  std::string skip_message;
  // The failures of GoogleTest's assertions behind the outcome; empty if it has another cause.
  std::vector<TestPartResult> failures;
  Place pinned_at;  // of the Replay whose schedule failed; unset: none did
};

// One test: its search, and before that the schedules that its body pins.
class SimTestRun {
 public:
  SimTestRun(Program program, const ExploreOptions& options)
      : program_(program),
        options_(options),
        following_(!options.replay.empty()),
        outer_(std::exchange(current_, this)) {}
  ~SimTestRun() { current_ = outer_; }
  SimTestRun(const SimTestRun&) = delete;
  SimTestRun& operator=(const SimTestRun&) = delete;

  // The test of which an execution runs on this thread; null: none.
  static SimTestRun* current() { return current_; }

  Result Run();
  void Pin(const std::string& schedule, Place place);
  // What was reported with no execution under way.
  const std::vector<TestPartResult>& outside() const { return reporter_.outside(); }

 private:
  static thread_local SimTestRun* current_;

  Result Explore(const ExploreOptions& options);

  Program program_;
  const ExploreOptions& options_;
  internal::ExecutionReporter reporter_;
  std::vector<std::string>
      pinned_;          // in the order in which the body names them; all but `found_` done
  bool found_ = false;  // the last execution named the last of pinned_ for the first time
  Place found_at_;
  bool following_;  // a schedule is followed: those the body names are not looked at
  SimTestRun* outer_;
};

thread_local SimTestRun* SimTestRun::current_ = nullptr;

Result SimTestRun::Explore(const ExploreOptions& options) {
  reporter_.Forget();
  Result result;
  result.report = ExploreProgram(program_, options);
  result.skipped = reporter_.skipped();
  result.skip_message = reporter_.skip_message();
  result.failures = reporter_.failures();
  if (result.skipped) result.report.outcome = Outcome();
  for (size_t i = 1; i < result.failures.size(); ++i) {
    absl::StrAppend(&result.report.outcome.message, "\nand in the same step:\n",
                    internal::TextOf(result.failures[i]));
  }
  return result;
}

Result SimTestRun::Run() {
  for (;;) {
    Result result = Explore(options_);
    if (!std::exchange(found_, false)) return result;
    ExploreOptions strict = options_;
    strict.replay = pinned_.back();
    following_ = true;
    result = Explore(strict);
    following_ = false;
    if (result.skipped) return result;
    if (!result.report.passed()) {
      result.pinned_at = found_at_;
      return result;
    }
  }
}

void SimTestRun::Pin(const std::string& schedule, Place place) {
  if (following_ || std::find(pinned_.begin(), pinned_.end(), schedule) != pinned_.end()) return;
  Scheduler* scheduler = CurrentScheduler();
  FATE_CHECK(scheduler != nullptr, "your program called Replay outside an execution");
  pinned_.push_back(schedule);
  found_ = true;
  found_at_ = place;
  scheduler->Fail(OutcomeKind::kAssertionFailed, "a schedule is to be followed first", place);
  throw ExecutionStopped{};
}

// The command that runs this test alone; empty if flags are not read.
std::string CommandOf(const ::testing::TestInfo& test) {
  if (internal::ThisProcess().command.empty()) return "";
  const std::string name = absl::StrCat(test.test_suite_name(), ".", test.name());
  std::string command = absl::StrCat(internal::ShellQuoted(internal::ThisProcess().command),
                                     " --gtest_filter=", internal::ShellQuoted(name));
  if (name.find("DISABLED_") != std::string::npos)
    absl::StrAppend(&command, " --gtest_also_run_disabled_tests");
  return command;
}

void GiveFailure(const Result& result, Place place) {
  const Report& report = result.report;
  std::string text = report.ToText();
  if (result.pinned_at.line() != 0) {
    text = absl::StrCat("The schedule pinned at ", ToString(result.pinned_at),
                        " does not pass: replay is strict.\n", text);
  } else if (!report.schedule.empty()) {
    absl::StrAppend(&text, "Pin it, at the start of the test:\n  fate::sim::Replay(\"",
                    report.schedule, "\");\n");
  }
  const char* file = place.file_name();
  int line = static_cast<int>(place.line());
  if (!result.failures.empty() && result.failures[0].file_name() != nullptr) {
    file = result.failures[0].file_name();
    line = result.failures[0].line_number();
  } else if (report.outcome.place.line() != 0) {
    file = report.outcome.place.file_name();
    line = static_cast<int>(report.outcome.place.line());
  }
  internal::GiveToGoogleTest(TestPartResult::kFatalFailure, file, line, text);
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

// What a pass is worth: a line, unless GoogleTest is to be brief and there is nothing special to
// say.
void PrintPass(const Report& report, const ExploreOptions& options) {
  const bool special =
      report.capped || report.interrupted || !report.contested || options.trace || !options.replay.empty();
  if (GTEST_FLAG_GET(brief) && !special) return;
  std::printf("[   fate   ] %s", report.ToText().c_str());
  std::fflush(stdout);
}

}  // namespace

void Replay(const std::string& schedule, Place place) {
  SimTestRun* run = SimTestRun::current();
  FATE_CHECK(run != nullptr, "your program called Replay outside a SIM_TEST");
  run->Pin(schedule, place);
}

void ExploreInTest(Program program, const Adjust& adjust, Place place) {
  const ::testing::UnitTest& unit_test = *::testing::UnitTest::GetInstance();
  const ::testing::TestInfo* test = unit_test.current_test_info();
  FATE_CHECK(test != nullptr,
             "your program called ExploreInTest outside a test of GoogleTest; fate::sim::Explore "
             "needs none");
  internal::Process& process = internal::ThisProcess();
  ExploreOptions options;
  if (adjust) adjust(options);
  process.flags.ApplyTo(options);
  options.replay_command = CommandOf(*test);
  if (!options.replay.empty() && unit_test.test_to_run_count() > 1) {
    internal::GiveToGoogleTest(
        TestPartResult::kFatalFailure, place.file_name(), static_cast<int>(place.line()),
        absl::StrCat("--fate_replay (or FATE_REPLAY) follows the schedule of one test, and ",
                     unit_test.test_to_run_count(),
                     " tests are to be run: say which with --gtest_filter=",
                     test->test_suite_name(), ".", test->name()));
    return;
  }
  Result result;
  std::vector<TestPartResult> outside;
  {
    SimTestRun run(program, options);
    result = run.Run();
    outside = run.outside();
  }
  for (const TestPartResult& part : outside) {
    internal::GiveToGoogleTest(part.type(), part.file_name(), part.line_number(), part.message());
  }
  if (!result.skipped) RecordProperties(result.report);
  absl::Status written =
      process.report_file.Add(absl::StrCat(test->test_suite_name(), ".", test->name()),
                              result.report, result.skipped, result.skip_message);
  if (!written.ok()) {
    internal::GiveToGoogleTest(TestPartResult::kNonFatalFailure, place.file_name(),
                               static_cast<int>(place.line()), std::string(written.message()));
  }
  if (result.skipped) {
    internal::GiveToGoogleTest(TestPartResult::kSkip, place.file_name(),
                               static_cast<int>(place.line()), result.skip_message);
  } else if (!result.report.passed()) {
    GiveFailure(result, place);
  } else {
    PrintPass(result.report, options);
  }
  // The rest of the tests is not wanted either.
  if (result.report.interrupted) std::raise(SIGINT);
}

}  // namespace fate::sim
