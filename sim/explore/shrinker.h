// Shrinker: makes a failing schedule small: fewer preemptions, fewer switches, fewer deviations.
//
// Delta debugging (Zeller, Hildebrandt, 2002) over the deviations of the schedule, named so that one can be
// taken out without changing what the others mean (Anchored); a task that is left though it
// could go on is left where it stops anyway; the switch is moved to steps near; independent steps change places so
// that tasks go on for longer, and those without a path to the failure are left out (JoinRuns). At last the schedules
// with fewer deviations are searched, and those with fewer preemptions (PreemptionBounded): if that comes to an end,
// none fails with fewer. A candidate
// is run, and kept if it fails in the same way and costs less, in the order of ScheduleCost. In the same way: the same
// kind of outcome, at the same place, with the same tasks stuck in a deadlock; values in messages may differ. Failures
// of another kind that are met on the way are counted, not followed.
//
// Deterministic: bounded in executions, not in time. Tested by tests/explore/shrinker_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/anchored.h"
#include "fate/sim/strategies/bounded_search.h"

namespace fate::sim {

// What two failures have in common that are one: see above.
std::string FailureIdentity(const Execution& execution);

class Shrinker {
 public:
  // Runs `program` on `scheduler`, with the draws of `execution`, at most `executions_max` times. REQUIRES:
  // the scheduler records accesses.
  Shrinker(Scheduler& scheduler, Program program, uint64_t executions_max)
      : scheduler_(scheduler), program_(program), executions_max_(executions_max) {}

  // The smallest schedule found that fails like `execution`; that of `execution` if it does not fail
  // again. REQUIRES: execution did not pass, and is not the scheduler's own (it is overwritten).
  Schedule Shrink(const Execution& execution);

  uint64_t executions() const { return executions_; }
  // Of the schedule before and after.
  const ScheduleCost& first_cost() const { return first_cost_; }
  const ScheduleCost& cost() const { return cost_; }
  // Failures of another identity that were met: how often.
  const std::map<std::string, uint64_t>& others() const { return others_; }

 private:
  using Deviations = std::vector<AnchoredDeviation>;

  // Runs `candidate`; keeps it if it fails in the same way and costs less.
  bool Try(const Deviations& candidate);
  bool Run(Anchored& strategy);
  bool Left() const { return executions_ < executions_max_; }
  bool TakeOut();
  bool LetGoOn();
  bool Move();
  bool LetRunsJoin();
  bool Take(const Schedule& found);
  // Searches what costs less than the best.
  void SearchBelow(BoundedSearch& search, uint64_t ScheduleCost::* cost);

  Scheduler& scheduler_;
  Program program_;
  uint64_t executions_max_;
  uint64_t executions_ = 0;
  std::map<std::string, uint64_t> others_;
  uint64_t number_ = 0;  // of the execution, and its seed
  uint64_t seed_ = 0;
  std::string identity_;
  Schedule schedule_;
  Deviations best_;
  ScheduleCost first_cost_;
  ScheduleCost cost_;
};

}  // namespace fate::sim
