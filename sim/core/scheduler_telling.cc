// What the scheduler records of an execution that is told: see sim/core/telling.h. Off the search's path.
#include <utility>

#include "fate/runtime/operation.h"
#include "fate/sim/core/scheduler.h"

namespace fate::sim {

// The step was recorded, and its operation has not been made, unless it was granted.
void Scheduler::TellStep(const Operation& operation) {
  Trace& trace = execution_.trace;
  const uint64_t step = trace.steps.size() - 1;
  if (operation.WillThrow()) {
    trace.telling.cancelled.push_back(step);
    return;
  }
  std::string text = operation.Tell();
  if (!text.empty()) trace.telling.values.push_back({step, std::move(text)});
}

void Scheduler::TellStop(const TaskRecord& task) {
  Trace& trace = execution_.trace;
  const auto stopped = [&](StopCause reason) {
    trace.telling.stops.push_back({trace.steps.size() - 1, task.id, reason});
  };
  if (task.ended) return stopped(StopCause::kEnded);
  const Operation& next = *task.pending;
  if (next.yields()) return stopped(StopCause::kYielded);
  // Without a search only what really waits comes to stand at all.
  if (!search()) return stopped(StopCause::kBlocked);
  if (!next.may_block()) return;
  if (!next.Enabled()) return stopped(StopCause::kBlocked);
  if (next.WouldQueue()) stopped(StopCause::kQueued);
}

void Scheduler::TellWake(const TaskRecord& task) {
  Trace& trace = execution_.trace;
  const auto& moves = trace.clock_moves;
  // Nothing ran since the clock moved: it was the clock.
  const bool by_time = !moves.empty() && moves.back().step == trace.steps.size() && context.task == nullptr;
  trace.telling.wakes.push_back({trace.steps.size() - 1, task.id, by_time});
}

void Scheduler::Tell(uint64_t ticket, std::string value) {
  if (!value.empty()) execution_.trace.telling.access_values.push_back({ticket - 1, std::move(value)});
}

}  // namespace fate::sim
