#include "fate/sim/testing/property.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>
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
  Place pinned_at;        // of the Replay whose case failed; unset: none did
  bool searched = false;  // it is of a search, not of a case that was given
};

// A case that is given: its arguments and its schedule.
struct GivenCase {
  std::string arguments;
  std::string schedule;
  friend bool operator==(const GivenCase&, const GivenCase&) = default;
};

// One property: its search, and before that the old cases of the corpus and those that its body pins.
class PropertyRun {
 public:
  PropertyRun(const rc::Gen<PropertyCase>& cases, const PropertyOptions& options)
      : cases_(cases), options_(options), following_(!options.replay.empty()), outer_(std::exchange(current_, this)) {}
  ~PropertyRun() { current_ = outer_; }
  PropertyRun(const PropertyRun&) = delete;
  PropertyRun& operator=(const PropertyRun&) = delete;

  // The property of which an execution runs on this thread; null: none.
  static PropertyRun* current() { return current_; }

  Found Run(const std::vector<CorpusEntry>& corpus);
  void Pin(GivenCase pinned, Place place);

 private:
  static thread_local PropertyRun* current_;

  Found Check(PropertyOptions options);
  // Nothing else is looked at than `given`.
  Found Follow(const GivenCase& given);
  Found Search();

  const rc::Gen<PropertyCase>& cases_;
  const PropertyOptions& options_;
  std::vector<GivenCase> pinned_;  // in the order in which the body names them; all but the last done if `found_`
  bool found_ = false;
  Place found_at_;
  bool following_;
  PropertyRun* outer_;
};

thread_local PropertyRun* PropertyRun::current_ = nullptr;

Found PropertyRun::Check(PropertyOptions options) {
  internal::ExecutionReporter reporter;
  options.is_failure = [&] { return !reporter.skipped() && !found_; };
  Found found;
  found.report = CheckCases(cases_, options);
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

Found PropertyRun::Follow(const GivenCase& given) {
  PropertyOptions options = options_;
  options.rapidcheck_params = given.arguments.c_str();
  options.replay = given.schedule;
  const bool was_following = std::exchange(following_, true);
  Found found = Check(options);
  following_ = was_following;
  return found;
}

// An old case that no longer fits fails nobody: what became of it is told, and the search goes on.
Found PropertyRun::Run(const std::vector<CorpusEntry>& corpus) {
  if (!options_.replay.empty()) return Search();
  std::vector<OldScheduleFacts> old;
  for (const CorpusEntry& entry : corpus) {
    Found found = Follow({entry.arguments, entry.schedule});
    OldScheduleFacts facts = found.report.report.old;
    const bool not_generated = facts.schedule.empty() && !found.report.passed();
    if (not_generated) {
      facts.schedule = entry.schedule;
      facts.diverged = found.report.report.outcome.message;
    }
    const bool diverged = not_generated || (found.report.report.outcome.kind == OutcomeKind::kDiverged && !facts.found);
    if (found.report.skipped || (!found.report.passed() && !diverged)) return found;
    old.push_back(std::move(facts));
  }
  Found found = Search();
  found.searched = found.pinned_at.line() == 0;
  found.report.report.corpus = std::move(old);
  return found;
}

Found PropertyRun::Search() {
  for (;;) {
    Found found = Check(options_);
    if (!std::exchange(found_, false)) return found;
    found = Follow(pinned_.back());
    if (found.report.skipped) return found;
    if (!found.report.passed()) {
      found.pinned_at = found_at_;
      return found;
    }
  }
}

void PropertyRun::Pin(GivenCase pinned, Place place) {
  if (following_ || std::find(pinned_.begin(), pinned_.end(), pinned) != pinned_.end()) return;
  Scheduler* scheduler = CurrentScheduler();
  FATE_CHECK(scheduler != nullptr, "your program called Replay outside an execution");
  pinned_.push_back(std::move(pinned));
  found_ = true;
  found_at_ = place;
  scheduler->Fail(OutcomeKind::kAssertionFailed, "a case is to be followed first", place);
  throw ExecutionStopped{};
}

std::string TextOf(const Found& found) {
  const PropertyReport& report = found.report;
  std::string text = report.ToText();
  if (found.pinned_at.line() != 0) {
    return absl::StrCat("The case pinned at ", ToString(found.pinned_at), " does not pass.\n", text);
  }
  if (report.reproduce.empty() || report.report.schedule.empty()) return text;
  absl::StrAppend(&text, "Pin it, at the start of the property:\n  fate::sim::Replay(\"", report.reproduce, "\",\n",
                  "                    \"", report.report.schedule, "\");\n");
  return text;
}

void PrintPass(const PropertyReport& report) {
  const bool special =
      report.report.capped || report.report.interrupted || !report.report.contested || !report.report.corpus.empty();
  if (GTEST_FLAG_GET(brief) && !special) return;
  std::printf("[   fate   ] %s", report.ToText().c_str());
  std::fflush(stdout);
}

}  // namespace

void Replay(const std::string& arguments, const std::string& schedule, Place place) {
  PropertyRun* run = PropertyRun::current();
  FATE_CHECK(run != nullptr, "your program called Replay(arguments, schedule) outside a property");
  run->Pin({arguments, schedule}, place);
}

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
  const Found found = PropertyRun(cases, options).Run(process.corpus.Of(name));
  for (const TestPartResult& part : found.outside) {
    internal::GiveToGoogleTest(part.type(), part.file_name(), part.line_number(), part.message());
  }
  const PropertyReport& report = found.report;
  if (!report.skipped) internal::RecordProperties(report.report);
  absl::Status written = process.report_file.Add(name, report.report, report.skipped, found.skip_message);
  if (written.ok() && found.searched && !report.passed() && !report.report.named_schedule.empty()) {
    written = process.corpus.Add({name, report.reproduce, report.report.named_schedule});
  }
  if (!written.ok()) {
    internal::GiveToGoogleTest(TestPartResult::kNonFatalFailure, place.file_name(), static_cast<int>(place.line()),
                               std::string(written.message()));
  }
  if (report.skipped) {
    internal::GiveToGoogleTest(TestPartResult::kSkip, place.file_name(), static_cast<int>(place.line()),
                               found.skip_message);
  } else if (!report.passed()) {
    internal::GiveFailure(TextOf(found), report.report, found.failures, place);
  } else {
    PrintPass(report);
  }
  // The rest of the tests is not wanted either.
  if (report.report.interrupted) std::raise(SIGINT);
}

}  // namespace fate::sim
