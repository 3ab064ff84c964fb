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
#include "fate/sim/explore/split_dpor_bounds.h"
#include "fate/sim/explore/split_walk.h"
#include "fate/sim/race/reduced_search.h"
#include "fate/sim/strategies/bounded_dpor.h"
#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

namespace {

constexpr uint32_t kLevelsMost = 24;
// How many records of parts that are done may wait for a part before them, before no further part is begun.
constexpr uint64_t kAheadMost = uint64_t{1} << 24;

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
    PartFound found;  // not counted yet
    bool done = false;
    bool surprised = false;
    bool exhausted = false;
    Strategy::Restarts restarts;
    ReducedSearch::Caveats caveats;
    uint64_t walked = 0;  // executions of the walk until it was reached
    double from = 0;      // how much of the tree comes before it, as the search counts
    double to = 1;        // and before the next
    double seen = 0;      // and before what was counted last
    bool begun = false;   // to be counted
  };
  // What was counted, of the parts in their order.
  struct Counted {
    size_t parts = 0;   // all of these
    bool over = false;  // nothing more is to be counted
    bool surprised = false;
    bool whole = true;  // those parts are exhausted
    uint64_t walked = 0;
    ReducedSearch::Caveats caveats;
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
  // Counts what is there and follows what was counted.
  void Count();
  // Whether all of them were counted.
  bool CountRecords(Part& part);
  void CountEnd(Part& part, bool all);
  // Nothing more is needed.
  void EndCounting();
  JobsFound Found();

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
  size_t last_ = SIZE_MAX;    // no part after it is needed
  bool whole_alone_ = false;  // one worker does all of it
  uint64_t before_walk_ = 0;  // runs that choosing the levels cost
  uint64_t ahead_ = 0;        // records that are there and not counted
  Counted counted_;
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

absl::Status Splitting::StartPart(SplitWalk* walk) {
  if (absl::Status status = WaitForFewer(ahead_ > kAheadMost ? 1 : jobs_); !status.ok()) return status;
  if (parts_.size() > last_) return absl::OkStatus();
  const absl::Status status = workers_.Start(parts_.size(), [&](PartSlot& slot, WorkerChannel& channel) {
    if (walk != nullptr) walk->Descend();
    RunPart(scheduler_, program_, walk != nullptr ? walk->search() : whole_, walk, workers_.board(), slot, channel,
            options_.seed, options_.executions);
  });
  if (status.ok()) parts_.emplace_back().walked = walked_;
  return status;
}

absl::Status Splitting::WaitForFewer(size_t most) {
  const auto ended = [this](uint64_t part, PartFound found, const PartSlot& slot) {
    Take(static_cast<size_t>(part), std::move(found), slot);
  };
  return workers_.WaitForFewer(most, ended, [this](uint64_t) { Count(); });
}

void Splitting::Take(size_t index, PartFound found, const PartSlot& slot) {
  Part& part = parts_[index];
  part.found = std::move(found);
  ahead_ += part.found.records.size();
  part.done = true;
  part.exhausted = slot.exhausted;
  // One that begins again is run whole; those of the walk were in each of its parts.
  if (whole_alone_) part.restarts = slot.restarts;
  part.caveats = slot.caveats;
  part.surprised = slot.surprised && !whole_alone_;
  if (part.surprised || part.found.end) KillAfter(index);
  Count();
}

void Splitting::NoteWalked(const Execution& execution) {
  Part& part = parts_.emplace_back();
  part.walked = walked_;
  part.done = part.exhausted = true;
  part.found.records.push_back(
      {execution.outcome.skips ? 0 : hash_.Of(execution), execution.steps, 0, execution.contested});
  ++ahead_;
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
    Count();
  }
  if (absl::Status status = WaitForFewer(1); !status.ok()) return status;
  Count();
  return absl::OkStatus();
}

absl::Status Splitting::RunUnsplit(std::string why) {
  // Nothing that was counted holds, and how far the walk came is chance.
  found_ = JobsFound();
  found_.blocked = before_walk_;
  found_.unsplit = std::move(why);
  coverage_ = Coverage();
  counted_ = Counted();
  ahead_ = 0;
  whole_alone_ = true;
  walked_ = 0;
  last_ = SIZE_MAX;
  parts_.clear();
  if (absl::Status status = StartPart(nullptr); !status.ok()) return status;
  walked_all_ = true;
  return WaitForFewer(1);
}

bool Splitting::CountRecords(Part& part) {
  std::vector<PartRecord>& records = part.found.records;
  size_t counted = 0;
  for (; counted < records.size() && found_.executions < options_.executions; ++counted) {
    part.found.Count(counted, found_, coverage_);
    part.seen = records[counted].progress;
  }
  if (part.done) ahead_ -= records.size();
  const bool all = counted == records.size();
  records = {};
  return all;
}

// As far as all before it is done, it has come as far as the search says; of what is left beyond, parts count what they
// have seen of their own.
void Splitting::CountEnd(Part& part, bool all) {
  const bool whole = part.exhausted && all;
  const double at = whole ? part.to : std::max(part.from, part.seen);
  found_.progress = counted_.whole ? at : found_.progress + at - part.from;
  counted_.whole = counted_.whole && whole;
  counted_.caveats |= part.caveats;
  found_.restarts += part.restarts;
  ++counted_.parts;
}

void Splitting::EndCounting() {
  counted_.over = true;
  last_ = 0;
  workers_.KillIf([](uint64_t) { return true; });
}

void Splitting::Count() {
  while (counted_.parts < parts_.size() && !counted_.over) {
    Part& part = parts_[counted_.parts];
    // As many as are asked for, and there are more.
    if (!part.begun && found_.executions == options_.executions) return EndCounting();
    if (part.surprised) {
      counted_.surprised = true;
      return EndCounting();
    }
    part.begun = true;
    counted_.walked = part.walked;
    if (!part.done) part.found = workers_.TakeSoFar(counted_.parts);
    const bool all = CountRecords(part);
    if (!part.done && all) return;
    CountEnd(part, all);
    if (!all || found_.end) return EndCounting();
  }
}

JobsFound Splitting::Found() {
  const bool given_up = workers_.board().given_up();
  const bool exhausted = walked_all_ && !given_up && !counted_.over && counted_.whole;
  found_.blocked += exhausted ? walked_ : counted_.walked;
  if (exhausted) {
    const bool reduced = dynamic_cast<const ReducedSearch*>(&whole_) != nullptr;
    const bool coarse = options_.settings.interleaving != Interleaving::kOperation;
    found_.claim = reduced && !coarse ? ReducedSearch::ClaimOf(counted_.caveats) : whole_.Strategy::Claim();
  }
  workers_.TellTime(found_);
  return std::move(found_);
}

absl::StatusOr<JobsFound> Splitting::Run() {
  const uint32_t levels = ChooseLevels();
  before_walk_ = found_.blocked;
  const std::string too_few =
      workers_.board().given_up() ? "" : "an execution has no second choice, and the search is split after the first";
  absl::Status status = levels == 0 ? RunUnsplit(too_few) : Walk(levels);
  if (status.ok() && counted_.surprised) {
    status = RunUnsplit(
        "to split a search it must be known what steps do, and one did in a part of it what it did nowhere before");
  }
  if (!status.ok()) return status;
  return Found();
}

}  // namespace

std::vector<std::string> SplitStrategies() {
  std::vector<std::string> names = WalkedStrategies();
  names.insert(names.end(), {"delay_bounded", "preemption_bounded", "bounded_dpor"});
  return names;
}

absl::StatusOr<JobsFound> SplitSearch(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                      uint32_t jobs, CrashGuard& guard, Coverage& coverage, uint64_t room) {
  absl::StatusOr<std::unique_ptr<Strategy>> whole = MakeStrategy(options.strategy, options.seed);
  if (!whole.ok()) return whole.status();
  auto workers = PartWorkers::Make(jobs, options, guard, room);
  if (!workers.ok()) return workers.status();
  if (auto* bounded = dynamic_cast<BoundedSearch*>(whole->get())) {
    return SplitBounded(*bounded, scheduler, program, options, jobs, **workers, coverage);
  }
  if (dynamic_cast<BoundedDpor*>(whole->get()) != nullptr) {
    return SplitDporBounds(scheduler, program, options, jobs, **workers, coverage);
  }
  return Splitting(scheduler, program, **whole, options, jobs, **workers, coverage).Run();
}

}  // namespace fate::sim
