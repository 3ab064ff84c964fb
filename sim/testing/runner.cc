#include "fate/sim/testing/runner.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fate::sim {

namespace {

// Stands between the executions and GoogleTest.
class ExecutionReporter : public ::testing::ScopedFakeTestPartResultReporter {
 public:
  ExecutionReporter()
      : ScopedFakeTestPartResultReporter(INTERCEPT_ONLY_CURRENT_THREAD, &unused_) {}

  void ReportTestPartResult(const ::testing::TestPartResult& result) override {
    Scheduler* scheduler = CurrentScheduler();
    if (result.skipped()) {
      skipped_ = true;
      skip_message_ = result.message();
      // Nothing went wrong, and nothing more is to be run.
      if (scheduler != nullptr) scheduler->Fail(OutcomeKind::kPassed, "", Place());
    } else if (result.failed()) {
      std::string text = absl::StrCat(
          result.file_name() == nullptr ? "?" : std::string(ShortPath(result.file_name())), ":",
          result.line_number(), ": ", result.message());
      if (scheduler != nullptr) {
        scheduler->Fail(OutcomeKind::kAssertionFailed, std::move(text), Place());
      } else if (outside_.empty()) {
        outside_ = std::move(text);
      }
    }
  }

  bool skipped() const { return skipped_; }
  const std::string& skip_message() const { return skip_message_; }
  // A failure reported between executions.
  const std::string& outside() const { return outside_; }

 private:
  ::testing::TestPartResultArray unused_;
  bool skipped_ = false;
  std::string skip_message_;
  std::string outside_;
};

// The test that runs on this thread, for Replay; GoogleTest itself is reached in the same way.
thread_local std::vector<std::string>* pinned = nullptr;

}  // namespace

void Replay(const std::string& schedule) {
  FATE_CHECK(pinned != nullptr, "your program called Replay outside a SIM_TEST");
  if (std::find(pinned->begin(), pinned->end(), schedule) == pinned->end()) pinned->push_back(schedule);
}

namespace internal {

Process& ThisProcess() {
  static auto* process = new Process;
  return *process;
}

absl::Status WriteReport() {
  const std::string& file = ThisProcess().flags.report_file();
  if (file.empty()) return absl::OkStatus();
  std::ofstream out(file);
  out << "{\n\"tests\": [\n" << absl::StrJoin(ThisProcess().reports, ",\n") << "\n]\n}\n";
  out.close();
  if (out) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("--fate_report: cannot write ", file));
}

void RunSimTest(const char* file, int line, std::function<Task<>()> program, const std::vector<Adjust>& adjust) {
  const ::testing::TestInfo* info = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = absl::StrCat(info->test_suite_name(), ".", info->name());
  ExploreOptions options;
  for (const Adjust& change : adjust) change(options);
  ThisProcess().flags.ApplyTo(options);
  options.replay_command = absl::StrCat(ThisProcess().command, " --gtest_filter=", name);

  std::vector<std::string> schedules;
  Report report;
  bool skipped = false;
  std::string skip_message;
  {
    ExecutionReporter reporter;
    std::vector<std::string>* outer = std::exchange(pinned, &schedules);
    // A skip is an end of the search too: the first execution decides.
    report = Explore(program, options);
    for (size_t i = 0; report.passed() && options.replay.empty() && i < schedules.size(); ++i) {
      ExploreOptions strict = options;
      strict.replay = schedules[i];
      Report replayed = Explore(program, strict);
      if (!replayed.passed()) {
        report = replayed;
        report.outcome.message = absl::StrCat("the pinned schedule ", schedules[i], " fails: ", report.outcome.message);
      }
    }
    pinned = outer;
    skipped = reporter.skipped();
    skip_message = reporter.skip_message();
    if (report.passed() && !reporter.outside().empty()) {
      report.outcome = {OutcomeKind::kAssertionFailed, reporter.outside(), Place()};
    }
  }
  ThisProcess().reports.push_back(absl::StrCat("{\"test\": \"", name, "\", \"report\": ", report.ToJson(), "}"));
  if (!report.passed()) {
    ADD_FAILURE_AT(file, line) << report.ToText();
  } else if (skipped) {
    GTEST_SKIP_(skip_message.c_str());
  } else if (report.capped || options.trace || !options.replay.empty() || !report.contested) {
    std::printf("%s: %s", name.c_str(), report.ToText().c_str());
  }
}

}  // namespace internal
}  // namespace fate::sim
