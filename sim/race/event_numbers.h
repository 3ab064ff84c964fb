// EventNumbers: a number for each event of an execution, the same in all that have it in common.
//
//   EventNumbers numbers;
//   uint64_t number = numbers.Next(task, path, footprint, footprints);   // of the next event, by `task` at `path`
//   numbers.Restart();                                                   // another execution
//
// Made of the events before it in its task and on its objects, and of nothing else: two executions that differ in the
// order of independent steps give the same numbers, and one whose number differs has another past. As TraceHash, but
// one by one and from footprints: so it can be asked of executions that were not made. Coarser than that: the clock is
// not in it, nor are the partners of a rendezvous. The numbers are mixed as there. O(footprint), and no allocation once
// warm. Tested by tests/race/event_numbers_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/base/mix.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/race/footprint.h"

namespace fate::sim {

class EventNumbers {
 public:
  void Restart() {
    ++execution_;
    tasks_.clear();
    all_ = last_of_all_ = 0;
  }
  // `task` is its id in the execution; Step::kTimerTask: a timer, whose events come after all others.
  uint64_t Next(uint32_t task, uint64_t path, const StepFootprint& footprint, const Footprints& footprints) {
    uint64_t& last = LastOf(task, path);
    uint64_t past = last * (kTaskRole + 2 * static_cast<uint64_t>(footprint.kind)) + last_of_all_ * kLastOfAllRole;
    past += Touch(footprint.object, footprint.mode);
    bool everything = footprint.mode == Mode::kEverything;
    if (footprint.inside != 0) [[unlikely]] {
      for (const Footprints::Part& part : footprints.inside(footprint)) {
        past += Touch(part.object, part.mode);
        everything |= part.mode == Mode::kEverything;
      }
    }
    if (everything) past += all_ * kAllRole;
    const uint64_t event = Mix(past);
    objects_[PlaceOf(footprint.object, footprint.mode)].group += event;
    if (footprint.inside != 0) [[unlikely]] {
      for (const Footprints::Part& part : footprints.inside(footprint)) {
        objects_[PlaceOf(part.object, part.mode)].group += event;
      }
    }
    if (everything) last_of_all_ = event;
    all_ += event;
    return last = event;
  }

 private:
  // The roles that a number can play in an event: odd, so that none loses a bit.
  static constexpr uint64_t kTaskRole = 0x9fb21c651e98df25;
  static constexpr uint64_t kObjectRole = 0xd6e8feb86659fd93;
  static constexpr uint64_t kLastOfAllRole = 0xa0761d6478bd642f;
  static constexpr uint64_t kAllRole = 0xe7037ed1a0b428db;

  // Operations that commute with each other form a group; a group is ordered after the one before.
  struct Object {
    uint64_t before = 0;  // number of all groups before this one
    uint64_t group = 0;   // sum of the events of this one
    uint64_t execution = 0;
    Mode mode = Mode::kNone;
  };

  uint64_t& LastOf(uint32_t task, uint64_t path) {
    if (task == Step::kTimerTask) return timer_ = path;
    if (task >= tasks_.size()) tasks_.resize(task + 1);
    uint64_t& last = tasks_[task];
    if (last == 0) last = path;
    return last;
  }
  // That of 0, which is nobody's, if it is not touched.
  static uint32_t PlaceOf(uint32_t object, Mode mode) { return mode == Mode::kNone ? 0 : object; }
  // What an event has from its object.
  uint64_t Touch(uint32_t object, Mode mode) {
    const uint32_t place = PlaceOf(object, mode);
    if (place == 0) return 0;
    if (place >= objects_.size()) [[unlikely]]
      objects_.resize(place + 1);
    Object& state = objects_[place];
    if (state.execution != execution_) state = {0, 0, execution_, Mode::kNone};
    if (state.mode != mode || mode == Mode::kChange) {
      state.before = Mix(state.before * kObjectRole + state.group);
      state.group = 0;
      state.mode = mode;
    }
    return state.before * (kObjectRole + 2 * static_cast<uint64_t>(mode));
  }

  std::vector<uint64_t> tasks_;     // by id: number of the last event; 0: none
  std::vector<Object> objects_{1};  // by id of Footprints
  uint64_t timer_ = 0;
  uint64_t execution_ = 1;
  uint64_t all_ = 0;          // sum of all events
  uint64_t last_of_all_ = 0;  // the last event that conflicts with everything
};

}  // namespace fate::sim
