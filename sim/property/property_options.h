// PropertyOptions: how many arguments, how many schedules of each, how much may go into shrinking.
// Tested by tests/property/check_property_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "fate/sim/explore/options.h"

namespace fate::sim {

// What ExploreOptions says of one program holds for each case, but for the budget, which is of the whole
// search and looked at between cases, and for story_executions, which are of the smallest case. How many cases
// there are, and of what size, is rapidcheck's to say (RC_PARAMS). Not an aggregate, for the same reason as
// ExploreOptions.
struct PropertyOptions : ExploreOptions {
  PropertyOptions() {
    executions = 100;
    shrink_executions = 1000;
  }

  // After the arguments became smaller: how many executions may go into finding the failure again near the
  // schedule it had; and how many into all smaller arguments together. Never a time.
  uint64_t nearby_executions = 200;
  uint64_t joint_executions = 50'000;
  // How rapidcheck tells this property from others in RC_PARAMS=reproduce=...; a word.
  std::string name = "property";
  // Instead of the environment's RC_PARAMS, if not null.
  const char* rapidcheck_params = nullptr;
  // Asked when a case failed, before it is shrunk: false ends the search there, as skipped.
  std::function<bool()> is_failure;
};

}  // namespace fate::sim
