// JointShrinker: makes the arguments of a failing property small, and the schedule with them.
//
// rapidcheck says what is smaller; a smaller case is kept if the same failure is found near the schedule the
// failure had (NearbySearch), which then is where the next is looked for. Before that, after it and whenever
// arguments have stopped shrinking, the schedule alone is shrunk (Shrinker), for an easier one is followed
// into smaller arguments more often; until neither gets smaller. So the arguments count most, then preemptions,
// switches, deviations, steps. All is bounded in executions, and deterministic.
// Tested by tests/property/joint_shrinker_test.cc.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <map>
#include <string>

#include "fate/sim/property/nearby_search.h"
#include "fate/sim/property/property_case.h"
#include "fate/sim/property/property_options.h"
#include "fate/sim/property/rapidcheck_detail.h"

namespace fate::sim {

// A failing case: its place among the shrinks, its value, and how it fails.
struct FailingCase {
  rc::Shrinkable<PropertyCase> shrinkable;
  PropertyCase value;
  internal::CaseName name;
  KnownFailure failure;
};

class JointShrinker {
 public:
  // The options must live as long.
  explicit JointShrinker(const PropertyOptions& options);

  // Makes `failing` smaller in place; `schedule` is how it was found to fail. `arguments`: also those, else
  // the schedule alone.
  void Shrink(FailingCase& failing, const Schedule& schedule, bool arguments);

  uint64_t executions() const { return nearby_.executions() + schedule_executions_; }
  // Those that went into schedules alone.
  uint64_t schedule_executions() const { return schedule_executions_; }
  uint64_t argument_shrinks() const { return argument_shrinks_; }
  const ScheduleCost& first_cost() const { return first_cost_; }
  // Failures of another identity: how often.
  std::map<std::string, uint64_t> others() const;

 private:
  // Whether any was smaller.
  bool ShrinkArguments(FailingCase& failing);
  void ShrinkSchedule(FailingCase& failing);

  const PropertyOptions& options_;
  Scheduler scheduler_;
  NearbySearch nearby_;
  uint64_t schedule_executions_ = 0;
  uint64_t argument_shrinks_ = 0;
  ScheduleCost first_cost_;
  std::map<std::string, uint64_t> others_;  // of schedules alone
};

}  // namespace fate::sim
