#include "fate/sim/explore/split_bounded.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fate/sim/explore/part_worker.h"

namespace fate::sim {

namespace {

using Branch = BoundedSearch::Part;
using Turn = BoundedSearch::Turn;

// How many executions, and branches, a part has at first and at most: what begins a process is not to cost more than
// they do; what is left to do at the end of a bound is not to wait for one.
constexpr uint64_t kLeast = 64;
constexpr uint64_t kMost = 16'384;
// How many choices the branches of a part have in all: they are kept in memory.
constexpr size_t kTurnsMost = size_t{1} << 20;

// --- what a worker says: paths, as words of a slot -------------------------------------------

static_assert(sizeof(Turn) == sizeof(uint64_t));

class WordWriter {
 public:
  explicit WordWriter(PartSlot& slot) : slot_(slot) {}

  // Two numbers and a path. False: there is no room.
  bool Write(uint64_t first, uint64_t second, const std::vector<Turn>& path) {
    if (path.size() + 3 > PartSlot::kWordsMost - slot_.words) return false;
    uint64_t* word = slot_.word + slot_.words;
    word[0] = first;
    word[1] = second;
    word[2] = path.size();
    if (!path.empty()) std::memcpy(word + 3, path.data(), path.size() * sizeof(Turn));
    slot_.words += path.size() + 3;
    return true;
  }
  bool half_full() const { return slot_.words > PartSlot::kWordsMost / 2; }

 private:
  PartSlot& slot_;
};

class WordReader {
 public:
  explicit WordReader(const PartSlot& slot) : slot_(slot) {}

  bool at_end() const { return at_ == slot_.words; }
  std::vector<Turn> Read(uint64_t& first, uint64_t& second) {
    const uint64_t* word = slot_.word + at_;
    first = word[0];
    second = word[1];
    std::vector<Turn> path(word[2]);
    if (!path.empty()) std::memcpy(path.data(), word + 3, path.size() * sizeof(Turn));
    at_ += path.size() + 3;
    return path;
  }

 private:
  const PartSlot& slot_;
  uint64_t at_ = 0;
};

// Stands for `reach` where a word says what is left of a branch.
constexpr uint64_t kRest = 0;

// --- a worker --------------------------------------------------------------------------------

// Runs the branches, and stops early after `most` executions: between two branches, or in one that has as many.
void RunBranches(PartRuns& runs, BoundedSearch& search, const std::vector<Branch>& branches, uint64_t most,
                 PartBoard& board, PartSlot& slot) {
  WordWriter writer(slot);
  for (const Branch& branch : branches) {
    search.Descend(branch);
    uint64_t own = 0;
    for (bool more = true; more;) {
      if (slot.count > 0 && board.given_up()) return;
      const Execution& execution = runs.Run();
      if (slot.skips || !execution.outcome.passed()) return;
      more = search.EndExecution(execution);
      if (const std::optional<BoundedSearch::Run> run = search.Leave()) {
        slot.no_room = !writer.Write(run->reach, run->from, run->path);
      }
      if (more && (++own >= most || writer.half_full())) {
        const Branch rest = search.Rest();
        slot.no_room = slot.no_room || !writer.Write(kRest, rest.floor, rest.path);
        return;
      }
      if (slot.no_room) return;
    }
    ++slot.ended;
    if (slot.count >= most || writer.half_full()) return;
  }
}

// --- the parent ------------------------------------------------------------------------------

class BoundedSplitting {
 public:
  BoundedSplitting(BoundedSearch& search, Scheduler& scheduler, Program program, const ExploreOptions& options,
                   uint32_t jobs, PartWorkers& workers, Coverage& coverage)
      : search_(search),
        scheduler_(scheduler),
        program_(program),
        options_(options),
        jobs_(jobs),
        workers_(workers),
        coverage_(coverage) {}

  absl::StatusOr<JobsFound> Run();

 private:
  struct Part {
    uint64_t number = 0;
    std::vector<Branch> branches;
    enum { kWaits, kRuns, kDone } state = kWaits;
    PartFound found;
    std::vector<BoundedSearch::Run> left;  // for later bounds
  };
  using Place = std::list<Part>::iterator;

  // How large a part is: there are to be eight for each process while as much is run as was run before.
  uint64_t Size() const { return std::clamp(made_ / (8 * jobs_), kLeast, kMost); }
  // Whether all of it was run; if not, the search is over or was given up.
  absl::StatusOr<bool> RunBound();
  // The first that waits; a new one if there is none; the end: nothing is left to begin.
  Place NextPart();
  Place Add(Place before, std::vector<Branch> branches);
  // The branches that come next, as many as a part has.
  std::vector<Branch> NextBranches();
  absl::Status Start(Part& part);
  void Take(uint64_t number, PartFound found, const PartSlot& slot);
  // What `slot` says is not done of it goes behind it.
  void PutBack(Place part, const PartSlot& slot, std::optional<Branch> rest);
  // Nothing after it is needed.
  void EndAfter(Place part);
  // Counts what is done, in order, up to a part that is not, or, if the search was given up, all.
  void Count();

  BoundedSearch& search_;
  Scheduler& scheduler_;
  Program program_;
  const ExploreOptions& options_;
  uint32_t jobs_;
  PartWorkers& workers_;
  Coverage& coverage_;
  std::list<Part> parts_;   // of the bound, in order; those that were counted are gone
  uint64_t number_ = 0;     // of the next part
  uint64_t made_ = 0;       // executions so far, in any order
  bool all_begun_ = false;  // no branch of the bound is left that is not in a part
  bool over_ = false;       // the search has found its end
  bool no_room_ = false;
  JobsFound found_;
};

std::vector<Branch> BoundedSplitting::NextBranches() {
  std::vector<Branch> branches;
  size_t turns = 0;
  while (branches.size() < Size() && turns < kTurnsMost) {
    std::optional<Branch> branch = search_.NextPart();
    if (!branch) {
      all_begun_ = true;
      break;
    }
    turns += branch->path.size();
    branches.push_back(*std::move(branch));
  }
  return branches;
}

BoundedSplitting::Place BoundedSplitting::Add(Place before, std::vector<Branch> branches) {
  const Place part = parts_.emplace(before);
  part->number = number_++;
  part->branches = std::move(branches);
  return part;
}

BoundedSplitting::Place BoundedSplitting::NextPart() {
  const auto waits = [](const Part& part) { return part.state == Part::kWaits; };
  const Place waiting = std::find_if(parts_.begin(), parts_.end(), waits);
  if (waiting != parts_.end() || all_begun_) return waiting;
  std::vector<Branch> branches = NextBranches();
  if (branches.empty()) return parts_.end();
  return Add(parts_.end(), std::move(branches));
}

absl::Status BoundedSplitting::Start(Part& part) {
  part.state = Part::kRuns;
  return workers_.Start(part.number, [&](PartSlot& slot, WorkerChannel& channel) {
    PartRuns runs(scheduler_, program_, search_, slot, channel, options_.seed);
    RunBranches(runs, search_, part.branches, Size(), workers_.board(), slot);
  });
}

void BoundedSplitting::Take(uint64_t number, PartFound found, const PartSlot& slot) {
  const Place part =
      std::find_if(parts_.begin(), parts_.end(), [number](const Part& one) { return one.number == number; });
  part->state = Part::kDone;
  part->found = std::move(found);
  made_ += part->found.records.size();
  no_room_ = no_room_ || slot.no_room;
  if (part->found.end) {
    EndAfter(part);
  } else {
    std::optional<Branch> rest;
    for (WordReader reader(slot); !reader.at_end();) {
      uint64_t reach = 0;
      uint64_t from = 0;
      std::vector<Turn> path = reader.Read(reach, from);
      if (reach == kRest) {
        rest = {std::move(path), from};
      } else {
        part->left.push_back({std::move(path), from, search_.bound(), static_cast<uint32_t>(reach)});
      }
    }
    PutBack(part, slot, std::move(rest));
  }
  part->branches.clear();
  Count();
}

void BoundedSplitting::PutBack(Place part, const PartSlot& slot, std::optional<Branch> rest) {
  const Place behind = std::next(part);
  uint64_t ended = slot.ended;
  if (rest) {
    ++ended;
    for (Branch& cut : BoundedSearch::Cut(*rest, search_.bound())) Add(behind, {std::move(cut)});
  }
  if (ended == part->branches.size()) return;
  Add(behind, {part->branches.begin() + static_cast<std::ptrdiff_t>(ended), part->branches.end()});
}

void BoundedSplitting::EndAfter(Place part) {
  all_begun_ = true;
  workers_.KillIf([&](uint64_t running) {
    return std::any_of(std::next(part), parts_.end(), [running](const Part& one) { return one.number == running; });
  });
  parts_.erase(std::next(part), parts_.end());
}

void BoundedSplitting::Count() {
  const bool given_up = workers_.board().given_up();
  while (!over_ && !parts_.empty() && (parts_.front().state == Part::kDone || (given_up && workers_.running() == 0))) {
    Part& part = parts_.front();
    for (size_t i = 0; i < part.found.records.size() && !over_; ++i) {
      // One more than are asked for: there are more.
      over_ = found_.executions == options_.executions;
      if (!over_) part.found.Count(i, found_, coverage_);
      over_ = over_ || found_.end.has_value();
    }
    for (const BoundedSearch::Run& run : part.left) search_.BringBack(run);
    if (over_) EndAfter(parts_.begin());
    parts_.pop_front();
  }
}

absl::StatusOr<bool> BoundedSplitting::RunBound() {
  const auto ended = [this](uint64_t number, PartFound found, const PartSlot& slot) {
    Take(number, std::move(found), slot);
  };
  for (;;) {
    while (workers_.running() < jobs_ && (made_ == 0 || !workers_.GivenUp())) {
      const Place part = NextPart();
      if (part == parts_.end()) break;
      if (absl::Status status = Start(*part); !status.ok()) return status;
    }
    if (workers_.running() == 0) break;
    if (absl::Status status = workers_.WaitForFewer(workers_.running(), ended); !status.ok()) return status;
    if (no_room_) {
      return absl::ResourceExhaustedError(
          "our limit: an execution of the search has more choices than a worker process has room for; use "
          "--fate_jobs=1");
    }
  }
  const bool all = all_begun_ && parts_.empty() && !over_;
  Count();
  return all;
}

absl::StatusOr<JobsFound> BoundedSplitting::Run() {
  Add(parts_.end(), {Branch()});  // all of bound 0
  all_begun_ = true;
  for (;;) {
    const absl::StatusOr<bool> all = RunBound();
    if (!all.ok()) return all.status();
    if (!*all) break;
    if (!search_.NextBound()) {
      found_.claim = search_.Claim();
      break;
    }
    all_begun_ = false;
  }
  workers_.TellTime(found_);
  return found_;
}

}  // namespace

absl::StatusOr<JobsFound> SplitBounded(BoundedSearch& search, Scheduler& scheduler, Program program,
                                       const ExploreOptions& options, uint32_t jobs, PartWorkers& workers,
                                       Coverage& coverage) {
  return BoundedSplitting(search, scheduler, program, options, jobs, workers, coverage).Run();
}

}  // namespace fate::sim
