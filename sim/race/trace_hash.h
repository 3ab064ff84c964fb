// TraceHash: one number for all the interleavings that differ in the order of independent steps only.
//
// A number for a Mazurkiewicz trace (1977), so that a search can count what it has really seen. An
// event's number is made of those before it in its tasks and on its objects: an object keeps the number
// of its last group of operations that commute with one another, and their sum. The trace's number
// is the sum over its events, which no order can change. Dependence is that of
// sim/race/dependence.h; objects need no names, since what a task does is a function of what it saw.
//
// Two traces collide with probability 2^-64. O(steps + accesses), and no allocation once warm. Needs
// the accesses inside steps to tell their orders apart (Settings::record_accesses).
// Tested by tests/race/trace_hash_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/dependence.h"

namespace fate::sim {

class TraceHash {
 public:
  uint64_t Of(const Execution& execution);

 private:
  // Operations that commute with each other form a group; a group is ordered after the one before.
  struct ObjectState {
    uint64_t before = 0;  // number of all groups before this one
    uint64_t group = 0;   // sum of the events of this one
    Mode mode = Mode::kNone;
  };
  struct Part {
    uint32_t object;
    Mode mode;
  };

  uint64_t& TaskOf(const Trace& trace, const Step& step);
  void AddPart(OpKind kind, uint32_t object, uint16_t object_kind);
  // The event that parts_ and the sum over its tasks make.
  uint64_t Event(uint64_t tasks);

  std::vector<ObjectState> objects_;  // by number
  std::vector<uint64_t> tasks_;       // by id: number of the last event
  std::vector<uint32_t> condition_;   // by id: object of its last step, if that was a condition wait
  std::vector<Part> parts_;           // of the event
  uint64_t timer_ = 0;
  uint64_t total_ = 0;   // sum of all events
  uint64_t global_ = 0;  // number of all before the last event that conflicts with everything
  bool everything_ = false;
};

}  // namespace fate::sim
