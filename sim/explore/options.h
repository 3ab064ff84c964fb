// ExploreOptions: what to search, how long, and what to print.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fate/sim/core/settings.h"
#include "fate/sim/core/strategy.h"

namespace fate::sim {

class Coverage;
extern const Coverage& kNothingNoted;

struct ExploreOptions {
  // Not an aggregate, on purpose: g++ 12 destroys twice an aggregate made inside a co_await expression.
  ExploreOptions() {}

  Settings settings;
  // One of StrategyNames().
  std::string strategy = "portfolio";
  // Of the strategy, and of the program's draws.
  uint64_t seed = 1;
  uint64_t executions = 1000;
  // Real time; the search stops at the end of an execution.
  absl::Duration budget = absl::Seconds(60);
  // How many worker processes search (jobs.h); 0: as many as there are cores; 1: this process does. What is found does
  // not depend on it, but for what split_search.h says of systematic searches.
  uint64_t jobs = 1;
  // A schedule to follow instead of searching: strictly (fate/sim/core/schedule.h), or, if it is by name
  // (fate/sim/core/named_schedule.h), as far as it fits, and then near it (old_schedule.h).
  std::string replay;
  // Of a replay by name: how many executions may go into finding the failure again.
  uint64_t replay_executions = 1000;
  // How many executions may go into making a failing schedule smaller; 0: it is told as it was found.
  uint64_t shrink_executions = 200;
  // How many executions may go into learning more of a failure, once it is shrunk (failure_facts.h); 0: none.
  // Ten million steps end it too; of a failure longer than 100 000 nothing more is learned.
  uint64_t story_executions = 400;
  // How many random walks, of those executions that a proof has left over, may look for a failure that hangs on what
  // fate does not see; 0: none. A hundred thousand steps, or as many as the search made if that is more, end them too.
  // After them comes one execution as on the production loop (audit.h).
  uint64_t audit_executions = 256;
  // Whether each execution is run twice, to find out whether the program is deterministic.
  bool check_determinism = false;
  // Whether a passing run is to be told step by step too (the last execution).
  bool trace = false;
  // Real time a single step may take before the process is ended with the schedule; zero: for ever.
  absl::Duration step_timeout = absl::Seconds(10);
  // What precedes --fate_replay=... in the line that tells how to replay.
  std::string replay_command;
};

// Whether they ask for something that can be done, as far as numbers go. Errors say what is wrong.
absl::Status CheckOptions(const ExploreOptions& options);
// Whether `text` is something to replay. Errors say what is wrong with it.
absl::Status CheckReplay(const std::string& text);

// "portfolio", "fifo", "random", "depth_first", ...: what --fate_strategy takes.
const std::vector<std::string>& StrategyNames();
// `coverage`: where whoever runs the search notes the executions; the portfolio learns from it. Must live
// as long. Errors list the names.
absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(const std::string& name, uint64_t seed,
                                                       const Coverage& coverage = kNothingNoted);

}  // namespace fate::sim
