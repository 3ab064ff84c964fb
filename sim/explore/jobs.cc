#include "fate/sim/explore/jobs.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fate/sim/explore/budget.h"
#include "fate/sim/explore/interrupt.h"
#include "fate/sim/explore/job_board.h"
#include "fate/sim/explore/job_worker.h"
#include "fate/sim/explore/noting.h"
#include "fate/sim/explore/worker_process.h"

namespace fate::sim {

namespace {

// The parent of the workers.
class JobSearch {
 public:
  JobSearch(const ExploreOptions& options, Coverage& coverage)
      : options_(options), coverage_(coverage), budget_(options.executions, options.budget) {}

  absl::Status Start(Scheduler& scheduler, Program program, uint32_t jobs, CrashGuard& guard);
  absl::StatusOr<JobsFound> Run();

 private:
  struct Worker {
    std::unique_ptr<WorkerProcess> process;
    bool busy = false;  // with the round
  };

  bool Open(uint64_t first);
  // Waits until nobody is busy.
  absl::Status Gather();
  absl::Status Listen(uint32_t job);
  absl::Status Buried(uint32_t job);
  // Those that make what is not needed any more.
  void EndTheNeedless();
  // Whether the search ends with the round that was gathered.
  bool Ends(JobRound& round) const;
  absl::Status Count(JobRound& round);
  JobEnd EndOf(const JobResult& result, uint64_t number) const;

  const ExploreOptions& options_;
  Coverage& coverage_;
  Budget budget_;
  InterruptGuard interrupt_;
  std::unique_ptr<JobBoard> board_;
  std::vector<Worker> workers_;
  uint64_t round_ = 0;
  std::optional<JobEnd> crash_;  // that with the lowest number
  JobsFound found_;
};

absl::Status JobSearch::Start(Scheduler& scheduler, Program program, uint32_t jobs, CrashGuard& guard) {
  auto board = JobBoard::Make(jobs);
  if (!board.ok()) return board.status();
  board_ = *std::move(board);
  for (uint32_t job = 0; job < jobs; ++job) {
    auto process = WorkerProcess::Start([&](WorkerChannel& channel) {
      guard.Forked();
      JobWorker worker(scheduler, program, options_, *board_, job);
      for (uint64_t round = 0; channel.Wait(); ++round) {
        worker.MakeRound(round);
        channel.Done();
      }
    });
    if (!process.ok()) return process.status();
    workers_.push_back({*std::move(process)});
  }
  return absl::OkStatus();
}

// False: there is no more to be made, or no time.
bool JobSearch::Open(uint64_t first) {
  if (!budget_.has_executions(first)) return false;
  if (interrupt_.interrupted()) {
    found_.interrupted = true;
    return false;
  }
  if (first > 0 && budget_.left() <= absl::ZeroDuration()) {
    budget_.RanOut();
    return false;
  }
  board_->Open(round_, first, std::min(options_.executions, EndOfRound(first)));
  for (Worker& worker : workers_) {
    worker.process->Go();
    worker.busy = true;  // one that died meanwhile will be found so
  }
  return true;
}

absl::Status JobSearch::Gather() {
  JobRound& round = board_->round(round_);
  for (;;) {
    std::vector<WorkerProcess*> busy;
    for (const Worker& worker : workers_) busy.push_back(worker.busy ? worker.process.get() : nullptr);
    if (std::ranges::all_of(busy, [](const WorkerProcess* worker) { return worker == nullptr; })) {
      return absl::OkStatus();
    }
    // The first execution is made whatever the budget.
    const bool timed = round.first > 0 && !round.given_up;
    const std::vector<uint32_t> heard = WaitForWords(busy, timed ? budget_.left() : absl::InfiniteDuration());
    if (interrupt_.interrupted() || (timed && budget_.left() <= absl::ZeroDuration())) round.given_up = true;
    for (const uint32_t job : heard) {
      if (absl::Status status = Listen(job); !status.ok()) return status;
    }
    if (!heard.empty()) EndTheNeedless();
  }
}

absl::Status JobSearch::Listen(uint32_t job) {
  Worker& worker = workers_[job];
  switch (worker.process->Heard()) {
    case WorkerProcess::Word::kNone:
      return absl::OkStatus();
    case WorkerProcess::Word::kDone:
      worker.busy = false;
      return absl::OkStatus();
    case WorkerProcess::Word::kDead:
      worker.busy = false;
      return Buried(job);
  }
  return absl::OkStatus();
}

absl::Status JobSearch::Buried(uint32_t job) {
  const JobNote& note = board_->note(job);
  const std::string& how = workers_[job].process->end();
  const uint64_t running = note.running;
  if (running == 0) return EndedIdle(how);
  const uint64_t number = running - 1;
  board_->round(round_).EndWith(number);
  if (crash_ && crash_->number < number) return absl::OkStatus();
  JobEnd end = CrashOf(note, how, options_);
  end.number = number;
  crash_ = std::move(end);
  return absl::OkStatus();
}

void JobSearch::EndTheNeedless() {
  const uint64_t last = board_->round(round_).last;
  for (uint32_t job = 0; job < workers_.size(); ++job) {
    Worker& worker = workers_[job];
    const uint64_t running = board_->note(job).running;
    // What is left for it has higher numbers, or is made by others already.
    if (!worker.busy || running == 0 || running - 1 <= last) continue;
    worker.process->Kill();
    worker.busy = false;
  }
}

bool JobSearch::Ends(JobRound& round) const {
  const JobResult& last = round.Of(round.last);
  return round.given_up || !last.made || last.EndsTheSearch();
}

JobEnd JobSearch::EndOf(const JobResult& result, uint64_t number) const {
  JobEnd end;
  end.number = number;
  end.outcome.kind = result.outcome;
  end.outcome.skips = result.skips;
  end.trace_hash = result.trace_hash;
  Log<Choice> choices;
  result.choices.AppendTo(choices);
  end.schedule = Schedule::Of(options_.settings.interleaving, result.seed, choices);
  const std::string text(result.text.data, result.text.size);
  (result.differed ? end.difference : end.outcome.message) = text;
  return end;
}

absl::Status JobSearch::Count(JobRound& round) {
  for (uint64_t number = round.first; number <= round.last; ++number) {
    const JobResult& result = round.Of(number);
    if (crash_ && crash_->number == number) {
      ++found_.executions;
      found_.end = std::move(crash_);
      return absl::OkStatus();
    }
    if (!result.made) continue;  // time was up, or it was interrupted
    ++found_.executions;
    found_.again += result.again;
    found_.steps += result.steps;
    found_.contested |= result.contested;
    if (result.no_room) {
      return absl::ResourceExhaustedError(absl::StrCat("our limit: the traces of a round are more than the ",
                                                       JobBoard::kArenaBytes >> 20,
                                                       " MiB a worker process has room for; use --fate_jobs=1"));
    }
    if (result.skips) {
      found_.end = EndOf(result, number);
      return absl::OkStatus();
    }
    coverage_.NoteHash(result.canonical, result.sampled);
    if (!result.sampled) {
      found_.progress = result.finding.progress;
      found_.restarts = result.finding.restarts;
    }
    if (!result.passed() || result.differed) {
      found_.end = EndOf(result, number);
      return absl::OkStatus();
    }
    if (!result.finding.more) found_.claim = std::string(result.text.data, result.text.size);
    if (options_.trace) found_.last = EndOf(result, number);
  }
  return absl::OkStatus();
}

absl::StatusOr<JobsFound> JobSearch::Run() {
  bool open = Open(0);
  while (open) {
    if (absl::Status status = Gather(); !status.ok()) return status;
    JobRound& gathered = board_->round(round_);
    ++round_;
    // The next one is made while this one is counted.
    open = !Ends(gathered) && Open(gathered.end);
    if (absl::Status status = Count(gathered); !status.ok()) return status;
    if (found_.end || !found_.claim.empty()) break;
    if (gathered.given_up) {
      found_.interrupted = interrupt_.interrupted();
      if (!found_.interrupted && (found_.executions < gathered.end || budget_.has_executions(gathered.end))) {
        budget_.RanOut();
      }
    }
  }
  found_.capped = budget_.capped();
  found_.elapsed = budget_.elapsed();
  return found_;
}

}  // namespace

absl::Status EndedIdle(const std::string& how) {
  return absl::InternalError(
      absl::StrCat("our limit: a worker process ", how,
                   " while it ran nothing of your program: memory may have run out, or somebody "
                   "killed it; use fewer --fate_jobs. If it happens again, this is a bug in fate"));
}

JobEnd CrashOf(const JobNote& note, const std::string& how, const ExploreOptions& options) {
  JobEnd end;
  end.crashed = true;
  end.outcome = {OutcomeKind::kCrashed,
                 absl::StrCat("your program crashed: the worker process that ran it ", how,
                              "; what it said before stands above, where stderr goes"),
                 Place()};
  end.schedule = NotedSchedule(note, options.settings.interleaving);
  if (note.choices > JobNote::kChoicesMost) {
    absl::StrAppend(&end.outcome.message, "; our limit: of its ", note.choices.load(), " choices the first ",
                    JobNote::kChoicesMost, " are known, so no schedule is");
  }
  return end;
}

absl::StatusOr<uint32_t> JobsOf(uint64_t jobs) {
  if (jobs == 0) return std::min(kJobsMost, std::max(1u, std::thread::hardware_concurrency()));
  if (jobs <= kJobsMost) return static_cast<uint32_t>(jobs);
  return absl::InvalidArgumentError(absl::StrCat("our limit: --fate_jobs takes at most ", kJobsMost, ", not ", jobs,
                                                 "; 0 stands for the number of cores"));
}

absl::StatusOr<JobsFound> SearchInJobs(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                       uint32_t jobs, CrashGuard& guard, Coverage& coverage) {
  JobSearch search(options, coverage);
  if (absl::Status status = search.Start(scheduler, program, jobs, guard); !status.ok()) return status;
  return search.Run();
}

}  // namespace fate::sim
