#include "fate/sim/explore/learning.h"

#include "fate/sim/explore/likelihood.h"
#include "fate/sim/explore/nearest_pass.h"
#include "fate/sim/explore/reruns.h"
#include "fate/sim/explore/setting_label.h"

namespace fate::sim {

FailureFacts LearnFacts(Scheduler& scheduler, Program program, const Execution& failure,
                        const std::vector<NotedChoice>& choices, uint64_t executions) {
  FailureFacts facts;
  if (executions == 0 || failure.steps > kLongestTold) return facts;
  // What never ends may spin, and a loop that spins has no end of a step where only what blocks is one.
  if (failure.outcome.kind == OutcomeKind::kStepLimit) return facts;
  Reruns reruns(scheduler, program, failure, executions);
  reruns.Grant(executions / 4);
  facts.setting = FindSetting(reruns, failure);
  reruns.Grant(executions / 4);
  facts.nearest = FindNearestPass(reruns, failure, choices);
  reruns.Grant(executions / 2);
  facts.likelihood = MeasureLikelihood(reruns, choices);
  facts.executions = reruns.executions();
  return facts;
}

}  // namespace fate::sim
