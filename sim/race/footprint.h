// StepFootprint: what a step did to shared objects, in eight bytes, and whether two steps conflict.
//
//   StepFootprint a = footprints.Of(step, accesses, count);
//   if (footprints.Conflict(a, b, objects_known)) ...
//
// A step is one operation, and may have more inside it (accesses of a Shared<T>, an unlock by a
// guard). Such sets are few, so they are kept once and named by a number.
// Footprints of different executions are compared by the numbers of objects, which tell objects apart
// only if they were numbered before the first step (Trace::objects_known): later numbers depend on the
// schedule. Two later ones are taken to be the same: that costs redundant executions, and loses none. Tested by tests/race/footprint_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "fate/sim/core/trace.h"
#include "fate/sim/race/dependence.h"

namespace fate::sim {

struct StepFootprint {
  uint32_t object = 0;  // number of the operation's object; 0: none
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
  StepFootprint Of(const Step& step, const Access* accesses, size_t count) {
    ObjectKind object_kind = static_cast<ObjectKind>(step.object_kind);
    StepFootprint footprint{step.object, step.kind, RuleOf(step.kind, object_kind).mode, 0};
    if (object_kind == ObjectKind::kTask) footprint.object = 0;  // a join: that is no shared object
    return count == 0 ? footprint : WithAccesses(footprint, accesses, count);
  }
  // Adds what its partner in a rendezvous did.
  StepFootprint Join(const StepFootprint& footprint, const Step& partner, const Access* accesses, size_t count);
  StepFootprint Add(const StepFootprint& footprint, const Part& part);
  // Adds what the step may do inside besides: `may` is the number of a set, 0 for none. Grows the set
  // by what is new in the footprint; returns whether it grew. REQUIRES: what is numbered above
  // `objects_known` has another number in another execution; such a part stands for anything.
  bool Widen(StepFootprint& footprint, uint16_t& may, uint32_t objects_known);
  // Sorted.
  const std::vector<Part>& inside(const StepFootprint& footprint) const { return sets_[footprint.inside]; }

  // Whether the order of two steps of different tasks matters.
  bool Conflict(const StepFootprint& a, const StepFootprint& b, uint32_t objects_known) const {
    if (SameAndConflict(a.object, a.mode, b.object, b.mode, objects_known)) return true;
    return (a.inside | b.inside) != 0 && InsideConflict(a, b, objects_known);
  }

 private:
  static bool SameAndConflict(uint32_t object, Mode mode, uint32_t other, Mode other_mode, uint32_t known) {
    if (!sim::Conflict(mode, other_mode)) return false;
    return object == other || mode == Mode::kEverything || other_mode == Mode::kEverything ||
           (object > known && other > known);
  }
  bool InsideConflict(const StepFootprint& a, const StepFootprint& b, uint32_t objects_known) const;
  StepFootprint WithAccesses(StepFootprint footprint, const Access* accesses, size_t count);
  StepFootprint With(StepFootprint footprint, std::vector<Part> parts);

  std::vector<std::vector<Part>> sets_{1};  // by number; 0 is the empty one
  std::map<std::vector<Part>, uint16_t> numbers_;
};

}  // namespace fate::sim
