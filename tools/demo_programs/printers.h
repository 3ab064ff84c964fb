// Printers: one prints trees and one prints cars, for ever: the same program on both runtimes.
//
//   auto print = [](std::string_view word) { std::cout << word << "\n"; };
//   co_await Printers(print);
//
// PrintTree waits half a second, prints a tree and waits half a second; PrintCar prints a car and
// waits a second; each takes a random one of five. Printers runs both concurrently, until it is
// cancelled. The words are a function of the seed of the runtime, and of nothing else.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/core/scheduler.h"
#include "fate/task/task.h"

namespace fate::demo {

// Where the words go. What it refers to must outlive the printers.
using Print = absl::FunctionRef<void(std::string_view)>;

Task<> PrintTree(Print print);
Task<> PrintCar(Print print);
Task<> Printers(Print print);

// Runs the printers from virtual time 0 up to, but not including, `duration`. The result stays
// valid until the scheduler's next run.
const sim::Execution& RunPrintersInSimulator(sim::Scheduler& scheduler, uint64_t seed, absl::Duration duration,
                                             Print print);

}  // namespace fate::demo
