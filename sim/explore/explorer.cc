#include "fate/sim/explore/explorer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "fate/base/mix.h"
#include "fate/sim/core/crash.h"
#include "fate/sim/explore/audit.h"
#include "fate/sim/explore/budget.h"
#include "fate/sim/explore/choice_steps.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/interrupt.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sim/explore/learning.h"
#include "fate/sim/explore/old_schedule.h"
#include "fate/sim/explore/shrinker.h"
#include "fate/sim/explore/split_search.h"
#include "fate/sim/explore/story.h"
#include "fate/sim/explore/story_table.h"
#include "fate/sim/strategies/name_schedule.h"
#include "fate/sim/strategies/numbered.h"
#include "fate/sim/strategies/replay.h"

namespace fate::sim {

namespace {

// One exploration: the scheduler that is reused, and the report that grows.
class Exploration {
 public:
  Exploration(Program program, const ExploreOptions& options, CrashGuard& guard)
      : program_(program), options_(options), guard_(guard), scheduler_(options.settings) {
    report_.strategy = options.strategy;
    report_.interleaving = options.settings.interleaving;
    report_.seed = options.seed;
    report_.executions_asked = options.executions;
  }

  Report Search();
  // Follows options.replay.
  Report Follow();

 private:
  void FollowSchedule(const Schedule& schedule);       // strictly
  void FollowSchedule(const NamedSchedule& schedule);  // by name
  Report BadOption(const absl::Status& status);
  // The search by several processes: by numbers (jobs.h) or by prefixes (split_search.h).
  Report SearchSplit(uint32_t jobs, bool by_numbers, bool audits);
  // What ended it, which this process did not see.
  void TellEnd(const JobEnd& end);
  void NoteClaim(const std::string& claim);
  // Looks for a failure that the search was blind to.
  void AuditProof();
  // A single execution needs no other process.
  void ForgetOneProcess();
  void NoteCoverage();
  void NoteRestarts(const Strategy::Restarts& restarts);
  void Count(const Execution& execution);
  // Runs the schedule of `execution` again; reports it with its story, or that it differs. A failure is
  // shrunk before, and more is learned of it.
  void Tell(const Execution& execution);
  // With values and reasons, and the draws of `first`.
  const Execution& RunTold(Strategy& strategy, const Execution& first);
  static std::string StoryOf(const Execution& execution);
  std::string ReplayLine(const std::string& schedule) const;
  void Compare(const Execution& first, const Execution& second);
  // `difference`: how a second run differed; empty: it did not.
  void ReportFirst(uint64_t number, const Outcome& outcome, const Schedule& schedule, uint64_t trace_hash,
                   const std::string& difference);
  void CheckDeterminism(const Execution& execution);

  Program program_;
  const ExploreOptions& options_;
  CrashGuard& guard_;
  Scheduler scheduler_;
  Coverage coverage_;
  Report report_;
};

// Why it is not split.
constexpr char kWatched[] =
    "--fate_jobs does not split a systematic search with --fate_trace or a check of determinism";

Report Exploration::BadOption(const absl::Status& status) {
  report_.outcome = {OutcomeKind::kAssertionFailed, std::string(status.message()), Place()};
  return report_;
}

void Exploration::Count(const Execution& execution) {
  ++report_.executions;
  report_.steps += execution.steps;
  report_.contested |= execution.contested;
}

Report Exploration::Search() {
  if (absl::Status fit = CheckOptions(options_); !fit.ok()) return BadOption(fit);
  absl::StatusOr<std::unique_ptr<Strategy>> strategy = MakeStrategy(options_.strategy, options_.seed, coverage_);
  if (!strategy.ok()) return BadOption(strategy.status());
  Settings settings = options_.settings;
  settings.record_accesses = true;  // traces are told apart by them too
  scheduler_.set_settings(settings);
  absl::StatusOr<uint32_t> jobs = JobsOf(options_.jobs);
  if (!jobs.ok()) return BadOption(jobs.status());
  if (*jobs > 1) {
    const bool by_numbers = dynamic_cast<Numbered*>(strategy->get()) != nullptr;
    const std::vector<std::string> split = SplitStrategies();
    const bool by_parts = std::ranges::count(split, options_.strategy) > 0;
    const bool watched = options_.check_determinism || options_.trace;
    if (by_numbers || (by_parts && !watched)) {
      return SearchSplit(*jobs, by_numbers, (*strategy)->relies_on_dependence());
    }
    if (by_parts) report_.one_process = kWatched;
  }
  Budget budget(options_.executions, options_.budget);
  InterruptGuard interrupt;
  for (uint64_t number = 0; budget.Allows(number); ++number) {
    if (interrupt.interrupted()) {
      report_.interrupted = true;
      break;
    }
    bool fixed_draws = (*strategy)->fixed_draws();
    uint64_t seed = fixed_draws ? options_.seed : Mix(options_.seed, number);
    report_.again += (*strategy)->runs_again();
    const Execution& execution = scheduler_.Run(program_, **strategy, number, seed);
    Count(execution);
    if (execution.outcome.skips) {
      report_.outcome = execution.outcome;
      report_.skipped = true;
      break;
    }
    coverage_.Note(execution, !fixed_draws);
    bool more = (*strategy)->EndExecution(execution);
    bool last = !more || !execution.outcome.passed();
    if (options_.check_determinism && execution.outcome.passed()) CheckDeterminism(execution);
    if (execution.outcome.kind == OutcomeKind::kDiverged) {
      // The strategy stopped it, and has said why; a replay would not be stopped.
      ReportFirst(number, execution.outcome, execution.schedule(), execution.trace.Hash(), "");
    } else if (!execution.outcome.passed() || (last && options_.trace)) {
      Tell(Execution(execution));
    }
    if (!report_.passed()) break;
    if (!more) {
      NoteClaim((*strategy)->Claim());
      report_.exhausted = !report_.claim.empty();
      if (!report_.exhausted) report_.outcome = {OutcomeKind::kDiverged, (*strategy)->StopReason(), Place()};
      break;
    }
  }
  if (report_.passed() && options_.trace && !report_.exhausted && report_.executions > 0) {
    Tell(Execution(scheduler_.execution()));
  }
  if (report_.exhausted && (*strategy)->relies_on_dependence()) AuditProof();
  NoteCoverage();
  report_.progress = report_.exhausted ? 1 : (*strategy)->Progress();
  NoteRestarts((*strategy)->restarts());
  report_.capped = budget.capped();
  report_.interrupted |= interrupt.interrupted();  // in the last execution, or in what came after it
  report_.elapsed = budget.elapsed();
  ForgetOneProcess();
  return report_;
}

void Exploration::ForgetOneProcess() {
  if (report_.exhausted && report_.executions == 1) report_.one_process.clear();
}

void Exploration::NoteClaim(const std::string& claim) {
  report_.claim = absl::Substitute(claim, absl::StrCat(coverage_.exact() ? "" : "about ", coverage_.traces()));
}

void Exploration::AuditProof() {
  Audited audited = Audit(scheduler_, program_, options_, report_.executions, report_.steps);
  report_.audited = audited.walks;
  if (!audited.failure) return;
  report_.exhausted = false;
  report_.claim.clear();
  report_.unseen_order = !audited.by_queues;
  report_.production_order = audited.by_queues;
  report_.interleaving = audited.failure->interleaving;
  report_.executions = audited.failure->number + 1;
  Tell(*audited.failure);
}

void Exploration::NoteCoverage() {
  report_.traces = coverage_.traces();
  report_.traces_exact = coverage_.exact();
  report_.samples = coverage_.samples();
  report_.unseen = coverage_.Unseen();
}

void Exploration::NoteRestarts(const Strategy::Restarts& restarts) {
  report_.restarts = restarts.times;
  report_.before_restarts = restarts.executions;
}

Report Exploration::SearchSplit(uint32_t jobs, bool by_numbers, bool audits) {
  absl::StatusOr<JobsFound> found = by_numbers ? SearchInJobs(scheduler_, program_, options_, jobs, guard_, coverage_)
                                               : SplitSearch(scheduler_, program_, options_, jobs, guard_, coverage_);
  if (found.ok() && !found->unsplit.empty()) {
    jobs = 1;
    report_.one_process = found->unsplit;
  }
  report_.jobs = jobs;
  if (!found.ok()) return BadOption(found.status());
  report_.executions = found->executions;
  report_.again = found->again;
  report_.steps = found->steps;
  report_.contested = found->contested;
  report_.blocked = found->blocked;
  NoteRestarts(found->restarts);
  if (found->end) TellEnd(*found->end);
  report_.exhausted = report_.passed() && !found->claim.empty();
  if (report_.exhausted) NoteClaim(found->claim);
  if (report_.passed() && found->last) TellEnd(*found->last);
  if (report_.exhausted && audits) AuditProof();
  NoteCoverage();
  report_.progress = report_.exhausted ? 1 : found->progress;
  report_.capped = found->capped;
  report_.interrupted = found->interrupted;
  report_.elapsed = found->elapsed;
  ForgetOneProcess();
  return report_;
}

void Exploration::TellEnd(const JobEnd& end) {
  std::string difference = end.difference;
  // What crashed there would here; what does not follow its own choices there does not here.
  if (!end.crashed && end.outcome.kind != OutcomeKind::kDiverged) {
    Replay replay(end.schedule);
    const Execution first = scheduler_.Run(program_, replay, end.number, end.schedule.seed);
    if (first.outcome.skips) {
      report_.outcome = first.outcome;
      report_.skipped = true;
      return;
    }
    const bool same =
        first.outcome.kind == end.outcome.kind && (end.trace_hash == 0 || end.trace_hash == first.trace.Hash());
    if (same && difference.empty()) return Tell(first);
    if (!same)
      difference = absl::StrCat("the second time in another process, it ended as ", ToString(first.outcome.kind),
                                " or took other steps");
    report_.story = StoryOf(first);
  }
  ReportFirst(end.number, end.outcome, end.schedule, end.trace_hash, difference);
}

void Exploration::CheckDeterminism(const Execution& execution) {
  Execution first = execution;
  Replay replay(first.schedule());
  const Execution& second = scheduler_.Run(program_, replay, first.number, first.seed);
  if (!FirstDifference(first, second).empty()) Compare(first, second);
}

const Execution& Exploration::RunTold(Strategy& strategy, const Execution& first) {
  Settings settings = scheduler_.settings();
  settings.tell = first.steps <= kLongestTold;
  scheduler_.set_settings(settings);
  const Execution& execution = scheduler_.Run(program_, strategy, first.number, first.seed);
  settings.tell = false;
  scheduler_.set_settings(settings);
  return execution;
}

void Exploration::Tell(const Execution& first) {
  NameSchedule replay(first.schedule());
  const Execution& second = RunTold(replay, first);
  report_.named_schedule = replay.schedule().ToText();
  const bool failed_again = !first.outcome.passed() && FirstDifference(first, second).empty();
  const bool shrinks = options_.shrink_executions > 0 && !first.schedule().deviations.empty();
  if (failed_again) {
    guard_.NoteFinding(absl::StrCat(ToString(first.outcome.kind), ": ", first.outcome.message, "\n  ",
                                    ReplayLine(first.schedule().ToText())));
  }
  if (!failed_again || (!shrinks && options_.story_executions == 0)) return Compare(first, second);
  Schedule schedule = first.schedule();
  if (shrinks) {
    Shrinker shrinker(scheduler_, program_, options_.shrink_executions);
    schedule = shrinker.Shrink(first);
    report_.shrink_executions = shrinker.executions();
    report_.found_cost = shrinker.first_cost();
    report_.cost = shrinker.cost();
    report_.found_schedule = first.schedule().ToText();
  }
  ChoiceSteps noted(schedule);
  const Execution shrunk = RunTold(noted, first);
  if (shrunk.outcome.passed()) return Compare(first, shrunk);
  report_.facts = LearnFacts(scheduler_, program_, shrunk, noted.choices(), options_.story_executions);
  // Last, so that it is what others have seen last (assertions that are reported from outside).
  NameSchedule small(schedule);
  const Execution& told = RunTold(small, first);
  report_.named_schedule = small.schedule().ToText();
  Compare(shrunk, told);
}

std::string Exploration::ReplayLine(const std::string& schedule) const {
  return absl::StrCat(options_.replay_command, options_.replay_command.empty() ? "" : " ", "--fate_replay=", schedule);
}

std::string Exploration::StoryOf(const Execution& execution) {
  std::string table = TellTable(execution);
  return table.empty() ? TellStory(execution) : table;
}

void Exploration::Compare(const Execution& first, const Execution& second) {
  report_.story = StoryOf(second);
  ReportFirst(first.number, first.outcome, first.schedule(), first.trace.Hash(), FirstDifference(first, second));
}

void Exploration::ReportFirst(uint64_t number, const Outcome& outcome, const Schedule& schedule, uint64_t trace_hash,
                              const std::string& difference) {
  report_.failing_execution = number;
  report_.outcome = outcome;
  report_.schedule = schedule.ToText();
  report_.trace_hash = trace_hash;
  report_.replay_line = ReplayLine(report_.schedule);
  if (difference.empty()) return;
  report_.outcome = {OutcomeKind::kDiverged,
                     absl::StrCat("your program is not deterministic: run twice with the same choices, ", difference,
                                  "; look for state that outlives an execution, real clocks, addresses and real "
                                  "randomness. The first run ended as ",
                                  ToString(outcome.kind), ": ", outcome.message),
                     Place()};
}

Report Exploration::Follow() {
  report_.strategy = "replay";
  const Budget budget(1, absl::InfiniteDuration());
  const auto follow = [&](const auto& schedule) {
    if (!schedule.ok()) return BadOption(schedule.status());
    FollowSchedule(*schedule);
    report_.elapsed = budget.elapsed();
    return report_;
  };
  const std::string& text = options_.replay;
  return NamedSchedule::IsNamed(text) ? follow(NamedSchedule::Parse(text)) : follow(Schedule::Parse(text));
}

void Exploration::FollowSchedule(const Schedule& schedule) {
  report_.interleaving = schedule.interleaving;
  report_.seed = schedule.seed;
  report_.executions_asked = report_.traces = 1;
  Settings settings = options_.settings;
  settings.interleaving = schedule.interleaving;
  settings.tell = true;
  scheduler_.set_settings(settings);
  NameSchedule replay(schedule);
  const Execution& execution = scheduler_.Run(program_, replay, 0, schedule.seed);
  Count(execution);
  replay.EndExecution(execution);
  report_.outcome = execution.outcome;
  report_.skipped = execution.outcome.skips;
  if (!replay.misfit().empty()) report_.outcome = {OutcomeKind::kDiverged, replay.misfit(), Place()};
  report_.schedule = options_.replay;
  if (replay.misfit().empty()) report_.named_schedule = replay.schedule().ToText();
  report_.trace_hash = execution.trace.Hash();
  report_.replay_line = ReplayLine(report_.schedule);
  report_.story = StoryOf(execution);
}

void Exploration::FollowSchedule(const NamedSchedule& schedule) {
  report_.interleaving = schedule.interleaving;
  report_.seed = schedule.seed;
  report_.executions_asked = options_.replay_executions;
  Settings settings = options_.settings;
  settings.interleaving = schedule.interleaving;
  settings.record_accesses = true;
  scheduler_.set_settings(settings);
  OldSchedule old(scheduler_, program_, schedule, options_.replay_executions);
  const bool found = old.Find();
  report_.old = old.facts();
  report_.executions = old.facts().executions;
  report_.steps = old.steps();
  report_.contested = scheduler_.execution().contested;
  if (scheduler_.execution().outcome.skips) {
    report_.outcome = scheduler_.execution().outcome;
    report_.skipped = true;
  } else if (found) {
    Tell(Execution(scheduler_.execution()));
    report_.failing_execution = old.facts().executions - 1;
  } else if (old.facts().followed < old.facts().deviations) {
    report_.outcome = {
        OutcomeKind::kDiverged,
        absl::StrCat("the schedule does not fit the program any more, and its failure was not found near "
                     "it: that is no pass; explore again, and record a new one or drop it"),
        Place()};
  }
}

}  // namespace

Report ExploreProgram(Program program, const ExploreOptions& options) {
  CrashGuard guard(options.step_timeout, options.replay_command);
  Exploration exploration(program, options, guard);
  return options.replay.empty() ? exploration.Search() : exploration.Follow();
}

}  // namespace fate::sim
