#include "fate/sim/property/concurrent_story.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/runtime/check.h"
#include "fate/sim/core/scheduler.h"

namespace fate::sim::internal {

std::string Tell(const NonlinearHistory& history) {
  std::string text =
      "your program is not linearizable: in no order of the commands, each between its call and its return, does "
      "the model give these results\n";
  // Calls and returns in the order in which they happened.
  std::map<uint64_t, std::string> events;
  for (const NonlinearHistory::Command& one : history.commands) {
    const std::string task = absl::StrCat("  task ", one.task + 1, one.task < 9 ? "  " : " ");
    events[one.interval.called] = absl::StrCat(task, one.name, " is called\n");
    events[one.interval.returned] = absl::StrCat(task, one.name, " gives ", one.result, "\n");
  }
  for (const auto& [number, line] : events) text += line;
  absl::StrAppend(&text, "The longest order that fits: ",
                  history.longest.empty() ? "none" : absl::StrJoin(history.longest, ", "));
  for (const NonlinearHistory::Next& one : history.next) {
    absl::StrAppend(&text, "\n  not next: ", one.name, "; the model gives ", one.model_result);
  }
  return text;
}

void FailExecution(const std::string& message, Place place) {
  Scheduler* scheduler = CurrentScheduler();
  FATE_CHECK(scheduler != nullptr, message);
  scheduler->Fail(OutcomeKind::kAssertionFailed, message, place);
  throw ExecutionStopped{};
}

}  // namespace fate::sim::internal
