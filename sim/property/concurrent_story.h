// NonlinearHistory: a history without a linear order, in words.
// Tested by tests/property/concurrent_commands_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fate/base/place.h"
#include "fate/sim/property/linear_order.h"

namespace fate::sim::internal {

struct NonlinearHistory {
  struct Command {
    size_t task;  // from 0
    std::string name;
    std::string result;
    Interval interval;
  };
  // One that could come next, and what the model would give then.
  struct Next {
    std::string name;
    std::string model_result;
  };
  std::vector<Command> commands;
  std::vector<std::string> longest;  // order that fits
  std::vector<Next> next;
};

std::string Tell(const NonlinearHistory& history);

// Ends the execution as failed at `place`.
[[noreturn]] void FailExecution(const std::string& message, Place place);

}  // namespace fate::sim::internal
