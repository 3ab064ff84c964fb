// Now: the time on the clock of the running runtime: the wall clock, or the simulator's virtual
// one.
//
//   Usage:
//     absl::Time start = Now();
//     co_await Fetch();
//     absl::Duration took = Now() - start;
//
// Example: tests/examples/now_example_test.cc
//
// Constant within a step: time passes only while a task waits. REQUIRES: a runtime is running.
// No scheduling point. O(1). In the simulator time starts at the Unix epoch.
#pragma once

#include "absl/time/time.h"
#include "fate/runtime/runtime.h"

namespace fate {

inline absl::Time Now() { return CurrentRuntime().Now(); }

}  // namespace fate
