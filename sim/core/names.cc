// The words of the simulator's closed sets.
#include "fate/sim/core/outcome.h"
#include "fate/sim/core/settings.h"

namespace fate::sim {

const char* ToString(OutcomeKind kind) {
  static constexpr const char* kNames[] = {"Passed",    "AssertionFailed", "UncaughtException", "Deadlock",
                                           "StepLimit", "LeakedTask",      "Diverged",          "Crashed"};
  return kNames[static_cast<size_t>(kind)];
}

const char* ToString(Interleaving interleaving) {
  static constexpr const char* kNames[] = {"fifo", "loop", "operation"};
  return kNames[static_cast<size_t>(interleaving)];
}

}  // namespace fate::sim
