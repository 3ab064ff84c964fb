#include "fate/sim/testing/co_assert.h"

#include "fate/sim/core/scheduler.h"

namespace fate::sim::internal {

void LeaveTaskIfFailed() {
  Scheduler* scheduler = CurrentScheduler();
  if (scheduler != nullptr && scheduler->failed()) throw ExecutionStopped{};
}

}  // namespace fate::sim::internal
