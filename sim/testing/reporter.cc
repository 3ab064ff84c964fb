#include "fate/sim/testing/reporter.h"

#include "absl/strings/str_cat.h"
#include "fate/sim/core/scheduler.h"

namespace fate::sim::internal {

std::string TextOf(const ::testing::TestPartResult& result) {
  if (result.file_name() == nullptr) return result.message();
  return absl::StrCat(std::string(ShortPath(result.file_name())), ":", result.line_number(), ": ", result.message());
}

void GiveToGoogleTest(::testing::TestPartResult::Type type, const char* file, int line, const std::string& message) {
  ::testing::internal::AssertHelper(type, file, line, message.c_str()) = ::testing::Message();
}

void ExecutionReporter::Forget() {
  skipped_ = false;
  skip_message_.clear();
  failures_.clear();
}

void ExecutionReporter::ReportTestPartResult(const ::testing::TestPartResult& result) {
  if (result.passed()) return;
  Scheduler* scheduler = CurrentScheduler();
  if (scheduler == nullptr) {
    outside_.push_back(result);
    return;
  }
  if (scheduler->tearing_down()) return;
  if (!scheduler->failed()) {
    Forget();
    skipped_ = result.skipped();
    if (skipped_) {
      skip_message_ = result.message();
      scheduler->Skip(TextOf(result));
    } else {
      scheduler->Fail(OutcomeKind::kAssertionFailed, TextOf(result), Place());
    }
  }
  if (!skipped_ && !result.skipped()) failures_.push_back(result);
}

}  // namespace fate::sim::internal
