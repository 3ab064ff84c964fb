// StepFootprint: what a step did to shared objects, in eight bytes, and whether two steps conflict.
//
//   StepFootprint a = footprints.Of(trace, step, accesses, count);
//   if (footprints.Conflict(a, b)) ...
//
// A step is one operation, and may have more inside it (accesses of a Shared<T>, an unlock by a
// guard). Such sets are few, so they are kept once and named by a number.
// An object has one id in all executions of a search, by its name (Object::name), so footprints of
// different executions can be compared. Tested by tests/race/footprint_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "fate/sim/core/trace.h"
#include "fate/sim/race/dependence.h"

namespace fate::sim {

struct StepFootprint {
  uint32_t object = 0;  // id of the operation's object; 0: none
  OpKind kind = OpKind::kStart;
  Mode mode = Mode::kNone;
  uint16_t inside = 0;  // the set of what else it did; 0: nothing

  friend bool operator==(const StepFootprint&, const StepFootprint&) = default;
};

class Footprints {
 public:
  // One operation or access inside a step.
  struct Part {
    uint32_t object;
    OpKind kind;
    Mode mode;
    friend auto operator<=>(const Part&, const Part&) = default;
  };

  // Of a step, with the `count` accesses inside it.
  StepFootprint Of(const Trace& trace, const Step& step, const Access* accesses, size_t count) {
    StepFootprint footprint = OfOperation(trace, step.kind, step.object, step.object_kind);
    return count == 0 ? footprint : WithAccesses(trace, footprint, accesses, count);
  }
  // Of an operation that was not made.
  StepFootprint OfOperation(const Trace& trace, OpKind kind, uint32_t object, uint16_t object_kind) {
    // What it may do is recorded beside it, by branch.
    if (kind == OpKind::kSelect) return {0, kind, Mode::kNone, 0};
    ObjectKind kind_of_object = static_cast<ObjectKind>(object_kind);
    // The object of a join is a task: that is no shared object.
    uint32_t id = kind_of_object == ObjectKind::kTask ? 0 : IdOf(trace, object);
    return {id, kind, RuleOf(kind, kind_of_object).mode, 0};
  }
  // Of the object that has this number in the execution that left `trace`; 0 of 0. Amortised O(1) for one
  // that keeps its number from one execution to the next.
  uint32_t IdOf(const Trace& trace, uint32_t number) {
    if (number < cached_.size()) [[likely]] {
      const auto& [name, id] = cached_[number];
      if (number == 0 || (id != 0 && name == trace.object_names[number - 1])) return id;
    }
    return NewIdOf(trace, number);
  }
  // Adds what its partner in a rendezvous did.
  StepFootprint Join(const Trace& trace, const StepFootprint& footprint, const Step& partner, const Access* accesses,
                     size_t count);
  StepFootprint Add(const StepFootprint& footprint, const Part& part);
  StepFootprint AddAll(const StepFootprint& footprint, const std::vector<Part>& added);
  // Without what cancels nobody knows what.
  StepFootprint WithoutCancellations(const StepFootprint& footprint);
  // Of what has no number, by its name.
  uint32_t IdOfName(uint64_t name) { return IdOfKey(name | uint64_t{1} << 63); }
  // Of a step that does what `a` does, and inside it what `b` does too.
  StepFootprint Merge(const StepFootprint& a, const StepFootprint& b);
  // Adds accesses: what is inside a step, the branches of a select.
  StepFootprint WithAccesses(const Trace& trace, StepFootprint footprint, const Access* accesses, size_t count);
  // Whether a try form at a rendezvous was seen for the first time since it was last asked.
  bool TookFirstTry() { return std::exchange(first_try_, false); }
  // Adds what the step may do inside besides: `may` is the number of a set, 0 for none. Grows the set
  // by what is new in the footprint; returns whether it grew.
  bool Widen(StepFootprint& footprint, uint16_t& may);
  // Sorted.
  const std::vector<Part>& inside(const StepFootprint& footprint) const { return sets_[footprint.inside]; }

  // Whether the order of two steps of different tasks matters.
  bool Conflict(const StepFootprint& a, const StepFootprint& b) const {
    if (SameAndConflict(a.object, a.mode, b.object, b.mode)) return true;
    return (a.inside | b.inside) != 0 && InsideConflict(a, b);
  }

 private:
  static bool SameAndConflict(uint32_t object, Mode mode, uint32_t other, Mode other_mode) {
    // Most often it is another object.
    if (object != other && mode != Mode::kEverything && other_mode != Mode::kEverything) return false;
    return sim::Conflict(mode, other_mode);
  }
  uint32_t NewIdOf(const Trace& trace, uint32_t number);
  uint32_t IdOfKey(uint64_t key) { return ids_.try_emplace(key, static_cast<uint32_t>(ids_.size()) + 1).first->second; }
  bool InsideConflict(const StepFootprint& a, const StepFootprint& b) const;
  // Of who stands before the rendezvous of this number, an object of its own; 0 as long as no try form looked.
  uint32_t OffersOf(const Trace& trace, uint32_t number, bool tried);
  StepFootprint With(StepFootprint footprint, std::vector<Part> parts);

  std::vector<std::vector<Part>> sets_{1};  // by number; 0 is the empty one
  std::map<std::vector<Part>, uint16_t> numbers_;
  // Of objects, by name; of their offers, by that + 2^32; of what has no number, by its name with the highest bit.
  std::map<uint64_t, uint32_t> ids_;
  bool first_try_ = false;
  std::vector<std::pair<uint32_t, uint32_t>> cached_;  // by number: name and id
};

}  // namespace fate::sim
