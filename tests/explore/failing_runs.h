// FailingRuns: a failure, told, as the explorer hands it to those that learn more of it.
#pragma once

#include <memory>
#include <vector>

#include "fate/sim/explore/choice_steps.h"
#include "fate/sim/explore/reruns.h"
#include "fate/sim/strategies/random_walk.h"
#include "tests/core/simulated.h"

namespace fate::sim::test {

struct Failing {
  // The first execution of a random walk with `seed` that fails, shrunk if asked for.
  Failing(AnyProgram failing, uint64_t seed, bool shrunk = true, uint64_t executions_max = 400,
          Interleaving interleaving = Interleaving::kOperation)
      : program(std::move(failing)), scheduler(Recording(interleaving)) {
    const Execution first = FirstBad(program, seed, Recording(interleaving));
    Schedule schedule = first.schedule();
    if (shrunk) schedule = Shrinker(scheduler, program, 200).Shrink(first);
    Settings settings = Recording(interleaving);
    settings.tell = true;
    scheduler.set_settings(settings);
    ChoiceSteps noted(schedule);
    told = scheduler.Run(program, noted, first.number, first.seed);
    choices = noted.choices();
    scheduler.set_settings(Recording(interleaving));
    reruns = std::make_unique<Reruns>(scheduler, program, told, executions_max);
    reruns->Grant(executions_max);
  }
  static Settings Recording(Interleaving interleaving) {
    Settings settings = With(interleaving);
    settings.record_accesses = true;
    return settings;
  }

  AnyProgram program;
  Scheduler scheduler;
  Execution told;
  std::vector<NotedChoice> choices;
  std::unique_ptr<Reruns> reruns;
};

}  // namespace fate::sim::test
