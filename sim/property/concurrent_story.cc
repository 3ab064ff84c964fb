#include "fate/sim/property/concurrent_story.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/runtime/check.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/property/command_model.h"

namespace fate::sim::internal {

std::string Tell(const NonlinearHistory& history) {
  std::string text =
      "your program is not linearizable: in no order of the commands, each between its call and its return, does "
      "the model give these results\n";
  // Calls and returns in the order in which they happened.
  std::map<uint64_t, std::string> events;
  for (const NonlinearHistory::Command& one : history.commands) {
    const std::string task = absl::StrCat("  task ", one.span.client + 1, one.span.client < 9 ? "  " : " ");
    events[one.span.invoked] = absl::StrCat(task, one.name, " is called\n");
    events[one.span.responded] = absl::StrCat(task, one.name, " gives ", one.result, "\n");
  }
  for (const auto& [number, line] : events) text += line;
  absl::StrAppend(&text, "The longest beginning that has an order: ",
                  history.prefix.empty() ? "none" : absl::StrJoin(history.prefix, ", "));
  for (const NonlinearHistory::Next& one : history.next) {
    absl::StrAppend(&text, "\n  not next: ", one.name, "; the model gives ", one.model_result);
  }
  return text;
}

std::vector<uint32_t> NotNext(const std::vector<Span>& spans, const std::vector<uint32_t>& order) {
  std::vector<bool> placed(spans.size());
  for (const uint32_t command : order) placed[command] = true;
  uint32_t first_return = Span::kNever;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (!placed[i]) first_return = std::min(first_return, spans[i].responded);
  }
  std::map<uint32_t, uint32_t> by_call;
  for (uint32_t i = 0; i < spans.size(); ++i) {
    if (!placed[i] && spans[i].invoked < first_return) by_call[spans[i].invoked] = i;
  }
  std::vector<uint32_t> commands;
  for (const auto& [called, command] : by_call) commands.push_back(command);
  return commands;
}

void FailExecution(const std::string& message, Place place) {
  Scheduler* scheduler = CurrentScheduler();
  FATE_CHECK(scheduler != nullptr, message);
  scheduler->Fail(OutcomeKind::kAssertionFailed, message, place);
  throw ExecutionStopped{};
}

}  // namespace fate::sim::internal
