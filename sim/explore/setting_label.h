// SettingLabel: the weakest interleaving under which a failure happens, and its words.
//
//   happens on the production loop             kFifo: every await as in production
//   needs another order of ready tasks         kLoop: another single-threaded loop
//   only if the await at file:line suspends    kOperation: a preemption, before that operation
//
// The weakest is tried first: schedules with few deviations, then random walks. What a search that came to
// its end did not find does not happen (for these draws); else the label says how far it looked. Where another failure
// was come upon instead it says so: a program that always fails must not seem to fail only there.
// Tested by tests/explore/setting_label_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/explore/failure_facts.h"
#include "fate/sim/explore/reruns.h"

namespace fate::sim {

// Where the failing schedule leaves a task that could go on: before which awaits, each once, in order.
// REQUIRES: the execution was told.
std::vector<Place> PreemptedAwaits(const Execution& execution);

// Of the failure `told`, which ran under its own setting. Uses what was granted to `reruns`; leaves the
// settings of the scheduler as they were.
SettingLabel FindSetting(Reruns& reruns, const Execution& told);

}  // namespace fate::sim
