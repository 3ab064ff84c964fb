// EventNumbers: a number for each event of an execution, the same in all that have it in common.
//
//   EventNumbers numbers;
//   uint64_t number = numbers.Next(path, footprint, footprints);   // of the next event, by the task at `path`
//   numbers.Restart();                                             // another execution
//
// Made of the events before it in its task and on its objects, and of nothing else: two executions that differ in the
// order of independent steps give the same numbers, and one whose number differs has another past. As TraceHash, but
// one by one and from footprints: so it can be asked of executions that were not made. Coarser than that: the clock is
// not in it, nor are the partners of a rendezvous. O(footprint). Tested by tests/race/event_numbers_test.cc.
//
// Unordered: looked up by key only.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fate/base/mix.h"
#include "fate/sim/race/footprint.h"

namespace fate::sim {

class EventNumbers {
 public:
  void Restart() {
    tasks_.clear();
    objects_.clear();
    all_ = last_of_all_ = 0;
  }
  uint64_t Next(uint64_t path, const StepFootprint& footprint, const Footprints& footprints) {
    uint64_t& task = tasks_.try_emplace(path, path).first->second;
    touched_.clear();
    uint64_t past = Mix(task, static_cast<uint64_t>(footprint.kind));
    bool everything = false;
    const auto touch = [&](uint32_t object, Mode mode) {
      everything |= mode == Mode::kEverything;
      if (mode == Mode::kNone || object == 0) return;
      Object& state = objects_[object];
      if (state.mode != mode || mode == Mode::kChange) {
        state = {Mix(state.before, state.group), 0, mode};
      }
      past += Mix(state.before, static_cast<uint64_t>(mode));
      touched_.push_back(object);
    };
    touch(footprint.object, footprint.mode);
    if (footprint.inside != 0) {
      for (const Footprints::Part& part : footprints.inside(footprint)) touch(part.object, part.mode);
    }
    if (everything) past += all_;
    const uint64_t event = Mix(last_of_all_, past);
    for (const uint32_t object : touched_) objects_[object].group += event;
    if (everything) last_of_all_ = event;
    all_ += event;
    task = Mix(event, task);
    return event;
  }

 private:
  // Operations that commute with each other form a group; a group is ordered after the one before.
  struct Object {
    uint64_t before = 0;  // number of all groups before this one
    uint64_t group = 0;   // sum of the events of this one
    Mode mode = Mode::kNone;
  };

  absl::flat_hash_map<uint64_t, uint64_t> tasks_;   // number of the last event, by path
  absl::flat_hash_map<uint32_t, Object> objects_;   // by id of Footprints
  std::vector<uint32_t> touched_;                   // by the event
  uint64_t all_ = 0;                                // sum of all events
  uint64_t last_of_all_ = 0;                        // the last event that conflicts with everything
};

}  // namespace fate::sim
