// OldSchedule: looks for a failure again that was found before the program changed, along its schedule by name.
//
//   OldSchedule old(scheduler, program, named, 1000);
//   if (old.Find()) scheduler.execution()            // it fails again
//   else old.facts()                                 // how far it was followed, and how many executions pass
//
// In this order, until an execution fails, in whatever way (places move with the program):
//   1. the deviations by name;
//   2. re-aligned: all by another of their names (FollowNames), through yields or not; all of one task, or one alone,
//      some steps earlier or later; the younger children of a task under the next number, where one was spawned before
//      them;
//   3. near: the deviations in pairs of such changes; then schedules with at most one deviation;
//   4. at random (POS).
// The first two are at most kAlignments executions, all together at most `executions_max`. A function of (program,
// schedule). Tested by tests/explore/old_schedule_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/core/named_schedule.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/follow_names.h"

namespace fate::sim {

// What became of an old schedule.
struct OldScheduleFacts {
  std::string schedule;  // its text; empty: there was none
  uint64_t deviations = 0;
  uint64_t followed = 0;    // of them, by name
  std::string diverged;     // the first that was not, in words
  uint64_t executions = 0;  // that went into it
  bool found = false;       // it fails again,
  bool aligned = false;     // by name or re-aligned, not by searching near it

  // In one line; "" if there was none.
  std::string ToText() const;
};

class OldSchedule {
 public:
  static constexpr uint64_t kAlignments = 100;

  // REQUIRES: the scheduler's interleaving is that of the schedule. Must live as long.
  OldSchedule(Scheduler& scheduler, Program program, const NamedSchedule& schedule, uint64_t executions_max);

  // Whether it fails again; the scheduler's execution then is the failing one.
  bool Find();
  const OldScheduleFacts& facts() const { return facts_; }
  // In all executions.
  uint64_t steps() const { return steps_; }

 private:
  // How many executions may still be made.
  uint64_t Left() const { return executions_max_ - std::min(executions_max_, facts_.executions); }
  // Whether it fails.
  bool Run(Strategy& strategy, uint64_t number);
  bool Follow(const Alignment& alignment);
  bool FollowAll(const std::vector<Alignment>& candidates, uint64_t executions_max);
  bool Search(Strategy& strategy, uint64_t executions_max);

  Alignment ByName() const;
  // In the order in which they are tried; without repetitions.
  std::vector<Alignment> Realigned() const;
  std::vector<Alignment> Near() const;

  Scheduler& scheduler_;
  Program program_;
  const NamedSchedule& schedule_;
  uint64_t executions_max_;
  uint64_t steps_ = 0;
  OldScheduleFacts facts_;
};

}  // namespace fate::sim
