#include "fate/sim/explore/setting_label.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/base/counted.h"
#include "fate/sim/explore/story_words.h"
#include "fate/sim/strategies/deviation_bounded.h"
#include "fate/sim/strategies/random_walk.h"

namespace fate::sim {

namespace {

enum class Found : uint8_t { kYes, kNever, kNotYet };

// Half of `executions` by number of deviations, the rest by chance. What other failure it comes upon first: `other`.
Found Search(Reruns& reruns, uint64_t executions, std::string& schedule, Outcome& other) {
  const auto fails = [&](const Execution& execution) {
    if (reruns.Fails(execution)) return true;
    if (other.passed() && !execution.outcome.skips) other = execution.outcome;
    return false;
  };
  DeviationBounded near;
  uint64_t run = 0;
  for (; run < (executions + 1) / 2 && reruns.Left(); ++run) {
    const Execution& execution = reruns.Run(near);
    if (fails(execution)) {
      schedule = execution.schedule().ToText();
      return Found::kYes;
    }
    if (!near.EndExecution(execution)) return Found::kNever;
  }
  for (; run < executions && reruns.Left(); ++run) {
    // A seed of its own, since the executions of reruns have one number.
    RandomWalk walk(run);
    const Execution& execution = reruns.Run(walk);
    if (!fails(execution)) continue;
    schedule = execution.schedule().ToText();
    return Found::kYes;
  }
  return Found::kNotYet;
}

std::string OfThisFailure(const SettingLabel& label, const std::vector<Place>& awaits) {
  const std::string hedge =
      label.certain ? "" : absl::StrCat(" (not seen otherwise in ", Counted(label.executions, "execution"), ")");
  if (label.weakest == Interleaving::kFifo) return "happens on the production loop";
  if (label.weakest == Interleaving::kLoop) return absl::StrCat("needs another order of ready tasks", hedge);
  // Nobody is left who could go on, but somebody who waits longer is overtaken.
  if (awaits.empty()) return absl::StrCat("only if a task that waits is overtaken by another", hedge);
  const std::string places =
      absl::StrJoin(awaits, " and ", [](std::string* out, const Place& place) { *out += ToString(place); });
  return absl::StrCat("only if the await", awaits.size() == 1 ? "" : "s", " at ", places,
                      awaits.size() == 1 ? " suspends" : " suspend", hedge);
}

std::string WordsOf(const SettingLabel& label, const std::vector<Place>& awaits) {
  std::string words = OfThisFailure(label, awaits);
  if (!label.otherwise.empty()) absl::StrAppend(&words, "; ", label.otherwise);
  return words;
}

}  // namespace

std::vector<Place> PreemptedAwaits(const Execution& execution) {
  const Trace& trace = execution.trace;
  std::vector<Place> places;
  const auto add = [&places](const Place& place) {
    const auto same = [&place](const Place& other) { return ToString(other) == ToString(place); };
    if (place.line() != 0 && std::none_of(places.begin(), places.end(), same)) places.push_back(place);
  };
  const StoryWords words(execution);
  for (uint64_t i = 0; i < trace.steps.size(); ++i) {
    for (const StoryWords::Event& event : words.EventsAt(i)) {
      if (event.word != StoryWords::kPreempted) continue;
      uint64_t then = i;
      while (then < trace.steps.size() && trace.steps[then].task != event.task) ++then;
      if (then < trace.steps.size()) {
        add(trace.steps[then].place);
        continue;
      }
      for (const Pending& pending : trace.pending) {
        if (pending.task == event.task) add(pending.place);
      }
    }
  }
  return places;
}

SettingLabel FindSetting(Reruns& reruns, const Execution& told) {
  SettingLabel label;
  label.weakest = told.interleaving;
  const uint64_t before = reruns.executions();
  const Settings settings = reruns.scheduler().settings();
  for (Interleaving weaker : {Interleaving::kFifo, Interleaving::kLoop}) {
    if (weaker >= told.interleaving) break;
    Settings weak = settings;
    weak.interleaving = weaker;
    reruns.scheduler().set_settings(weak);
    // What is left of fifo is for loop, which has more schedules.
    const uint64_t share =
        weaker == Interleaving::kFifo && told.interleaving != Interleaving::kLoop ? reruns.left() / 3 : reruns.left();
    Outcome other;
    const Found found = Search(reruns, share, label.schedule, other);
    if (found == Found::kYes) {
      label.weakest = weaker;
      break;
    }
    if (!other.passed() && label.otherwise.empty()) {
      label.otherwise =
          absl::StrCat(weaker == Interleaving::kFifo ? "on the production loop" : "with another order of ready tasks",
                       " the program fails in another way (", ToString(other.kind), ")");
    }
    label.certain &= found == Found::kNever;
  }
  reruns.scheduler().set_settings(settings);
  label.executions = reruns.executions() - before;
  label.words = WordsOf(label, PreemptedAwaits(told));
  return label;
}

}  // namespace fate::sim
