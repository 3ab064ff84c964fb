#include "fate/sim/explore/split_search.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fate/sim/explore/budget.h"
#include "fate/sim/explore/interrupt.h"
#include "fate/sim/explore/noting.h"
#include "fate/sim/explore/part_board.h"
#include "fate/sim/explore/part_worker.h"
#include "fate/sim/explore/split_walk.h"
#include "fate/sim/explore/worker_process.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

constexpr uint32_t kLevelsMost = 24;

class Splitting {
 public:
  Splitting(Scheduler& scheduler, Program program, Strategy& whole, const ExploreOptions& options, CrashGuard& guard,
            Coverage& coverage)
      : scheduler_(scheduler),
        whole_(whole),
        program_(program),
        options_(options),
        guard_(guard),
        coverage_(coverage),
        budget_(options.executions, options.budget) {}

  absl::StatusOr<JobsFound> Run(uint32_t jobs);

 private:
  // In the order of the walk.
  struct Part {
    std::vector<PartRecord> records;
    std::optional<JobEnd> end;  // what the last of them is, if it did not pass
    bool done = false;
    bool surprised = false;
    bool exhausted = false;
    uint64_t redundant = 0;
    ReducedSearch::Caveats caveats;
    uint64_t walked = 0;  // executions of the walk until it was reached
    double from = 0;      // how much of the tree comes before it, as the search counts
    double to = 1;        // and before the next
  };
  struct Worker {
    std::unique_ptr<WorkerProcess> process;  // null: idle
    size_t part = 0;
  };

  uint32_t ChooseLevels();
  absl::Status Walk(uint32_t levels);
  // All of it in one worker.
  absl::Status RunUnsplit();
  void NoteWalked(const Execution& execution);
  // null: all of it is one part.
  absl::Status StartPart(SplitWalk* walk);
  // Waits until fewer than `most` workers run.
  absl::Status WaitForFewer(size_t most);
  absl::Status Hear(uint32_t index);
  void Take(uint32_t index, const std::string& died);
  size_t Running() const;
  void KillAfter(size_t part);
  // If the parts so far, in their order, have more executions than are asked for.
  void EndIfEnough();
  bool GivenUp();
  bool Surprised() const;
  void CountOne(Part& part, size_t index);
  // What the parts that were counted come to; `counted`: executions of this one.
  void CountProgress(const Part& part, size_t counted);
  absl::StatusOr<JobsFound> Count();

  Scheduler& scheduler_;
  Strategy& whole_;  // the search as it is if it is not split
  Program program_;
  const ExploreOptions& options_;
  CrashGuard& guard_;
  Coverage& coverage_;
  Budget budget_;
  InterruptGuard interrupt_;
  TraceHash hash_;
  std::unique_ptr<PartBoard> board_;
  std::vector<Worker> workers_;
  std::vector<Part> parts_;
  uint64_t walked_ = 0;
  bool walked_all_ = false;
  size_t last_ = SIZE_MAX;  // no part after it is needed
  bool whole_so_far_ = true;  // the parts that were counted are exhausted
  JobsFound found_;
};

bool Splitting::GivenUp() {
  if (interrupt_.interrupted() || budget_.left() <= absl::ZeroDuration()) board_->given_up() = true;
  return board_->given_up();
}

// Walks without parts, ever deeper.
uint32_t Splitting::ChooseLevels() {
  uint32_t chosen = 0;
  for (uint32_t levels = 1; levels <= kLevelsMost; ++levels) {
    const std::unique_ptr<SplitWalk> walk = MakeSplitWalk(options_.strategy, levels);
    uint64_t parts = 0;
    for (bool more = true; more;) {
      const Execution& execution = scheduler_.Run(program_, walk->search(), 0, options_.seed);
      // One that ends above the parts would be run by each walk.
      if (!walk->at_leaf() || GivenUp()) return chosen;
      ++found_.blocked;
      parts += !walk->blocked() || walk->runs_blocked();
      more = walk->search().EndExecution(execution);
    }
    chosen = levels;
    if (parts >= kParts) break;
  }
  return chosen;
}

size_t Splitting::Running() const {
  size_t running = 0;
  for (const Worker& worker : workers_) running += worker.process != nullptr;
  return running;
}

void Splitting::KillAfter(size_t part) {
  last_ = std::min(last_, part);
  for (Worker& worker : workers_) {
    if (worker.process != nullptr && worker.part > last_) worker.process.reset();
  }
}

void Splitting::EndIfEnough() {
  uint64_t executions = 0;
  for (size_t i = 0; i < parts_.size() && parts_[i].done; ++i) {
    executions += parts_[i].records.size();
    // Not if it is just as many: that may be all there are.
    if (executions > options_.executions) return KillAfter(i);
  }
}

absl::Status Splitting::StartPart(SplitWalk* walk) {
  if (absl::Status status = WaitForFewer(workers_.size()); !status.ok()) return status;
  if (parts_.size() > last_) return absl::OkStatus();
  uint32_t index = 0;
  while (workers_[index].process != nullptr) ++index;
  board_->Clear(index);
  PartSlot& slot = board_->slot(index);
  auto process = WorkerProcess::Start([&](WorkerChannel& channel) {
    guard_.Forked();
    if (walk != nullptr) {
      walk->Descend();
      RunPart(scheduler_, program_, walk->search(), walk, *board_, slot, options_.seed, options_.executions);
    } else {
      RunPart(scheduler_, program_, whole_, nullptr, *board_, slot, options_.seed, options_.executions);
    }
    channel.Done();
  });
  if (!process.ok()) return process.status();
  workers_[index] = {*std::move(process), parts_.size()};
  parts_.emplace_back().walked = walked_;
  return absl::OkStatus();
}

absl::Status Splitting::WaitForFewer(size_t most) {
  while (Running() >= most && Running() > 0) {
    std::vector<WorkerProcess*> running;
    for (const Worker& worker : workers_) running.push_back(worker.process.get());
    const bool timed = !GivenUp();
    const std::vector<uint32_t> heard = WaitForWords(running, timed ? budget_.left() : absl::InfiniteDuration());
    GivenUp();
    for (const uint32_t index : heard) {
      // The one before it may have made it needless.
      if (workers_[index].process == nullptr) continue;
      if (absl::Status status = Hear(index); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status Splitting::Hear(uint32_t index) {
  Worker& worker = workers_[index];
  const WorkerProcess::Word word = worker.process->Heard();
  if (word == WorkerProcess::Word::kNone) return absl::OkStatus();
  const bool died = word == WorkerProcess::Word::kDead;
  if (died && board_->slot(index).note.running == 0) return EndedIdle(worker.process->end());
  Take(index, died ? worker.process->end() : "");
  worker.process.reset();
  return absl::OkStatus();
}

void Splitting::Take(uint32_t index, const std::string& died) {
  const PartSlot& slot = board_->slot(index);
  Part& part = parts_[workers_[index].part];
  part.records.assign(slot.records, slot.records + slot.count);
  part.done = true;
  part.exhausted = slot.exhausted;
  part.redundant = slot.redundant;
  part.caveats = slot.caveats;
  part.surprised = slot.surprised && !found_.unsplit;
  if (part.surprised) return KillAfter(workers_[index].part);
  if (!died.empty()) {
    part.end = CrashOf(slot.note, died, options_);
    part.records.push_back({0, 0, part.records.empty() ? 0 : part.records.back().progress, false});
  } else if (slot.outcome != OutcomeKind::kPassed || slot.skips) {
    JobEnd end;
    end.outcome = {slot.outcome, slot.text, Place()};
    end.outcome.skips = slot.skips;
    end.schedule = NotedSchedule(slot.note, options_.settings.interleaving);
    end.trace_hash = slot.trace_hash;
    part.end = std::move(end);
  }
  if (part.end) KillAfter(workers_[index].part);
  EndIfEnough();
}

void Splitting::NoteWalked(const Execution& execution) {
  Part& part = parts_.emplace_back();
  part.walked = walked_;
  part.done = part.exhausted = true;
  part.records.push_back({execution.outcome.skips ? 0 : hash_.Of(execution), execution.steps, 0, execution.contested});
  if (execution.outcome.passed() && !execution.outcome.skips) return;
  JobEnd end;
  end.outcome = execution.outcome;
  end.schedule = execution.schedule();
  end.trace_hash = execution.trace.Hash();
  part.end = std::move(end);
  KillAfter(parts_.size() - 1);
}

absl::Status Splitting::Walk(uint32_t levels) {
  const std::unique_ptr<SplitWalk> walk = MakeSplitWalk(options_.strategy, levels);
  Strategy& search = walk->search();
  for (bool more = true; more && !GivenUp() && parts_.size() <= last_;) {
    const Execution& execution = scheduler_.Run(program_, search, 0, options_.seed);
    if (walk->surprised()) {
      KillAfter(parts_.size());
      parts_.emplace_back().surprised = true;
      break;
    }
    const size_t before = parts_.size();
    const double from = search.Progress();
    if (walk->at_leaf()) {
      ++walked_;
      if (!walk->blocked() || walk->runs_blocked()) {
        if (absl::Status status = StartPart(walk.get()); !status.ok()) return status;
      }
    } else {
      NoteWalked(execution);
    }
    more = search.EndExecution(execution);
    walked_all_ = !more;
    if (parts_.size() == before) continue;
    parts_.back().from = from;
    if (more) parts_.back().to = search.Progress();
  }
  return WaitForFewer(1);
}

absl::Status Splitting::RunUnsplit() {
  found_.unsplit = true;
  walked_ = 0;  // how far it came is chance
  last_ = SIZE_MAX;
  parts_.clear();
  if (absl::Status status = StartPart(nullptr); !status.ok()) return status;
  walked_all_ = true;
  return WaitForFewer(1);
}

// What was found in the parts before holds.
bool Splitting::Surprised() const {
  uint64_t executions = 0;
  for (const Part& part : parts_) {
    if (part.surprised || part.end || executions >= options_.executions) return part.surprised;
    executions += part.records.size();
  }
  return false;
}

void Splitting::CountOne(Part& part, size_t index) {
  const PartRecord& record = part.records[index];
  ++found_.executions;
  found_.steps += record.steps;
  found_.contested |= record.contested;
  const bool ends = part.end && index + 1 == part.records.size();
  if (!ends || !(part.end->outcome.skips || part.end->crashed)) coverage_.NoteHash(record.canonical, false);
  if (!ends) return;
  found_.end = std::move(part.end);
  found_.end->number = found_.executions - 1;
}

// As far as all before it is done, it has come as far as the search says; of what is left beyond, parts count what they
// have seen of their own.
void Splitting::CountProgress(const Part& part, size_t counted) {
  const bool whole = part.exhausted && counted == part.records.size();
  const double at = whole ? part.to : counted == 0 ? part.from : std::max(part.from, part.records[counted - 1].progress);
  found_.progress = whole_so_far_ ? at : found_.progress + at - part.from;
  whole_so_far_ = whole_so_far_ && whole;
}

absl::StatusOr<JobsFound> Splitting::Count() {
  uint64_t walked = 0;
  ReducedSearch::Caveats caveats;
  bool exhausted = walked_all_ && !board_->given_up();
  for (Part& part : parts_) {
    if (found_.executions == options_.executions || found_.end) {
      exhausted = false;
      break;
    }
    walked = part.walked;
    if (part.records.size() == PartSlot::kRecordsMost && !part.exhausted && !part.end) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "our limit: a part of the search has more executions than the ", PartSlot::kRecordsMost,
          " a worker process has room for; use --fate_jobs=1"));
    }
    const uint64_t left = options_.executions - found_.executions;
    const size_t counted = static_cast<size_t>(std::min<uint64_t>(left, part.records.size()));
    CountProgress(part, counted);
    for (size_t i = 0; i < counted; ++i) CountOne(part, i);
    found_.blocked += part.redundant;
    caveats |= part.caveats;
    exhausted = exhausted && part.exhausted && counted == part.records.size() && !found_.end;
  }
  found_.blocked += exhausted ? walked_ : walked;
  if (exhausted) {
    const bool reduced = dynamic_cast<const ReducedSearch*>(&whole_) != nullptr;
    found_.claim = reduced ? ReducedSearch::ClaimOf(caveats) : whole_.Claim();
  }
  if (board_->given_up() && !found_.end) {
    found_.interrupted = interrupt_.interrupted();
    if (!found_.interrupted) budget_.RanOut();
  }
  found_.capped = budget_.capped();
  found_.elapsed = budget_.elapsed();
  return found_;
}

absl::StatusOr<JobsFound> Splitting::Run(uint32_t jobs) {
  auto board = PartBoard::Make(jobs);
  if (!board.ok()) return board.status();
  board_ = *std::move(board);
  workers_.resize(jobs);
  const uint32_t levels = ChooseLevels();
  absl::Status status = levels == 0 ? RunUnsplit() : Walk(levels);
  if (status.ok() && Surprised()) status = RunUnsplit();
  if (!status.ok()) return status;
  return Count();
}

}  // namespace

absl::StatusOr<JobsFound> SplitSearch(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                      uint32_t jobs, CrashGuard& guard, Coverage& coverage) {
  absl::StatusOr<std::unique_ptr<Strategy>> whole = MakeStrategy(options.strategy, options.seed);
  if (!whole.ok()) return whole.status();
  Splitting splitting(scheduler, program, **whole, options, guard, coverage);
  return splitting.Run(jobs);
}

}  // namespace fate::sim
