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
#include "fate/sim/testing/test_result.h"

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
  Place pinned_at;        // of the Replay whose schedule failed; unset: none did
  bool searched = false;  // it is of a search, not of a schedule that was given
};

// One test: its search, and before that the schedules that its body pins.
class SimTestRun {
 public:
  SimTestRun(Program program, const ExploreOptions& options, std::vector<CorpusEntry> corpus)
      : program_(program),
        options_(options),
        corpus_(std::move(corpus)),
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
  // Nothing else is looked at than `schedule`.
  Result Follow(const std::string& schedule);
  Result Search();

  Program program_;
  const ExploreOptions& options_;
  std::vector<CorpusEntry> corpus_;  // of this test
  internal::ExecutionReporter reporter_;
  std::vector<std::string> pinned_;  // in the order in which the body names them; all but `found_` done
  bool found_ = false;               // the last execution named the last of pinned_ for the first time
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
    absl::StrAppend(&result.report.outcome.message, "\nand in the same step:\n", internal::TextOf(result.failures[i]));
  }
  return result;
}

Result SimTestRun::Follow(const std::string& schedule) {
  ExploreOptions options = options_;
  options.replay = schedule;
  const bool was_following = std::exchange(following_, true);
  Result result = Explore(options);
  following_ = was_following;
  return result;
}

// An old schedule that no longer fits fails nobody: what became of it is told, and the search goes on.
Result SimTestRun::Run() {
  if (!options_.replay.empty()) return Search();
  std::vector<OldScheduleFacts> old;
  for (const CorpusEntry& entry : corpus_) {
    Result result = Follow(entry.schedule);
    const bool diverged = result.report.outcome.kind == OutcomeKind::kDiverged && !result.report.old.found;
    if (result.skipped || (!result.report.passed() && !diverged)) return result;
    old.push_back(result.report.old);
  }
  Result result = Search();
  result.searched = !result.pinned_at.line();
  result.report.corpus = std::move(old);
  return result;
}

Result SimTestRun::Search() {
  for (;;) {
    Result result = Explore(options_);
    if (!std::exchange(found_, false)) return result;
    result = Follow(pinned_.back());
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

void GiveFailure(const Result& result, Place place) {
  const Report& report = result.report;
  std::string text = report.ToText();
  if (result.pinned_at.line() != 0) {
    text = absl::StrCat("The schedule pinned at ", ToString(result.pinned_at), " does not pass",
                        result.report.old.schedule.empty() ? ": replay is strict.\n" : ".\n", text);
  } else if (!report.schedule.empty()) {
    absl::StrAppend(&text, "Pin it, at the start of the test:\n  fate::sim::Replay(\"", report.schedule, "\");\n");
  }
  internal::GiveFailure(text, report, result.failures, place);
}

// What a pass is worth: a line, unless GoogleTest is to be brief and there is nothing special to
// say.
void PrintPass(const Report& report, const ExploreOptions& options) {
  const bool special = report.capped || report.interrupted || !report.contested || options.trace ||
                       !options.replay.empty() || !report.corpus.empty();
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
  const std::string name = absl::StrCat(test->test_suite_name(), ".", test->name());
  ExploreOptions options;
  if (adjust) adjust(options);
  process.flags.ApplyTo(options);
  options.replay_command = internal::CommandOf(*test);
  if (!options.replay.empty() && !internal::RunsAlone(*test, place)) return;
  Result result;
  std::vector<TestPartResult> outside;
  {
    SimTestRun run(program, options, process.corpus.Of(name));
    result = run.Run();
    outside = run.outside();
  }
  for (const TestPartResult& part : outside) {
    internal::GiveToGoogleTest(part.type(), part.file_name(), part.line_number(), part.message());
  }
  if (!result.skipped) internal::RecordProperties(result.report);
  absl::Status written = process.report_file.Add(name, result.report, result.skipped, result.skip_message);
  if (written.ok() && result.searched && !result.report.named_schedule.empty() && !result.report.passed()) {
    written = process.corpus.Add({name, "", result.report.named_schedule});
  }
  if (!written.ok()) {
    internal::GiveToGoogleTest(TestPartResult::kNonFatalFailure, place.file_name(), static_cast<int>(place.line()),
                               std::string(written.message()));
  }
  if (result.skipped) {
    internal::GiveToGoogleTest(TestPartResult::kSkip, place.file_name(), static_cast<int>(place.line()),
                               result.skip_message);
  } else if (!result.report.passed()) {
    GiveFailure(result, place);
  } else {
    PrintPass(result.report, options);
  }
  // The rest of the tests is not wanted either.
  if (result.report.interrupted) std::raise(SIGINT);
}

}  // namespace fate::sim
