// LearnFacts: runs a failing program again to find out more of its failure than the interleaving.
//
//   ChoiceSteps noted(schedule);
//   const Execution failure = scheduler.Run(program, noted, number, seed);    // told: Settings::tell
//   FailureFacts facts = LearnFacts(scheduler, program, failure, noted.choices(), 400);
//
// The weakest setting and the nearest pass get a quarter of the executions each, the likelihood half. A
// function of the failure and of how many executions there are. Leaves the settings of the scheduler as they
// were. Tested by tests/explore/learned_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/choice_steps.h"
#include "fate/sim/explore/failure_facts.h"

namespace fate::sim {

// Of a failure of more steps nothing is learned, and it is told without values and reasons.
constexpr uint64_t kLongestTold = 100'000;

// No facts if `executions` is 0, if the failure is too long, or if it is that the program did not end (StepLimit).
// REQUIRES: the failure has its accesses and what pends.
FailureFacts LearnFacts(Scheduler& scheduler, Program program, const Execution& failure,
                        const std::vector<NotedChoice>& choices, uint64_t executions);

}  // namespace fate::sim
