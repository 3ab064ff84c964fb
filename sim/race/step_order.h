// StepOrder: the events of one execution, by names that hold in others too, and which of them are ordered.
//
//   StepOrder order(execution, footprints);
//   order.Before(2, 7)               // event 2 happens before event 7
//   order.Rivals()                   // pairs that may come in the other order
//
// An event is a chosen step with the partners of its rendezvous, or, at the end, an operation before which
// a task still stands. Its name is the path of its task and how many operations that had made. Edges are
// those of dependence.h, spawn, join and the clock. Plain, with a bit for each pair: for one execution that
// is told, or the first of a search, not for all (see happens_before.h); of long executions the last kWindow events.
// O(n^2 / 64) if most events are ordered, at worst O(n^2).
// Tested by tests/race/step_order_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/footprint.h"

namespace fate::sim {

class StepOrder {
 public:
  static constexpr size_t kWindow = 512;

  struct Name {
    uint64_t task;     // path
    uint64_t ordinal;  // of its operations, from 1; 0: a first step without one
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  struct Event {
    Name name;
    uint32_t task;     // id
    uint32_t partner;  // the other task of a rendezvous; Step::kTimerTask: none
    uint64_t step;     // of the trace; of one that pends, its index in trace.pending
    bool pends;        // it was not made
    StepFootprint footprint;
  };
  // Two events that conflict and are not ordered but by that: `later` might come first.
  struct Pair {
    size_t earlier;
    size_t later;
  };

  // REQUIRES: the execution has its accesses and what pends. `footprints` must be that of all executions
  // to be compared.
  StepOrder(const Execution& execution, Footprints& footprints);

  // In the order of the execution.
  const std::vector<Event>& events() const { return events_; }
  // REQUIRES: earlier < later < events().size().
  bool Before(size_t earlier, size_t later) const { return Bit(later, earlier); }
  bool Conflict(size_t a, size_t b) const { return footprints_.Conflict(events_[a].footprint, events_[b].footprint); }
  // The latest first: those that nothing between them orders, then those that are hidden behind what the
  // later one waited for (a lock behind the unlock).
  std::vector<Pair> Rivals() const;

 private:
  void AddSteps(const Trace& trace, const std::vector<Name>& names);
  void AddPending(const Trace& trace, const std::vector<Name>& names);
  void Order(const Execution& execution);
  bool Bit(size_t of, size_t index) const { return (before_[of * words_ + index / 64] >> index % 64 & 1) != 0; }
  // The last event before `end` that is not known to come before `of`; kNone.
  size_t LastUnordered(size_t of, size_t end) const;
  void Join(size_t of, size_t earlier);

  Footprints& footprints_;
  std::vector<Event> events_;
  size_t words_ = 0;              // of a row
  std::vector<uint64_t> before_;  // a row of bits an event
  std::vector<size_t> previous_;  // of the same task; kNone
  std::vector<Pair> direct_;      // conflicts that nothing else orders, in order of `later`
  static constexpr size_t kNone = static_cast<size_t>(-1);
};

// The name of each step of a trace, those of partners in a rendezvous included.
std::vector<StepOrder::Name> NamesOfSteps(const Trace& trace);

// The pairs that conflict and come in the other order in `other`, or would but for what pends: those that
// others of them do not imply (of more than 256: all), in the order of the later event.
std::vector<StepOrder::Pair> ReversedPairs(const StepOrder& order, const StepOrder& other);

}  // namespace fate::sim
