// NonlinearHistory: a history without a linear order, in words.
// Tested by tests/property/concurrent_commands_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fate/base/place.h"
#include "fate/sim/check/span.h"

namespace fate::sim::internal {

struct NonlinearHistory {
  struct Command {
    std::string name;
    std::string result;
    Span span;  // its client is the task, from 0
  };
  // One that could come next, and what the model would give then.
  struct Next {
    std::string name;
    std::string model_result;
  };
  std::vector<Command> commands;
  std::vector<std::string> prefix;  // the longest of the history that has an order: that order
  std::vector<Next> next;
};

std::string Tell(const NonlinearHistory& history);

// Ends the execution as failed at `place`.
[[noreturn]] void FailExecution(const std::string& message, Place place);

}  // namespace fate::sim::internal
