// Explore: runs a program under many schedules, and tells what it found.
//
//   Usage:
//     Report report = fate::sim::Explore(Transfers(), options);     // a Task-returning callable
//     if (!report.passed()) std::cerr << report.ToText();
//
// Example: tests/examples/explore_example_test.cc
//
// The program is a callable that gives a fresh Task<>, said to be spawned at `place` (or takes Roots& and adds
// several); it is called once an execution, and must build all the state it uses. The search ends at the first
// execution that does not pass; its schedule is run again to tell the story, and a second run that differs from the
// first is the outcome Diverged. Bad options give an AssertionFailed outcome that says what to do.
// Single-threaded; the same program, options and seed give the same report but for times;
// ExploreOptions::jobs says what changes with the number of processes.
#pragma once

#include <concepts>
#include <type_traits>

#include "fate/base/place.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/explore/report.h"
#include "fate/task/task.h"

namespace fate::sim {

Report ExploreProgram(Program program, const ExploreOptions& options);

template <class Callable>
  requires std::invocable<Callable&, Roots&>
Report Explore(Callable&& program, const ExploreOptions& options = {}) {
  return ExploreProgram(program, options);
}

template <class Callable>
  requires(std::invocable<Callable&> && !std::invocable<Callable&, Roots&>)
Report Explore(Callable&& program, const ExploreOptions& options = {}, Place place = Place::current()) {
  auto with_roots = [&program, place](Roots& roots) { roots.Add(program(), "main", place); };
  return ExploreProgram(with_roots, options);
}

}  // namespace fate::sim
