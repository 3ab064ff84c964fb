// TraceHash: one number for all the interleavings that differ in the order of independent steps only.
//
// A number for a Mazurkiewicz trace (1977), so that a search can count what it has really seen. An
// event's number is made of those before it in its tasks and on its objects: an object keeps the number
// of its last group of operations that commute with one another, and their sum. The trace's number
// is the sum over its events, which no order can change. Dependence is that of
// sim/race/dependence.h; objects need no names, since what a task does is a function of what it saw and drew.
//
// What goes into an event is a sum of numbers, each times an odd constant for the role that it plays there, which is
// then mixed: two traces collide with a probability of about 2^-64. O(steps + accesses), and no allocation once
// warm: some 70 instructions a step that is an operation of one task and nothing more, which is most of them.
// Needs the accesses inside steps to tell their orders apart (Settings::record_accesses).
// Tested by tests/race/trace_hash_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/dependence.h"
#include "fate/sim/race/scope_chains.h"

namespace fate::sim {

class TraceHash {
 public:
  uint64_t Of(const Execution& execution);

 private:
  static constexpr uint64_t kNone = ~uint64_t{0};

  // Operations that commute with each other form a group; a group is ordered after the one before.
  struct ObjectState {
    uint64_t before = 0;  // number of all groups before this one
    uint64_t group = 0;   // sum of the events of this one
    Mode mode = Mode::kNone;
  };
  struct TaskState {
    uint64_t last;           // number of its last event
    uint32_t condition = 0;  // object of its last wait for a condition
    uint64_t start = kNone;  // the step in which it came to stand before its first operation, until that
  };
  struct Part {
    uint32_t object;
    Mode mode;
  };

  void Begin(const Trace& trace);
  uint64_t& LastOf(const Step& step);
  // What an event has from its object.
  [[gnu::always_inline]] uint64_t Touch(ObjectState& object, Mode mode);
  // An event of the steps [first, end), with what is inside them.
  void AddEvent(const Trace& trace, size_t first, size_t end);
  void AddPart(OpKind kind, uint32_t object, uint16_t object_kind);
  // What cancels one of the steps [first, end), and what they cancel (ScopeChains).
  void AddFlags(const Trace& trace, size_t first, size_t end);

  std::vector<ObjectState> objects_;  // by number; then, if anything is cancelled, by flag
  std::vector<TaskState> tasks_;      // by id
  std::vector<Part> parts_;           // of the event
  ScopeChains chains_;
  std::vector<ScopeChains::Flag> flags_;  // scratch
  uint64_t timer_ = 0;
  uint64_t total_ = 0;   // sum of all events
  uint64_t global_ = 0;  // number of all before the last event that conflicts with everything
  size_t access_ = 0;    // the next one
  size_t draw_ = 0;
  size_t tried_ = 0;
  bool everything_ = false;
  bool names_cancelled_ = false;  // it is known of all that the event cancels
};

}  // namespace fate::sim
