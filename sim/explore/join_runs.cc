#include "fate/sim/explore/join_runs.h"

#include <algorithm>

namespace fate::sim {

namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

bool EndedByOneStep(const Execution& failure) {
  return failure.outcome.kind == OutcomeKind::kAssertionFailed ||
         failure.outcome.kind == OutcomeKind::kUncaughtException;
}

// Those that are needed, in the order of the execution. A first step that got no further is none: the task begins with
// its first operation, which may not have to wait elsewhere.
std::vector<size_t> Needed(const Execution& failure, const StepOrder& order) {
  std::vector<size_t> made;
  for (size_t i = 0; i < order.events().size(); ++i) {
    const StepOrder::Event& event = order.events()[i];
    if (!event.pends && (event.name.ordinal != 0 || event.footprint.inside != 0)) made.push_back(i);
  }
  if (made.empty() || !EndedByOneStep(failure)) return made;
  const size_t last = made.back();
  made.erase(std::remove_if(made.begin(), made.end(), [&](size_t i) { return i != last && !order.Before(i, last); }),
             made.end());
  return made;
}

}  // namespace

JoinedRuns JoinRuns(const Execution& failure, Footprints& footprints) {
  JoinedRuns joined;
  const StepOrder order(failure, footprints);
  const std::vector<StepOrder::Event>& events = order.events();
  if (events.empty() || events.size() >= StepOrder::kWindow) return joined;
  std::vector<size_t> left = Needed(failure, order);
  for (const StepOrder::Event& event : events) joined.left_out += event.pends || event.name.ordinal == 0 ? 0 : 1;
  for (const size_t kept : left) joined.left_out -= events[kept].name.ordinal == 0 ? 0 : 1;
  uint32_t current = Step::kTimerTask;
  while (!left.empty()) {
    // The first that can be next; better one of the task that runs.
    size_t next = kNone;
    for (size_t k = 0; k < left.size(); ++k) {
      const bool own = events[left[k]].task == current;
      if (next != kNone && !own) continue;
      const bool free = std::none_of(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(k),
                                     [&](size_t before) { return order.Before(before, left[k]); });
      if (!free) continue;
      next = k;
      if (own) break;
    }
    const StepOrder::Event& event = events[left[next]];
    joined.switches += !joined.order.empty() && event.task != current ? 1 : 0;
    joined.order.push_back(event.name);
    current = event.task;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(next));
  }
  return joined;
}

}  // namespace fate::sim
