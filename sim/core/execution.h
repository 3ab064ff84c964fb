// Execution: one run, finished or under way: what was chosen, what happened, how it ended.
// Tested by tests/core/scheduler_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/core/log.h"
#include "fate/sim/core/outcome.h"
#include "fate/sim/core/schedule.h"
#include "fate/sim/core/settings.h"
#include "fate/sim/core/trace.h"

namespace fate::sim {

struct Execution {
  uint64_t number = 0;
  uint64_t seed = 0;  // of the program's draws
  Interleaving interleaving = Interleaving::kOperation;
  Log<Choice> choices;  // all, in order
  Trace trace;
  uint64_t steps = 0;      // chosen steps, once it has ended; a rendezvous is one
  bool contested = false;  // two tasks were ready at once at least once
  bool hit_horizon = false;
  bool drew = false;   // the program drew numbers that depend on the seed
  int64_t end_ns = 0;  // virtual time at the end
  Outcome outcome;

  Schedule schedule() const { return Schedule::Of(interleaving, seed, choices); }
};

}  // namespace fate::sim
