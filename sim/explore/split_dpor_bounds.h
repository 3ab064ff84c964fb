// SplitDporBounds: bounded_dpor by several processes: each bound is a part, the next ones begin while one is run.
//
// What a bound runs is planned by the races of that bound, so it is not cut up; but it needs nothing of the bounds
// before: it runs their traces again (fate/sim/strategies/bounded_dpor.h). So a worker is given a bound, as many bounds
// are run at a time as there are jobs, and those beyond the first that leaves nothing out are ended at once. Bounds are
// counted in order: the report is that of one process, for any number of processes, unless steps do something inside,
// which each bound has to learn anew. It takes as long as its longest bound: where each has twice as many executions as
// the one before, half of the time. A crash in a worker is a finding, as in jobs.h.
//
// Tested by tests/explore/split_dpor_bounds_test.cc.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sim/explore/part_workers.h"

namespace fate::sim {

// As SearchInJobs.
absl::StatusOr<JobsFound> SplitDporBounds(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                          uint32_t jobs, PartWorkers& workers, Coverage& coverage);

}  // namespace fate::sim
