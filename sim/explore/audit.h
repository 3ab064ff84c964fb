// Audit: after a proof, a look for what the search could not see.
//
//   const Audited audited = Audit(scheduler, program, options, report.executions, report.steps);
//   if (audited.failure) ...
//
// A proof is of every order of the observed operations. Two things are in none of them:
//   * a plain variable that several tasks use: steps that touch it seem to commute. A failure that hangs on their order
//     is found by random walks, which do not care;
//   * the queues of primitives: the search keeps none, so a reader never stands behind a writer that only waits. A
//     failure that hangs on that is found by one execution as on the production loop.
// Tested by tests/explore/audit_test.cc.
#pragma once

#include <cstdint>
#include <optional>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"

namespace fate::sim {

struct Audited {
  std::optional<Execution> failure;  // the settings of the scheduler are those under which it happened
  bool by_queues = false;            // it is that of the production loop; else a random walk
  uint64_t walks = 0;
};

// `first` is the number of the first execution. The walks stop after 100 000 steps, or as many as the search made if
// that is more. Not more executions than options.audit_executions besides the one, nor than options.executions in all.
Audited Audit(Scheduler& scheduler, Program program, const ExploreOptions& options, uint64_t first,
              uint64_t steps_of_search);

}  // namespace fate::sim
