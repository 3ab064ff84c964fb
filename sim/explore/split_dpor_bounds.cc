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

class Splitting {
 public:
  Splitting(Scheduler& scheduler, Program program, const ExploreOptions& options, uint32_t jobs, PartWorkers& workers,
            Coverage& coverage)
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
    PartFound found;
    bool done = false;
    bool exhausted = false;
    bool left_out = false;  // something, which a later bound has
    ReducedSearch::Caveats caveats;
  };

  absl::Status Start();
  absl::Status WaitForFewer(size_t most);
  void Take(size_t bound, PartFound found, const PartSlot& slot);
  // No bound after it is needed.
  void EndAfter(size_t bound);
  JobsFound Count();

  Scheduler& scheduler_;
  Program program_;
  const ExploreOptions& options_;
  uint32_t jobs_;
  PartWorkers& workers_;
  Coverage& coverage_;
  std::vector<Bound> bounds_;
  size_t last_ = SIZE_MAX;  // that is needed
};

absl::Status Splitting::Start() {
  const uint64_t bound = bounds_.size();
  const absl::Status status = workers_.Start(bound, [&](PartSlot& slot) {
    BoundedDpor search(static_cast<uint32_t>(bound));
    RunPart(scheduler_, program_, search, nullptr, workers_.board(), slot, options_.seed, options_.executions);
    slot.left_out = search.cut();
  });
  if (status.ok()) bounds_.emplace_back();
  return status;
}

absl::Status Splitting::WaitForFewer(size_t most) {
  return workers_.WaitForFewer(most, [this](uint64_t bound, PartFound found, const PartSlot& slot) {
    Take(static_cast<size_t>(bound), std::move(found), slot);
  });
}

void Splitting::Take(size_t index, PartFound found, const PartSlot& slot) {
  Bound& bound = bounds_[index];
  bound.found = std::move(found);
  bound.done = true;
  bound.exhausted = slot.exhausted;
  bound.left_out = slot.left_out;
  bound.caveats = slot.caveats;
  if (!bound.exhausted || !bound.left_out) EndAfter(index);
  uint64_t executions = 0;
  for (size_t i = 0; i < bounds_.size() && bounds_[i].done; ++i) {
    executions += bounds_[i].found.records.size();
    if (executions >= options_.executions) return EndAfter(i);
  }
}

void Splitting::EndAfter(size_t bound) {
  last_ = std::min(last_, bound);
  workers_.KillIf([this](uint64_t running) { return running > last_; });
}

JobsFound Splitting::Count() {
  JobsFound found;
  ReducedSearch::Caveats caveats;
  for (size_t i = 0; i < bounds_.size() && i <= last_; ++i) {
    Bound& bound = bounds_[i];
    const std::vector<PartRecord>& records = bound.found.records;
    const uint64_t left = options_.executions - found.executions;
    const size_t counted = static_cast<size_t>(std::min<uint64_t>(left, records.size()));
    for (size_t record = 0; record < counted; ++record) bound.found.Count(record, found, coverage_);
    caveats |= bound.caveats;
    if (!bound.exhausted || counted < records.size() || found.end) break;
    if (!bound.left_out) found.claim = ReducedSearch::ClaimOf(caveats);
  }
  workers_.TellTime(found);
  return found;
}

absl::StatusOr<JobsFound> Splitting::Run() {
  while (bounds_.empty() || !workers_.GivenUp()) {
    if (absl::Status status = WaitForFewer(jobs_); !status.ok()) return status;
    if (bounds_.size() > last_) break;
    if (absl::Status status = Start(); !status.ok()) return status;
  }
  if (absl::Status status = WaitForFewer(1); !status.ok()) return status;
  return Count();
}

}  // namespace

absl::StatusOr<JobsFound> SplitDporBounds(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                          uint32_t jobs, PartWorkers& workers, Coverage& coverage) {
  return Splitting(scheduler, program, options, jobs, workers, coverage).Run();
}

}  // namespace fate::sim
