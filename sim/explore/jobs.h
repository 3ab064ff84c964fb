// SearchInJobs: a search by several processes, which finds what one would have found.
//
//   Usage:
//     ExploreOptions options;
//     options.jobs = 0;                       // a worker process for each core; in a test: --fate_jobs=0
//     Report report = Explore(Program(), options);
//
// Example: tests/examples/jobs_example_test.cc
//
// The executions of a search are numbered, and what each does is a function of the seed, its number, and what was
// learned in earlier rounds (fate/sim/strategies/numbered.h). So for a fixed number of executions the result is the
// same for any number of processes, one included; only time, and what time ends early, differs.
//
//   * One worker process a job, forked without exec: the program under test is there as it stands. Each has a copy of
//     the strategy, and all copies stay the same: each learns from all executions in the order of their numbers,
//     whoever made them.
//   * In a round each worker takes the next number that nobody has taken, until there is none. What goes on from one
//     execution to the next (the systematic search within the portfolio) is made by the first worker.
//   * Results lie in shared memory (job_board.h): the trace, for those that learn from it, its canonical number, the
//     choices. What goes over the channel is a byte: go, done. When all are done the parent counts, in the order of
//     numbers, while the workers learn and make the next round.
//   * The first execution by number that does not pass is the one that is reported, whoever was first by the clock:
//     who finds one sees to it that nothing with a higher number is begun. The parent runs it again from its choices,
//     to shrink and to tell it; if it goes otherwise there, the program is not deterministic.
//   * A crash, of any kind (a signal, a sanitizer, an exit, a step without end), ends its worker. The parent sees that
//     the channel is closed, finds the number and the choices so far in shared memory, and has a finding like any
//     other, Crashed, with its schedule; the others make the executions with lower numbers. It is not run again.
//
// What is not shared: the memory of the program (static counters and caches are those of each worker: no result may
// depend on them, as in one process), what it prints (it comes in any order), GoogleTest's results outside a SIM_TEST.
//
// What it costs: a round is as long as its slowest worker, and learning is done by each, which bounds what the
// portfolio and strategies that learn from traces gain.
//
// For strategies that are Numbered: those that sample, and the portfolio; systematic searches are split otherwise
// (split_search.h). REQUIRES that no other thread holds a lock the program needs: it is
// forked. Linux. Tested by tests/explore/jobs_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "fate/sim/core/crash.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/options.h"

namespace fate::sim {

// More are refused: they are asked for by mistake.
constexpr uint32_t kJobsMost = 256;

// The execution that ended a search.
struct JobEnd {
  uint64_t number = 0;
  Outcome outcome;
  Schedule schedule;        // with its draws
  uint64_t trace_hash = 0;  // 0: not known
  std::string difference;   // a second run of the same choices differed: how; it passed
  bool crashed = false;     // it took its process with it
};

struct JobsFound {
  uint64_t executions = 0;  // up to the one that ended it
  uint64_t steps = 0;
  uint64_t again = 0;  // of them were made before: Strategy::runs_again
  bool contested = false;
  double progress = 0;
  Strategy::Restarts restarts;
  std::string claim;  // "": not exhausted
  bool capped = false;
  bool interrupted = false;
  absl::Duration elapsed;
  uint64_t blocked = 0;        // of a systematic search: runs that splitting it cost besides (split_search.h)
  std::string unsplit;         // the same: why it could not be split; "": it was
  std::optional<JobEnd> end;   // one that did not pass, or skipped
  std::optional<JobEnd> last;  // the last, if it is to be told
};

// The process that ended so, `how`, ran nothing of the program.
absl::Status EndedIdle(const std::string& how);

struct JobNote;
// What a process left that ended so, in the middle of an execution; without its number.
JobEnd CrashOf(const JobNote& note, const std::string& how, const ExploreOptions& options);

// How many processes `jobs` stands for: 0 is the number of cores. Errors say what to do.
absl::StatusOr<uint32_t> JobsOf(uint64_t jobs);

// Notes what the executions saw in `coverage`. REQUIRES: the strategy is Numbered; jobs >= 1; `scheduler` is set up for
// the search. Errors: our limit.
absl::StatusOr<JobsFound> SearchInJobs(Scheduler& scheduler, Program program, const ExploreOptions& options,
                                       uint32_t jobs, CrashGuard& guard, Coverage& coverage);

}  // namespace fate::sim
