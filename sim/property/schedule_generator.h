// SchedulesOf: schedules of a program as values that rapidcheck generates and shrinks: for a loop of one's own.
//
//   Usage:
//     const bool holds = rc::check([](const std::vector<int>& values) {
//       auto program = [values](sim::Roots& roots) { roots.Add(SumUp(values)); };
//       const sim::Schedule schedule = *sim::SchedulesOf(program);
//       RC_ASSERT(sim::RunSchedule(program, schedule).passed());
//     });
//
// Example: tests/examples/schedule_generator_example_test.cc
//
// To generate, the program is run once, as a random walk; so the schedule always fits the program. A shrink
// is a run that leaves out some deviations, and is cheaper (ScheduleCost); it is run when asked for. Whether an
// execution passes does not matter here. The program outlives the generator's values: capture by value.
// CheckProperty does more: it runs many schedules of each case, and follows a failure into smaller arguments.
// Tested by tests/property/schedule_generator_test.cc.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <ostream>

#include "fate/sim/core/schedule.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/core/settings.h"
#include "fate/sim/explore/report.h"

namespace fate::sim {

rc::Gen<Schedule> SchedulesOf(std::function<void(Roots&)> program, Settings settings = {});

// Follows a schedule, strictly, and tells how it ended.
Report RunSchedule(Program program, const Schedule& schedule);

// For rapidcheck: its text.
void showValue(const Schedule& schedule, std::ostream& stream);

}  // namespace fate::sim
