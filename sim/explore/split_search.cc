#include "fate/sim/explore/split_search.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fate/sim/explore/part_worker.h"
#include "fate/sim/explore/part_workers.h"
#include "fate/sim/explore/split_bounded.h"
#include "fate/sim/explore/split_walk.h"
#include "fate/sim/race/reduced_search.h"
#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

namespace {

constexpr uint32_t kLevelsMost = 24;

class Splitting {
 public:
  Splitting(Scheduler& scheduler, Program program, Strategy& whole, const ExploreOptions& options, uint32_t jobs,
            PartWorkers& workers, Coverage& coverage)
      : scheduler_(scheduler),
        whole_(whole),
        program_(program),
        options_(options),
        jobs_(jobs),
        workers_(workers),
        coverage_(coverage) {}

  absl::StatusOr<JobsFound> Run();

 private:
  // In the order of the walk.
  struct Part {
    PartFound found;
    bool done = false;
    bool surprised = false;
    bool exhausted = false;
    uint64_t redundant = 0;
    ReducedSearch::Caveats caveats;
    uint64_t walked = 0;  // executions of the walk until it was reached
    double from = 0;      // how much of the tree comes before it, as the search counts
    double to = 1;        // and before the next
  };

  uint32_t ChooseLevels();
  absl::Status Walk(uint32_t levels);
  // All of it in one worker; why.
  absl::Status RunUnsplit(std::string why);
  void NoteWalked(const Execution& execution);
  // null: all of it is one part.
  absl::Status StartPart(SplitWalk* walk);
  absl::Status WaitForFewer(size_t most);
  void Take(size_t index, PartFound found, const PartSlot& slot);
  void KillAfter(size_t part);
  // If the parts so far, in their order, have more executions than are asked for.
  void EndIfEnough();
  bool Surprised() const;
  // What the parts that were counted come to; `counted`: executions of this one.
  void CountProgress(const Part& part, size_t counted);
  absl::StatusOr<JobsFound> Count();

  Scheduler& scheduler_;
  Strategy& whole_;  // the search as it is if it is not split
  Program program_;
  const ExploreOptions& options_;
  uint32_t jobs_;
  PartWorkers& workers_;
  Coverage& coverage_;
  TraceHash hash_;
  std::vector<Part> parts_;
  uint64_t walked_ = 0;
  bool walked_all_ = false;
  size_t last_ = SIZE_MAX;  // no part after it is needed
  bool whole_alone_ = false;  // one worker does all of it
  bool whole_so_far_ = true;  // the parts that were counted are exhausted
  JobsFound found_;
};

// Walks without parts, ever deeper.
uint32_t Splitting::ChooseLevels() {
  uint32_t chosen = 0;
  for (uint32_t levels = 1; levels <= kLevelsMost; ++levels) {
    const std::unique_ptr<SplitWalk> walk = MakeSplitWalk(options_.strategy, levels);
    uint64_t parts = 0;
    for (bool more = true; more;) {
      const Execution& execution = scheduler_.Run(program_, walk->search(), 0, options_.seed);
      // One that ends above the parts would be run by each walk.
      if (!walk->at_leaf()) return chosen;
      if (workers_.GivenUp()) return 0;
      ++found_.blocked;
      parts += !walk->blocked() || walk->runs_blocked();
      more = walk->search().EndExecution(execution);
    }
    chosen = levels;
    if (parts >= kParts) break;
  }
  return chosen;
}

void Splitting::KillAfter(size_t part) {
  last_ = std::min(last_, part);
  workers_.KillIf([this](uint64_t running) { return running > last_; });
}

void Splitting::EndIfEnough() {
  uint64_t executions = 0;
  for (size_t i = 0; i < parts_.size() && parts_[i].done; ++i) {
    executions += parts_[i].found.records.size();
    // Not if it is just as many: that may be all there are.
    if (executions > options_.executions) return KillAfter(i);
  }
}

absl::Status Splitting::StartPart(SplitWalk* walk) {
  if (absl::Status status = WaitForFewer(jobs_); !status.ok()) return status;
  if (parts_.size() > last_) return absl::OkStatus();
  const absl::Status status = workers_.Start(parts_.size(), [&](PartSlot& slot) {
    if (walk != nullptr) walk->Descend();
    RunPart(scheduler_, program_, walk != nullptr ? walk->search() : whole_, walk, workers_.board(), slot,
            options_.seed, options_.executions);
  });
  if (status.ok()) parts_.emplace_back().walked = walked_;
  return status;
}

absl::Status Splitting::WaitForFewer(size_t most) {
  return workers_.WaitForFewer(most, [this](uint64_t part, PartFound found, const PartSlot& slot) {
    Take(static_cast<size_t>(part), std::move(found), slot);
  });
}

void Splitting::Take(size_t index, PartFound found, const PartSlot& slot) {
  Part& part = parts_[index];
  part.found = std::move(found);
  part.done = true;
  part.exhausted = slot.exhausted;
  part.redundant = slot.redundant;
  part.caveats = slot.caveats;
  part.surprised = slot.surprised && !whole_alone_;
  if (part.surprised || part.found.end) KillAfter(index);
  EndIfEnough();
}

void Splitting::NoteWalked(const Execution& execution) {
  Part& part = parts_.emplace_back();
  part.walked = walked_;
  part.done = part.exhausted = true;
  part.found.records.push_back(
      {execution.outcome.skips ? 0 : hash_.Of(execution), execution.steps, 0, execution.contested});
  if (execution.outcome.passed() && !execution.outcome.skips) return;
  JobEnd end;
  end.outcome = execution.outcome;
  end.schedule = execution.schedule();
  end.trace_hash = execution.trace.Hash();
  part.found.end = std::move(end);
  KillAfter(parts_.size() - 1);
}

absl::Status Splitting::Walk(uint32_t levels) {
  const std::unique_ptr<SplitWalk> walk = MakeSplitWalk(options_.strategy, levels);
  Strategy& search = walk->search();
  for (bool more = true; more && (parts_.empty() || !workers_.GivenUp()) && parts_.size() <= last_;) {
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

absl::Status Splitting::RunUnsplit(std::string why) {
  found_.unsplit = std::move(why);
  whole_alone_ = true;
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
    if (part.surprised || part.found.end || executions >= options_.executions) return part.surprised;
    executions += part.found.records.size();
  }
  return false;
}

// As far as all before it is done, it has come as far as the search says; of what is left beyond, parts count what they
// have seen of their own.
void Splitting::CountProgress(const Part& part, size_t counted) {
  const std::vector<PartRecord>& records = part.found.records;
  const bool whole = part.exhausted && counted == records.size();
  const double at = whole ? part.to : counted == 0 ? part.from : std::max(part.from, records[counted - 1].progress);
  found_.progress = whole_so_far_ ? at : found_.progress + at - part.from;
  whole_so_far_ = whole_so_far_ && whole;
}

absl::StatusOr<JobsFound> Splitting::Count() {
  uint64_t walked = 0;
  ReducedSearch::Caveats caveats;
  bool exhausted = walked_all_ && !workers_.board().given_up();
  for (Part& part : parts_) {
    if (found_.executions == options_.executions || found_.end) {
      exhausted = false;
      break;
    }
    walked = part.walked;
    const size_t made = part.found.records.size();
    if (made == PartSlot::kRecordsMost && !part.exhausted && !part.found.end) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "our limit: a part of the search has more executions than the ", PartSlot::kRecordsMost,
          " a worker process has room for; use --fate_jobs=1"));
    }
    const uint64_t left = options_.executions - found_.executions;
    const size_t counted = static_cast<size_t>(std::min<uint64_t>(left, made));
    CountProgress(part, counted);
    for (size_t i = 0; i < counted; ++i) part.found.Count(i, found_, coverage_);
    found_.blocked += part.redundant;
    caveats |= part.caveats;
    exhausted = exhausted && part.exhausted && counted == made && !found_.end;
  }
  found_.blocked += exhausted ? walked_ : walked;
  if (exhausted) {
    const bool reduced = dynamic_cast<const ReducedSearch*>(&whole_) != nullptr;
    const bool coarse = options_.settings.interleaving != Interleaving::kOperation;
    found_.claim = reduced && !coarse ? ReducedSearch::ClaimOf(caveats) : whole_.Strategy::Claim();
  }
  workers_.TellTime(found_);
  return found_;
}

absl::StatusOr<JobsFound> Splitting::Run() {
  const uint32_t levels = ChooseLevels();
  const std::string too_few =
      workers_.board().given_up() ? ""
                                  : "an execution has no second choice, and the search is split after the first";
  absl::Status status = levels == 0 ? RunUnsplit(too_few) : Walk(levels);
  if (status.ok() && Surprised()) {
    status = RunUnsplit(
        "to split a search it must be known what steps do, and one did in a part of it what it did nowhere before");
  }
  if (!status.ok()) return status;
  return Count();
}

}  // namespace

std::vector<std::string> SplitStrategies() {
  std::vector<std::string> names = WalkedStrategies();
  names.insert(names.end(), {"delay_bounded", "preemption_bounded"});
  return names;
}

absl::StatusOr<JobsFound> SplitSearch(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                      uint32_t jobs, CrashGuard& guard, Coverage& coverage) {
  absl::StatusOr<std::unique_ptr<Strategy>> whole = MakeStrategy(options.strategy, options.seed);
  if (!whole.ok()) return whole.status();
  auto workers = PartWorkers::Make(jobs, options, guard);
  if (!workers.ok()) return workers.status();
  if (auto* bounded = dynamic_cast<BoundedSearch*>(whole->get())) {
    return SplitBounded(*bounded, scheduler, program, options, jobs, **workers, coverage);
  }
  return Splitting(scheduler, program, **whole, options, jobs, **workers, coverage).Run();
}

}  // namespace fate::sim
