#include "fate/sim/explore/split_dpor_bounds.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fate/sim/explore/part_worker.h"
#include "fate/sim/race/reduced_search.h"
#include "fate/sim/strategies/bounded_dpor.h"

namespace fate::sim {

namespace {

class BoundsBeside {
 public:
  BoundsBeside(Scheduler& scheduler, Program program, const ExploreOptions& options, uint32_t jobs,
               PartWorkers& workers, Coverage& coverage)
      : scheduler_(scheduler),
        program_(program),
        options_(options),
        jobs_(jobs),
        workers_(workers),
        coverage_(coverage) {}

  absl::StatusOr<JobsFound> Run();

 private:
  // By its number.
  struct Bound {
    PartFound found;  // not counted yet
    bool done = false;
    bool exhausted = false;
    bool left_out = false;  // something, which a later bound has
    ReducedSearch::Caveats caveats;
    Strategy::Restarts restarts;
  };

  absl::Status Start();
  absl::Status WaitForFewer(size_t most);
  void Take(size_t bound, PartFound found, const PartSlot& slot);
  // No bound after it is needed.
  void EndAfter(size_t bound);
  // What is there, in order.
  void Count();
  // Whether all that is there of it was.
  bool CountRecords(Bound& bound);

  Scheduler& scheduler_;
  Program program_;
  const ExploreOptions& options_;
  uint32_t jobs_;
  PartWorkers& workers_;
  Coverage& coverage_;
  std::vector<Bound> bounds_;
  size_t last_ = SIZE_MAX;  // that is needed
  size_t counted_ = 0;      // bounds, to their end
  bool over_ = false;       // nothing more is to be counted
  ReducedSearch::Caveats caveats_;
  JobsFound found_;
};

absl::Status BoundsBeside::Start() {
  const uint64_t bound = bounds_.size();
  const absl::Status status = workers_.Start(bound, [&](PartSlot& slot, WorkerChannel& channel) {
    BoundedDpor search(static_cast<uint32_t>(bound));
    RunPart(scheduler_, program_, search, nullptr, workers_.board(), slot, channel, options_.seed, options_.executions);
    slot.left_out = search.cut();
  });
  if (status.ok()) bounds_.emplace_back();
  return status;
}

absl::Status BoundsBeside::WaitForFewer(size_t most) {
  const auto ended = [this](uint64_t bound, PartFound found, const PartSlot& slot) {
    Take(static_cast<size_t>(bound), std::move(found), slot);
  };
  return workers_.WaitForFewer(most, ended, [this](uint64_t) { Count(); });
}

void BoundsBeside::Take(size_t index, PartFound found, const PartSlot& slot) {
  Bound& bound = bounds_[index];
  bound.found = std::move(found);
  bound.done = true;
  bound.exhausted = slot.exhausted;
  bound.left_out = slot.left_out;
  bound.caveats = slot.caveats;
  bound.restarts = slot.restarts;
  if (!bound.exhausted || !bound.left_out) EndAfter(index);
  Count();
}

void BoundsBeside::EndAfter(size_t bound) {
  last_ = std::min(last_, bound);
  workers_.KillIf([this](uint64_t running) { return running > last_; });
}

bool BoundsBeside::CountRecords(Bound& bound) {
  std::vector<PartRecord>& records = bound.found.records;
  size_t counted = 0;
  for (; counted < records.size() && found_.executions < options_.executions; ++counted) {
    bound.found.Count(counted, found_, coverage_);
  }
  const bool all = counted == records.size();
  records = {};
  return all;
}

void BoundsBeside::Count() {
  while (counted_ < bounds_.size() && !over_) {
    Bound& bound = bounds_[counted_];
    if (!bound.done) bound.found = workers_.TakeSoFar(counted_);
    const bool all = CountRecords(bound);
    if (!bound.done && all) return;
    caveats_ |= bound.caveats;
    found_.restarts += bound.restarts;
    const bool whole = all && bound.exhausted && !found_.end;
    if (whole && !bound.left_out) {
      const bool coarse = options_.settings.interleaving != Interleaving::kOperation;
      found_.claim = coarse ? BoundedDpor().Strategy::Claim() : ReducedSearch::ClaimOf(caveats_);
    }
    over_ = !whole || !bound.left_out || found_.executions == options_.executions;
    ++counted_;
  }
  if (!over_) return;
  last_ = 0;
  workers_.KillIf([](uint64_t) { return true; });
}

absl::StatusOr<JobsFound> BoundsBeside::Run() {
  while (bounds_.empty() || !workers_.GivenUp()) {
    if (absl::Status status = WaitForFewer(jobs_); !status.ok()) return status;
    if (bounds_.size() > last_) break;
    if (absl::Status status = Start(); !status.ok()) return status;
  }
  if (absl::Status status = WaitForFewer(1); !status.ok()) return status;
  workers_.TellTime(found_);
  return std::move(found_);
}

}  // namespace

absl::StatusOr<JobsFound> SplitDporBounds(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                          uint32_t jobs, PartWorkers& workers, Coverage& coverage) {
  return BoundsBeside(scheduler, program, options, jobs, workers, coverage).Run();
}

}  // namespace fate::sim
