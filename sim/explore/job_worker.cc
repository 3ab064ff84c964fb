#include "fate/sim/explore/job_worker.h"

#include <string>

#include "fate/base/mix.h"
#include "fate/runtime/check.h"
#include "fate/sim/explore/noting.h"
#include "fate/sim/explore/story.h"
#include "fate/sim/strategies/replay.h"

namespace fate::sim {

JobWorker::JobWorker(Scheduler& scheduler, Program program, const ExploreOptions& options, JobBoard& board,
                     uint32_t job)
    : scheduler_(scheduler), program_(program), options_(options), board_(board), job_(job) {
  auto strategy = MakeStrategy(options.strategy, options.seed, coverage_);
  FATE_CHECK(strategy.ok(), "this is a bug in fate: a strategy that could be made in the parent cannot in a worker");
  auto* numbered = dynamic_cast<Numbered*>(strategy->get());
  FATE_CHECK(numbered != nullptr, "this is a bug in fate: a strategy is split that cannot be");
  strategy->release();
  strategy_.reset(numbered);
}

void JobWorker::MakeRound(uint64_t number) {
  if (number > 0) Learn(board_.round(number - 1));
  JobRound& round = board_.round(number);
  board_.Enter(job_, number);
  free_.clear();
  std::vector<uint64_t> going_on;
  for (uint64_t i = round.first; i < round.end; ++i) {
    strategy_->Prepare(i);
    (strategy_->GoesOn() ? going_on : free_).push_back(i);
  }
  const auto wanted = [&round](uint64_t i) { return i <= round.last.load() && !round.given_up.load(); };
  if (job_ == 0) {
    for (const uint64_t i : going_on) {
      if (wanted(i)) Make(round, i);
    }
  }
  for (uint64_t taken = round.taken++; taken < free_.size(); taken = round.taken++) {
    if (wanted(free_[taken])) Make(round, free_[taken]);
  }
}

void JobWorker::Learn(JobRound& round) {
  for (uint64_t number = round.first; number < round.end; ++number) {
    const JobResult& result = round.Of(number);
    coverage_.NoteHash(result.canonical, result.sampled);
    learned_.number = number;
    learned_.seed = result.seed;
    learned_.interleaving = options_.settings.interleaving;
    learned_.steps = result.steps;
    learned_.contested = result.contested;
    learned_.drew = result.drew;
    learned_.outcome.kind = result.outcome;
    learned_.choices.clear();
    learned_.trace.Clear();
    result.choices.AppendTo(learned_.choices);
    result.trace_steps.AppendTo(learned_.trace.steps);
    result.births.AppendTo(learned_.trace.births);
    result.accesses.AppendTo(learned_.trace.accesses);
    result.clock_moves.AppendTo(learned_.trace.clock_moves);
    result.object_names.AppendTo(learned_.trace.object_names);
    strategy_->LearnFrom(learned_, result.finding);
  }
}

void JobWorker::Make(JobRound& round, uint64_t number) {
  strategy_->Prepare(number);
  const bool fixed = strategy_->fixed_draws();
  JobNote& note = board_.note(job_);
  note.seed = fixed ? options_.seed : Mix(options_.seed, number);
  note.choices = 0;
  note.running = number + 1;
  JobResult& result = round.Of(number);
  result.sampled = !fixed;
  result.again = strategy_->runs_again();
  Noting noting(*strategy_, note);
  Publish(scheduler_.Run(program_, noting, number, note.seed), round, number);
  note.running = 0;
}

void JobWorker::Publish(const Execution& execution, JobRound& round, uint64_t number) {
  JobResult& result = round.Of(number);
  result.contested = execution.contested;
  result.drew = execution.drew;
  result.skips = execution.outcome.skips;
  result.outcome = execution.outcome.kind;
  result.seed = execution.seed;
  result.steps = execution.steps;
  bool room = true;
  const bool passed = execution.outcome.passed();
  if (!result.skips) {
    result.canonical = hash_.Of(execution);
    result.finding = strategy_->Finish(execution);
  }
  if (!passed) result.trace_hash = execution.trace.Hash();
  const bool learns = strategy_->learns_from_traces();
  if (learns || !passed || options_.trace) {
    room &= board_.Keep(execution.choices.data(), execution.choices.size(), result.choices);
  }
  if (learns) {
    const auto keep = [&](const auto& log, auto& row) { room &= board_.Keep(log.data(), log.size(), row); };
    keep(execution.trace.steps, result.trace_steps);
    keep(execution.trace.births, result.births);
    keep(execution.trace.accesses, result.accesses);
    keep(execution.trace.clock_moves, result.clock_moves);
    keep(execution.trace.object_names, result.object_names);
  }
  if (!passed) {
    room &= board_.Keep(execution.outcome.message, result.text);
  } else if (!result.finding.more) {
    room &= board_.Keep(strategy_->Claim(), result.text);
  }
  if (options_.check_determinism && passed) CheckDeterminism(result);
  result.no_room = !room;
  if (result.EndsTheSearch()) round.EndWith(number);
  result.made = true;
}

void JobWorker::CheckDeterminism(JobResult& result) {
  const Execution first = scheduler_.execution();
  Replay replay(first.schedule());
  const Execution& second = scheduler_.Run(program_, replay, first.number, first.seed);
  const std::string difference = FirstDifference(first, second);
  if (difference.empty()) return;
  result.differed = true;
  board_.Keep(first.choices.data(), first.choices.size(), result.choices);
  board_.Keep(difference, result.text);
}

}  // namespace fate::sim
