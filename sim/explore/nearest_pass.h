// NearestPass: the schedule that passes and is nearest to one that fails, and what makes the difference.
//
// Distance is the number of pairs of steps that conflict and come in the other order (those that follow
// from others not counted). Tried in turn, within the budget: each pair of the failing execution that could
// come in the other order, the last first, turned round alone (the reversals of partial-order reduction);
// the schedule without one of its deviations; the quiet one. One pair is as near as there is, and ends it.
// Tested by tests/explore/nearest_pass_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/explore/choice_steps.h"
#include "fate/sim/explore/failure_facts.h"
#include "fate/sim/explore/reruns.h"

namespace fate::sim {

// Of the execution `told`, whose choices are `choices`. Uses what was granted to `reruns`. REQUIRES: told
// has its accesses and what pends.
NearestPass FindNearestPass(Reruns& reruns, const Execution& told, const std::vector<NotedChoice>& choices);

}  // namespace fate::sim
