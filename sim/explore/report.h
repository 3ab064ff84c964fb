// Report: what an exploration found, and what its pass is worth.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "fate/sim/core/outcome.h"
#include "fate/sim/core/schedule.h"
#include "fate/sim/core/settings.h"
#include "fate/sim/explore/failure_facts.h"
#include "fate/sim/explore/old_schedule.h"

namespace fate::sim {

struct Report {
  Report() {}

  Outcome outcome;  // of the first execution that did not pass, or Passed
  Interleaving interleaving = Interleaving::kOperation;
  std::string strategy;
  uint64_t seed = 0;
  uint32_t jobs = 1;        // processes that searched
  std::string one_process;  // why it was one though more were asked for; else empty
  uint64_t executions = 0;  // run, the failing one included
  uint64_t again = 0;       // of them were made before: not all that a search has made can be remembered
  uint64_t executions_asked = 0;
  uint64_t steps = 0;                    // in all of them
  uint64_t failing_execution = 0;        // number of the failing one, from 0
  uint64_t traces = 0;                   // different ones; orders of independent steps are one
  bool traces_exact = true;              // else that is about how many: more than can be remembered
  uint64_t samples = 0;                  // executions that were drawn by chance
  double unseen = 1;                     // the chance that one more sample brings a new trace; 1 without any
  uint64_t restarts = 0;                 // how often a systematic search began again, since a step did something new
  uint64_t before_restarts = 0;          // of its executions: made until then, in vain
  uint64_t blocked = 0;                  // runs besides that splitting a systematic search cost: to its parts
  double progress = 0;                   // of a systematic search: the share of its space seen; 0: not known
  bool exhausted = false;                // every schedule of the strategy's space was run
  std::string claim;                     // if so: what is known
  uint64_t audited = 0;                  // random walks after the claim, against what the search could not see
  bool unseen_order = false;             // it was one of those that failed
  bool production_order = false;         // or it was an execution as on the production loop, after them
  bool capped = false;                   // the time budget ended it early
  bool interrupted = false;              // SIGINT did
  bool contested = false;                // two tasks were ready together at least once
  absl::Duration elapsed;                // real
  std::string schedule;                  // that fails, shrunk (or of the last execution, with trace); text form
  std::string named_schedule;            // the same by name, for when the program has changed
  OldScheduleFacts old;                  // of a replay by name
  std::vector<OldScheduleFacts> corpus;  // of the old schedules tried before the search
  std::string found_schedule;            // as it was found
  ScheduleCost found_cost;               // of that
  ScheduleCost cost;                     // of the shrunk one
  uint64_t shrink_executions = 0;        // that went into it
  std::string story;                     // its steps: a table, or one a line
  FailureFacts facts;                    // what else is known of the failure
  bool skipped = false;                  // the program asked to be skipped: neither a pass nor a failure
  std::string replay_line;               // the command that replays it
  uint64_t trace_hash = 0;               // of the failing execution, or of the last

  bool passed() const { return outcome.passed(); }
  // For a person: outcome, message, interleaving, how to replay; or what the pass is worth.
  std::string ToText() const;
  // One JSON object.
  std::string ToJson() const;
};

}  // namespace fate::sim
