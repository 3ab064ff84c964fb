// SplitSearch: a systematic search by several processes.
//
// delay_bounded and preemption_bounded are split bound by bound (split_bounded.h), the bounds of bounded_dpor are run
// beside each other (split_dpor_bounds.h): their report is that of one process.
//
// Of the others the first levels of the tree are expanded fully, in searches with reduction with sleep sets, and each
// prefix that is left is a part of its own (fate/sim/strategies/split_reduced.h, split_depth_first.h). The parent walks
// the prefixes, and ends each execution where a part begins; there it forks, so that the worker has the path, the sleep
// sets and the footprints as they stand, and needs nothing else. No complete trace is run twice; the walk is reported
// as blocked runs, and what runs into sleeping tasks is among the executions that repeat a trace.
//
//   * How deep the levels are does not depend on how many processes there are: deep enough for kParts parts, or as deep
//     as no execution ends above.
//   * A part may run ahead of those before it as far as there is room for what it comes to: then it waits.
//   * Parts are counted in the order of the walk, and the executions of a part in order, so the report is the same for
//     any number of processes from two on. One process runs depth_first and sleep_sets in the same order, so its report
//     is the same too, but for the walk, which it does without. It runs source_dpor and optimal_dpor as they are, in
//     another order and without blocked runs, so it may find another failure first; traces and claim are the same.
//   * How far a search has come that is ended early is the sum of what its parts have seen, each by the share of the
//     tree that the walk gives it.
//   * A step that does something inside it that it was never seen to do may belie the sleep sets of the walk: then the
//     parts are dropped, and one worker searches all of it.
//   * A crash in a worker is a finding, as in jobs.h. The walk is made by the parent: a crash within the first levels
//     ends it with its schedule, as in one process.
//
// For SplitStrategies(). Tested by tests/explore/split_search_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sim/explore/part_board.h"

namespace fate::sim {

// How many parts there are to be at least: enough for many processes, though some parts are much larger than others.
constexpr uint64_t kParts = 32;

// The systematic searches that can be split.
std::vector<std::string> SplitStrategies();

// As SearchInJobs; `room`: for so many records a worker may run ahead.
absl::StatusOr<JobsFound> SplitSearch(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                      uint32_t jobs, CrashGuard& guard, Coverage& coverage,
                                      uint64_t room = PartSlot::kRecordsMost);

}  // namespace fate::sim
