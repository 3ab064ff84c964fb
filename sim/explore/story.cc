#include "fate/sim/explore/story.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "fate/runtime/object.h"
#include "fate/sim/core/describe.h"
#include "fate/sim/explore/story_words.h"

namespace fate::sim {

namespace {

constexpr size_t kWidth = 100;  // of a line, as far as one can help it

// A message may quote a pointer, which differs from run to run and says nothing about the program.
std::string WithoutAddresses(const std::string& message) {
  std::string text;
  for (size_t i = 0; i < message.size(); ++i) {
    text += message[i];
    if (message[i] != 'x' || i == 0 || message[i - 1] != '0') continue;
    while (i + 1 < message.size() && absl::ascii_isxdigit(static_cast<unsigned char>(message[i + 1]))) ++i;
  }
  return text;
}

std::string Describe(const Trace& trace, uint64_t index) {
  if (index >= trace.steps.size()) return "the end";
  const Step& step = trace.steps[index];
  std::string object;
  if (step.object != 0) {
    object = absl::StrCat(" ", ToString(static_cast<ObjectKind>(step.object_kind)), " ", step.object);
  }
  const std::string place = step.place.line() == 0 ? "" : absl::StrCat(" at ", ToString(step.place));
  return absl::StrCat(TaskName(trace, step.task), " ", OperationName(step.kind, step.object_kind), object, place);
}

}  // namespace

std::string TellStory(const Execution& execution, uint64_t max_steps) {
  const Trace& trace = execution.trace;
  const StoryWords words(execution);
  size_t widest = 4;
  for (uint32_t task = 0; task < trace.births.size() && task < 1000; ++task) {
    widest = std::max(widest, std::min<size_t>(words.Task(task).size(), 24));
  }
  std::string text;
  for (uint64_t i = 0; i < trace.steps.size(); ++i) {
    bool left_out = trace.steps.size() > max_steps && i >= max_steps / 2 && i < trace.steps.size() - max_steps / 2;
    if (left_out) {
      if (i == max_steps / 2) {
        absl::StrAppendFormat(&text, "  ... %d steps left out ...\n", trace.steps.size() - max_steps);
      }
      continue;
    }
    const std::string time = absl::FormatDuration(absl::Nanoseconds(trace.TimeOf(i)));
    std::string line = absl::StrFormat("%s %5d  %-10s %-*s  %-24s %s", words.SwitchesAt(i) ? ">" : " ", i + 1, time,
                                       static_cast<int>(widest), words.Task(trace.steps[i].task), words.OperationOf(i),
                                       words.PlaceOf(i));
    if (const std::string events = words.SwitchAt(i); !events.empty()) {
      // On the same line if it stays readable.
      const bool fits = line.size() + events.size() + 4 <= kWidth;
      absl::StrAppend(&line, fits ? "  (" : absl::StrCat("\n", std::string(23 + widest, ' '), "("), events, ")");
    }
    absl::StrAppend(&text, line, "\n");
    for (const StoryWords::Inside& inside : words.InsideOf(i)) {
      line = absl::StrFormat("  %5s  %-10s %-*s    %-22s %s", "", "", static_cast<int>(widest), "", inside.text,
                             inside.place);
      absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
    }
  }
  return text;
}

std::string FirstDifference(const Execution& a, const Execution& b) {
  uint64_t steps = std::max(a.trace.steps.size(), b.trace.steps.size());
  for (uint64_t i = 0; i < steps; ++i) {
    bool same = i < a.trace.steps.size() && i < b.trace.steps.size();
    if (same) {
      const Step& left = a.trace.steps[i];
      const Step& right = b.trace.steps[i];
      same = left.task == right.task && left.kind == right.kind && left.object == right.object &&
             left.outcome == right.outcome && a.trace.TimeOf(i) == b.trace.TimeOf(i);
    }
    if (same) continue;
    return absl::StrCat("step ", i + 1, " was first \"", Describe(a.trace, i), "\" and then \"", Describe(b.trace, i),
                        "\"");
  }
  if (a.outcome.kind != b.outcome.kind || WithoutAddresses(a.outcome.message) != WithoutAddresses(b.outcome.message)) {
    return absl::StrCat("the steps were the same, but it ended first as ", ToString(a.outcome.kind), " (",
                        a.outcome.message, ") and then as ", ToString(b.outcome.kind), " (", b.outcome.message, ")");
  }
  return "";
}

}  // namespace fate::sim
