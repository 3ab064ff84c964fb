// NearbySearch: looks for a failure again after the arguments of a program became smaller, near the schedule
// it had.
//
// In this order, up to a number of executions, until one fails in the same way:
//   1. the old deviations, by name (Anchored);
//   2. the same with the tasks renumbered: where a parent makes fewer children than before, those that are
//      gone may have been any, so the younger children named in the deviations move down by as many;
//   3. schedules with at most one deviation;
//   4. schedules at random (POS).
// A pure function of (arguments, previous schedule), never of time: what it finds does not depend on what was
// tried before. Names of tasks are paths of births.
// Tested by tests/property/joint_shrinker_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/anchored.h"

namespace fate::sim {

// A failing execution, as what a smaller program is to be led along.
struct KnownFailure {
  // A task's place among its parent's children: what a path is made of.
  struct Child {
    uint64_t parent = 0;  // path; 0: none
    uint32_t ordinal = 0;
  };

  std::string identity;  // empty: any
  Schedule schedule;
  ScheduleCost cost;
  uint64_t number = 0;  // of the execution, and the seed of its draws
  uint64_t seed = 0;
  std::vector<AnchoredDeviation> deviations;
  std::map<uint64_t, Child> children;         // by path
  std::map<uint64_t, uint32_t> child_counts;  // by path of the parent
};

class NearbySearch {
 public:
  // At most `executions_max` a search.
  NearbySearch(Scheduler& scheduler, uint64_t executions_max)
      : scheduler_(scheduler), executions_max_(executions_max) {}

  // Whether `program` fails like `known`; if so, `known` becomes that failure.
  bool Find(Program program, KnownFailure& known);
  // Follows a schedule of `program`, strictly, and notes how it fails. False: it passes.
  bool Note(Program program, const Schedule& schedule, KnownFailure& known);

  // Of all searches.
  uint64_t executions() const { return executions_; }
  // Whether the last search met an outcome for which the arguments do not count (RC_PRE).
  bool discarded() const { return discarded_; }
  // Failures of another identity, in all searches: how often.
  const std::map<std::string, uint64_t>& others() const { return others_; }

 private:
  using Deviations = std::vector<AnchoredDeviation>;

  bool Left() const { return executions_ < limit_ && !discarded_; }
  // Runs one execution. True: it fails as wanted.
  bool Run(Program program, Strategy& strategy, const KnownFailure& known, uint64_t number);
  bool Try(Program program, const Deviations& deviations, KnownFailure& known);
  bool TryStrategy(Program program, Strategy& strategy, uint64_t executions, KnownFailure& known);
  void Take(const Anchored& strategy, KnownFailure& known);
  // The old deviations with children renumbered, each way once.
  std::vector<Deviations> Renumbered(const KnownFailure& known) const;

  Scheduler& scheduler_;
  uint64_t executions_max_;
  uint64_t executions_ = 0;
  uint64_t limit_ = 0;
  bool discarded_ = false;
  std::map<std::string, uint64_t> others_;
  // Of the last execution.
  std::map<uint64_t, KnownFailure::Child> children_;
  std::map<uint64_t, uint32_t> child_counts_;
};

}  // namespace fate::sim
