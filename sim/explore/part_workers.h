// PartWorkers: the worker processes of a search that is split into parts: as many at a time as there are jobs, a
// process for each part.
//
//   if (absl::Status status = workers.WaitForFewer(jobs, ended); !status.ok()) return status;
//   workers.Start(part, [&](PartSlot& slot, WorkerChannel& channel) { RunPart(...); });   // forked: all as it stands
//   ...
//   workers.WaitForFewer(1, ended);
//
// Each time one has ended, `ended` is told what came of it; it may let others go. Parts are numbers to whoever starts
// them. What a part comes to may be more than there is room for: then it waits until that was taken (TakeSoFar).
// Tested by tests/explore/part_workers_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "fate/sim/core/crash.h"
#include "fate/sim/explore/budget.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/interrupt.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sim/explore/part_board.h"
#include "fate/sim/explore/worker_process.h"

namespace fate::sim {

// What the executions of a part came to.
struct PartFound {
  std::vector<PartRecord> records;
  std::optional<JobEnd> end;  // what the last of them is, if it did not pass

  // Counts execution `index` as the next one of the search.
  void Count(size_t index, JobsFound& found, Coverage& coverage);
};

class PartWorkers {
 public:
  using Ended = absl::FunctionRef<void(uint64_t part, PartFound found, const PartSlot& slot)>;
  // Its slot is full.
  using Full = absl::FunctionRef<void(uint64_t part)>;

  // Errors: our limit.
  static absl::StatusOr<std::unique_ptr<PartWorkers>> Make(uint32_t jobs, const ExploreOptions& options,
                                                           CrashGuard& guard, uint64_t room = PartSlot::kRecordsMost);

  PartBoard& board() { return *board_; }
  size_t running() const;
  // REQUIRES: fewer run than there are jobs.
  absl::Status Start(uint64_t part, absl::FunctionRef<void(PartSlot&, WorkerChannel&)> work);
  // Waits until fewer than `most` run, or none. One whose slot is full is one of them, and waits itself until somebody
  // calls TakeSoFar; when the search is given up it ends with what it has.
  absl::Status WaitForFewer(size_t most, Ended ended, Full full = [](uint64_t) {});
  // If the slot of that part is full: what it came to since it was taken last, and it goes on; from then on with less
  // room, since nobody lets it run ahead any more. Else: no records.
  PartFound TakeSoFar(uint64_t part);
  // Ends those at once that run such a part.
  void KillIf(absl::FunctionRef<bool(uint64_t part)> needless);
  // Whether time is over, or the user does not want to wait: then no worker begins another execution.
  bool GivenUp();
  // At the end: how it was given up, if it was before it came to its end, and how long it took.
  void TellTime(JobsFound& found);

 private:
  struct Worker {
    std::unique_ptr<WorkerProcess> process;  // null: idle
    uint64_t part = 0;
    bool waits = false;  // its slot is full
  };

  PartWorkers(uint32_t jobs, const ExploreOptions& options, CrashGuard& guard)
      : options_(options), guard_(guard), budget_(options.executions, options.budget), workers_(jobs) {}
  absl::Status Hear(uint32_t index, Ended ended, Full full);
  // Ends those that wait.
  void EndWaiting(Ended ended);
  PartFound Take(const PartSlot& slot, const std::string& died) const;

  const ExploreOptions& options_;
  CrashGuard& guard_;
  Budget budget_;
  InterruptGuard interrupt_;
  std::unique_ptr<PartBoard> board_;
  std::vector<Worker> workers_;
};

}  // namespace fate::sim
