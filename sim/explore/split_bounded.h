// SplitBounded: a search by increasing bound by several processes, which finds what one would have found.
//
// What a bound runs are branches of the executions of the bounds before it (fate/sim/strategies/bounded_search.h), and
// what is free below each; none depends on another of the same bound. So the parent hands them out, and the workers
// bring back, besides the records, the executions that later bounds branch off from. When all of a bound are there, in
// their order, the next one begins. There is no walk, and nothing is run again but what one process runs again: the
// report is that of one process, whatever the number of processes, and however the parts were cut.
//
//   * A part is some branches that follow each other. How many, and how many executions it may take, grows with what
//     has been run, since a fork costs more the more the parent has in memory.
//   * What a part has not done then goes back, as a part of its own. A branch that alone has as much below it is cut
//     up: so bound 0, and programs in which all is free, are shared too.
//   * A crash in a worker is a finding, as in jobs.h.
//
// The memory is that of one process: the parent has what later bounds need. A fork for each part; nobody works while
// the last parts of a bound end. Tested by tests/explore/split_bounded_test.cc.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sim/explore/part_workers.h"
#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

// As SearchInJobs; `search`: new.
absl::StatusOr<JobsFound> SplitBounded(BoundedSearch& search, Scheduler& scheduler, Program program,
                                       const ExploreOptions& options, uint32_t jobs, PartWorkers& workers,
                                       Coverage& coverage);

}  // namespace fate::sim
