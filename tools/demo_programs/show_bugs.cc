#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/sim/explore/explorer.h"
#include "tools/demo_programs/show.h"

namespace fate::demo {

namespace {

using sim::Report;

constexpr uint64_t kExecutions = 1'000'000;  // at most; the search of a fixed variant ends with a proof

// What became of one bug.
struct Result {
  // The search in the buggy variant, and the schedule that failed once more.
  Report found;
  Report replayed;
  // The same search in the fixed variant.
  Report fixed;
  // Under which it happens.
  sim::Interleaving coarsest = sim::Interleaving::kOperation;

  bool SameAgain() const {
    return replayed.outcome.kind == found.outcome.kind && replayed.outcome.message == found.outcome.message &&
           replayed.trace_hash == found.trace_hash;
  }
};

Report Explore(const Bug& bug, Variant variant, const sim::ExploreOptions& options) {
  auto program = [&bug, variant] { return bug.program(variant); };
  return sim::Explore(program, options);
}

sim::ExploreOptions OptionsFor(const Bug& bug, Variant variant, uint64_t seed) {
  sim::ExploreOptions options;
  options.seed = seed;
  options.executions = kExecutions;
  options.replay_command = absl::StrCat("tools/demo --bug=", bug.row);
  if (variant == Variant::kFixed) options.replay_command += " --variant=fixed";
  return options;
}

// Whether some schedule of the buggy variant fails under `interleaving`.
bool Happens(const Bug& bug, sim::Interleaving interleaving, uint64_t seed) {
  sim::ExploreOptions options = OptionsFor(bug, Variant::kBuggy, seed);
  options.strategy = "depth_first";
  options.settings.interleaving = interleaving;
  return !Explore(bug, Variant::kBuggy, options).passed();
}

Result ShowBug(const Bug& bug, uint64_t seed) {
  Result result;
  std::printf("\n==== %s: %s\n     %s\n\n", bug.row, bug.title, bug.source);

  sim::ExploreOptions options = OptionsFor(bug, Variant::kBuggy, seed);
  result.found = Explore(bug, Variant::kBuggy, options);
  std::printf("The buggy variant: %s", result.found.ToText().c_str());
  if (!result.found.passed()) {
    options.replay = result.found.schedule;
    result.replayed = Explore(bug, Variant::kBuggy, options);
    std::printf("Replayed: %s, %s\n", sim::ToString(result.replayed.outcome.kind),
                result.SameAgain() ? "it failed in the same way, step by step" : "WHICH IS NOT THE SAME FAILURE");
    for (sim::Interleaving coarser : {sim::Interleaving::kLoop, sim::Interleaving::kFifo}) {
      if (Happens(bug, coarser, seed)) result.coarsest = coarser;
    }
  }

  std::printf("\nThe fixed variant: %s.\n", bug.fix);
  result.fixed = Explore(bug, Variant::kFixed, OptionsFor(bug, Variant::kFixed, seed));
  std::printf("%s", result.fixed.ToText().c_str());
  return result;
}

constexpr char kTable[] = "%-4s  %-16s  %-10s  %-12s  %-5s  %-8s  %s\n";

// One line of the table. Whether it all went as it should.
bool Summarize(const Bug& bug, const Result& result) {
  const bool found = result.found.outcome.kind == bug.outcome;
  const bool same = found && result.SameAgain();
  const bool fixed = result.fixed.passed() && result.fixed.exhausted;
  const std::string passed =
      fixed ? absl::StrCat("all ", result.fixed.traces, " traces passed, in ", result.fixed.executions, " executions")
            : absl::StrCat("NOT PROVED in ", result.fixed.executions, " executions");
  std::printf(kTable, bug.row, found ? sim::ToString(bug.outcome) : "NOT FOUND",
              absl::StrCat(result.found.executions).c_str(), found ? sim::ToString(result.coarsest) : "-",
              absl::StrCat(result.replayed.steps).c_str(), same ? "the same" : "NOT", passed.c_str());
  return found && same && fixed;
}

}  // namespace

bool ShowBugs(uint64_t seed) {
  std::vector<Result> results;
  for (const Bug& bug : Bugs()) results.push_back(ShowBug(bug, seed));

  std::printf("\n==== What became of them\n\n");
  std::printf(kTable, "bug", "found", "executions", "interleaving", "steps", "replayed", "fixed");
  bool good = true;
  for (size_t i = 0; i < results.size(); ++i) good &= Summarize(Bugs()[i], results[i]);
  std::printf(
      "\nexecutions    up to the first that failed\n"
      "interleaving  the coarsest that makes it happen: fifo, on fate's production loop; loop,\n"
      "              in another order of the ready tasks; operation, if tasks may change places\n"
      "              before every lock, remote call and so on\n"
      "traces        orders of steps, but for the order of independent ones\n"
      "\n%s\n",
      good ? "All six were found, failed again in replay, and are gone in the fixed variant."
           : "NOT ALL WENT AS IT SHOULD.");
  return good;
}

bool ReplayBug(const Bug& bug, Variant variant, const std::string& schedule) {
  sim::ExploreOptions options = OptionsFor(bug, variant, 0);
  options.replay = schedule;
  const Report report = Explore(bug, variant, options);
  std::printf("%s, %s: %s", bug.row, ToString(variant), report.ToText().c_str());
  return report.outcome.kind != sim::OutcomeKind::kDiverged;
}

}  // namespace fate::demo
