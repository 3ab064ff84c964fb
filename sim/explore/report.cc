#include "fate/sim/explore/report.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "fate/base/counted.h"

namespace fate::sim {

namespace {

// What a pass is worth: what was seen, and what may be left.
std::string WorthOf(const Report& report) {
  if (report.strategy == "replay") return "";
  if (report.exhausted) {
    const std::string audit = Counted(report.audited, "random walk") + " after that passed too";
    return absl::StrCat("; ", report.claim, report.audited == 0 ? "" : "; " + audit);
  }
  const char* about = report.traces_exact ? "; " : "; about ";
  std::string text = absl::StrCat(about, Counted(report.traces, "different trace"));
  if (report.samples > 0) {
    absl::StrAppendFormat(&text, ", a further one is new with probability %.2g", report.unseen);
  }
  if (report.progress > 0) {
    double size = static_cast<double>(report.executions) / report.progress;
    double seconds = absl::ToDoubleSeconds(report.elapsed) * (1 / report.progress - 1);
    absl::StrAppendFormat(&text, "; about %.0e executions in all, %.2g s left", size, seconds);
  }
  return text;
}

// Of a systematic search alone, where one execution a trace would do: what it made besides.
std::string RepeatsOf(const Report& report) {
  if (report.samples > 0 || report.strategy == "replay") return "";
  std::string text;
  const uint64_t told = report.traces + report.again + report.before_restarts;
  if (report.traces_exact && report.executions > told) {
    text = absl::StrCat("; ", Counted(report.executions - told, "execution"), " repeated a trace");
  }
  if (report.restarts > 0) {
    absl::StrAppend(&text, "; the search began again ",
                    report.restarts == 1 ? "once" : absl::StrCat(report.restarts, " times"),
                    ", with what it had learned of steps, and dropped ", Counted(report.before_restarts, "execution"));
  }
  return text;
}

// How much smaller the failing schedule is than the one that was found.
std::string ShrunkBy(const Report& report) {
  if (report.shrink_executions == 0) return "";
  const ScheduleCost& found = report.found_cost;
  const ScheduleCost& cost = report.cost;
  return absl::StrCat(" (", Counted(cost.preemptions, "preemption"), ", ", Counted(cost.switches, "switch", "es"), ", ",
                      Counted(cost.steps, "step"), "; found with ", found.preemptions, ", ", found.switches, " and ",
                      found.steps, ")");
}

nlohmann::ordered_json FactsJson(const FailureFacts& facts) {
  using Json = nlohmann::ordered_json;
  if (facts.executions == 0) return nullptr;
  Json json;
  json["executions"] = facts.executions;
  json["setting"] = {{"words", facts.setting.words},
                     {"interleaving", ToString(facts.setting.weakest)},
                     {"certain", facts.setting.certain},
                     {"executions", facts.setting.executions},
                     {"schedule", facts.setting.schedule}};
  Json pairs = Json::array();
  for (const ReversedSteps& pair : facts.nearest.pairs) {
    pairs.push_back({{"earlier_step", pair.earlier + 1},
                     {"later_step", pair.pends ? Json(nullptr) : Json(pair.later + 1)},
                     {"words", pair.words}});
  }
  json["nearest_pass"] = {
      {"schedule", facts.nearest.schedule}, {"executions", facts.nearest.executions}, {"reversed", std::move(pairs)}};
  json["likelihood"] = Json::array();
  for (const LikelihoodPoint& point : facts.likelihood) {
    json["likelihood"].push_back({{"choice", point.choice},
                                  {"step", point.step + 1},
                                  {"inside", point.inside},
                                  {"walks", point.walks},
                                  {"failures", point.failures}});
  }
  return json;
}

std::string CorpusText(const std::vector<OldScheduleFacts>& corpus) {
  std::string text;
  for (const OldScheduleFacts& old : corpus) absl::StrAppend(&text, "  corpus: ", old.ToText(), "\n");
  return text;
}

nlohmann::ordered_json OldJson(const OldScheduleFacts& old) {
  if (old.schedule.empty()) return nullptr;
  return {{"schedule", old.schedule}, {"deviations", old.deviations}, {"followed", old.followed},
          {"diverged", old.diverged}, {"executions", old.executions}, {"found", old.found},
          {"aligned", old.aligned}};
}

}  // namespace

std::string Report::ToText() const {
  std::string how = absl::StrCat("strategy ", strategy, ", interleaving ", ToString(interleaving), ", seed ", seed);
  if (jobs > 1) absl::StrAppend(&how, ", ", jobs, " jobs");
  if (skipped) return absl::StrCat("Skipped: ", outcome.message, "\n");
  const std::string repeated = again == 0 ? ""
                                          : absl::StrCat("our limit, ", again,
                                                         " of the executions were made again, since not all that a "
                                                         "search has made can be remembered");
  const std::string one = one_process.empty() ? "" : absl::StrCat("one process did it: our limit, ", one_process);
  if (!passed()) {
    std::string text = executions == 0 ? std::string("Nothing was run\n")  // bad options
                                       : absl::StrCat(ToString(outcome.kind), " in execution ", failing_execution + 1,
                                                      " (", how, ")\n");
    if (outcome.first_place().line() != 0) absl::StrAppend(&text, ToString(outcome.first_place()), ": ");
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(outcome.message), "\n");
    if (outcome.step_place.line() != 0 && outcome.place.line() != 0) {
      absl::StrAppend(&text, "  in the step that begins there; the check is at ", ToString(outcome.place), "\n");
    }
    if (unseen_order) {
      absl::StrAppend(&text,
                      "All traces of the observed operations had passed, then a random walk failed: the steps whose "
                      "order makes the difference share something that fate does not see, like a plain variable; "
                      "put it into a fate::Shared<T> or a fate::Atomic<T>\n");
    }
    if (production_order) {
      absl::StrAppend(
          &text,
          "All traces of the observed operations had passed, then an execution as on the production loop "
          "failed: there primitives serve those that wait in turn, and a search keeps no queues; look for a task "
          "that stands behind one which waits for it\n");
    }
    if (!story.empty()) absl::StrAppend(&text, "\nThe interleaving, step by step", ShrunkBy(*this), ":\n", story);
    if (!old.schedule.empty()) absl::StrAppend(&text, "\n", old.ToText(), ".\n");
    if (const std::string known = FactsText(facts); !known.empty()) absl::StrAppend(&text, "\n", known);
    const char* how_to = outcome.kind == OutcomeKind::kDiverged
                             ? "\nIts schedule, which need not bring the same run back:\n  "
                             : "\nReplay it:\n  ";
    if (!replay_line.empty()) absl::StrAppend(&text, how_to, replay_line, "\n");
    if (!named_schedule.empty()) {
      absl::StrAppend(&text, "The same by name, for when the program has changed:\n  --fate_replay=", named_schedule,
                      "\n");
    }
    if (!one.empty()) absl::StrAppend(&text, "In this search ", one, "\n");
    if (!repeated.empty()) absl::StrAppend(&text, "In this search ", repeated, "\n");
    return absl::StrCat(text, CorpusText(corpus));
  }
  std::string text = absl::StrCat("Passed: ", Counted(executions, "execution"), ", ", Counted(steps, "step"), " in ",
                                  absl::FormatDuration(absl::Trunc(elapsed, absl::Microseconds(1))), " (", how, ")");
  absl::StrAppend(&text, WorthOf(*this));
  if (capped) {
    absl::StrAppend(&text, "; the time budget ended it ", Counted(executions_asked - executions, "execution"),
                    " short of ", executions_asked);
  }
  if (interrupted) {
    absl::StrAppend(&text, "; interrupted, ", Counted(executions_asked - executions, "execution"), " short of ",
                    executions_asked);
  }
  if (!old.schedule.empty()) absl::StrAppend(&text, "; ", old.ToText());
  absl::StrAppend(&text, RepeatsOf(*this));
  if (blocked > 0) {
    absl::StrAppend(&text, "; splitting it cost ", Counted(blocked, "blocked run"), ", not counted above");
  }
  if (!one.empty()) absl::StrAppend(&text, "; ", one);
  if (!repeated.empty()) absl::StrAppend(&text, "; ", repeated);
  if (!contested) {
    absl::StrAppend(&text, "; warning: no two tasks were ever ready together, so no interleaving was tested");
  }
  absl::StrAppend(&text, "\n", CorpusText(corpus));
  if (!story.empty()) absl::StrAppend(&text, "\nThe last execution, step by step:\n", story, "\n  ", replay_line, "\n");
  return text;
}

std::string Report::ToJson() const {
  nlohmann::ordered_json json;
  json["outcome"] = ToString(outcome.kind);
  json["message"] = outcome.message;
  json["place"] = outcome.first_place().line() == 0 ? "" : fate::ToString(outcome.first_place());
  json["strategy"] = strategy;
  json["interleaving"] = ToString(interleaving);
  json["seed"] = seed;
  json["jobs"] = jobs;
  json["one_process"] = one_process;
  json["executions"] = executions;
  json["again"] = again;
  json["executions_asked"] = executions_asked;
  json["steps"] = steps;
  json["traces"] = traces;
  json["traces_exact"] = traces_exact;
  json["samples"] = samples;
  json["unseen"] = unseen;
  json["restarts"] = restarts;
  json["before_restarts"] = before_restarts;
  json["blocked"] = blocked;
  json["progress"] = progress;
  json["exhausted"] = exhausted;
  json["claim"] = claim;
  json["audited"] = audited;
  json["unseen_order"] = unseen_order;
  json["production_order"] = production_order;
  json["capped"] = capped;
  json["interrupted"] = interrupted;
  json["contested"] = contested;
  json["seconds"] = absl::ToDoubleSeconds(elapsed);
  json["failing_execution"] = failing_execution;
  json["schedule"] = schedule;
  json["named_schedule"] = named_schedule;
  json["old_schedule"] = OldJson(old);
  json["corpus"] = nlohmann::ordered_json::array();
  for (const OldScheduleFacts& one : corpus) json["corpus"].push_back(OldJson(one));
  json["found_schedule"] = found_schedule;
  json["shrink_executions"] = shrink_executions;
  json["preemptions"] = cost.preemptions;
  json["switches"] = cost.switches;
  json["replay"] = replay_line;
  json["trace_hash"] = absl::StrCat(absl::Hex(trace_hash, absl::kZeroPad16));
  json["story"] = story;
  json["skipped"] = skipped;
  json["facts"] = FactsJson(facts);
  // A message may quote bytes of the program that are no UTF-8.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace fate::sim
