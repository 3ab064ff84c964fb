#include "fate/task/future.h"

namespace fate::internal {

void WaitForFutureUnsupported(Place place) {
  if (context.simulation == nullptr) return;
  context.simulation->Unsupported(
      "your program awaited a std::future that is not ready: a simulator cannot replay the thread that "
      "will make it so; use RunBlocking, or model the thread as a task",
      place);
  throw ExecutionStopped{};
}

}  // namespace fate::internal
