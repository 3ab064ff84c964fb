// Likelihood: how likely a failure was at each of the choices that led to it.
//
// The failing schedule is followed up to a choice, and from there random walks are run: how many fail in the
// same way? Where the share rises the failure was made; from where it is 1 nothing could avert it.
// Choices are taken in order; if there are more than the budget allows, evenly spread ones, and always the
// first and those where the schedule deviates. The walks have fixed seeds: a function of the failure.
// Tested by tests/explore/likelihood_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/explore/choice_steps.h"
#include "fate/sim/explore/failure_facts.h"
#include "fate/sim/explore/reruns.h"

namespace fate::sim {

constexpr uint32_t kWalksPerChoice = 20;

// Uses what was granted to `reruns`.
std::vector<LikelihoodPoint> MeasureLikelihood(Reruns& reruns, const std::vector<NotedChoice>& choices);

}  // namespace fate::sim
