#include "fate/sim/explore/audit.h"

#include <algorithm>

#include "fate/base/mix.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/random_walk.h"

namespace fate::sim {

namespace {

constexpr uint64_t kSteps = 100'000;

bool Failed(const Execution& execution) { return !execution.outcome.passed() && !execution.outcome.skips; }

}  // namespace

Audited Audit(Scheduler& scheduler, Program program, const ExploreOptions& options, uint64_t first,
              uint64_t steps_of_search) {
  Audited audited;
  RandomWalk walk(Mix(options.seed, kSteps));
  uint64_t steps = std::max(kSteps, steps_of_search);
  // What is left of the executions may be less; their sum may be more than a number can be.
  const uint64_t end =
      first + std::min(options.audit_executions, options.executions - std::min(first, options.executions));
  for (uint64_t number = first; number < end; ++number) {
    const Execution& execution = scheduler.Run(program, walk, number, options.seed);
    ++audited.walks;
    if (Failed(execution)) {
      audited.failure = execution;
      return audited;
    }
    if (execution.steps >= steps) break;
    steps -= execution.steps;
  }
  const Settings settings = scheduler.settings();
  if (options.audit_executions == 0 || settings.interleaving != Interleaving::kOperation) return audited;
  Settings production = settings;
  production.interleaving = Interleaving::kFifo;
  scheduler.set_settings(production);
  Fifo fifo;
  const Execution& execution = scheduler.Run(program, fifo, first + audited.walks, options.seed);
  if (Failed(execution)) {
    audited.failure = execution;
    audited.by_queues = true;
  } else {
    scheduler.set_settings(settings);
  }
  return audited;
}

}  // namespace fate::sim
