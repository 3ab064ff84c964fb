// JoinRuns: an order of the steps of a failing execution that is equivalent to its own, but for what cannot matter, in
// which tasks go on for longer.
//
//   JoinedRuns joined = JoinRuns(failure, footprints);
//   if (joined.switches < ...) scheduler.Run(program, FollowOrder(joined.order))
//
// Independent steps change places so that a task goes on as long as what it needs has been done; of an execution that
// one step ended (an assertion, an exception), steps without a happens-before path to that step are left out, and so
// are tasks that have no others. Nothing is run for it. Greedy, not the least. O(steps^2), of at most
// StepOrder::kWindow steps; of longer executions: nothing. Tested by tests/explore/join_runs_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/step_order.h"

namespace fate::sim {

struct JoinedRuns {
  std::vector<StepOrder::Name> order;  // empty: nothing to be gained
  uint64_t switches = 0;               // between tasks, in it
  uint64_t left_out = 0;               // operations
};

// REQUIRES: as StepOrder.
JoinedRuns JoinRuns(const Execution& failure, Footprints& footprints);

}  // namespace fate::sim
