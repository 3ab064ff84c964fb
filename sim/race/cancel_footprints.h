// CancelFootprints: what cancellations do to steps and steps to cancellations, as parts of footprints.
//
//   cancels.Restart();                               // another execution
//   if (cancels.Name(trace, first, end, footprint))  // of each event, in order
//     ...                                            // what was said before is too little: begin again
//   cancels.AddStart(trace, start, footprint);       // of a task's first one, if its start is no event
//   if (cancels.NoteFreed(footprint))                // with all that its step was seen to do
//     ...                                            // begin again
//   cancels.AddReach(trace, first, end, footprint);  // last of all
//
// A footprint says of a cancellation that it conflicts with everything, and of other steps nothing about it. Here it is
// said whose flag is changed and who looks at which (ScopeChains). As long as no cancellation was seen nobody asks, and
// everything stays as it is.
// Tested by tests/race/cancel_footprints_test.cc; what comes of it by tests/race/cancellations_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "fate/sim/race/footprint.h"
#include "fate/sim/race/scope_chains.h"

namespace fate::sim {

class CancelFootprints {
 public:
  explicit CancelFootprints(Footprints& footprints) : footprints_(footprints) {}

  void Restart() { chains_.Restart(); }
  // Whether a cancellation was ever seen.
  bool seen() const { return seen_; }
  // What the steps [first, end) of an event cancel, if that is known, in place of "it conflicts with everything"; and
  // where they lead their tasks. True: it is the first cancellation that is seen, or cuts the join of a task short for
  // the first time, and what was said before is too little.
  bool Name(const Trace& trace, size_t first, size_t end, StepFootprint& footprint);
  // The same of one of its steps, of what that did by itself.
  void NameStep(const Trace& trace, size_t step, StepFootprint& footprint);
  // Where the step `start`, which is no event, led the task of an event: it came to stand there before its first
  // operation, and is one step with that where it need not wait.
  void AddStart(const Trace& trace, uint64_t start, StepFootprint& footprint);
  // Whether the footprint, of all that its step was seen to do, cancels what it may let go on, and that was not known:
  // a task that stood before its first operation goes on then, and one that had not begun does not.
  bool NoteFreed(const StepFootprint& footprint);
  // Whether any does; whether any does so to this task, if that has not begun.
  bool frees() const { return freed_.all || !freed_.flags.empty(); }
  bool Frees(const Trace& trace, uint32_t task) { return Reaches(freed_, trace, task); }
  // Whether anything was ever seen to cancel what cancels this task if that has not begun.
  bool Cancels(const Trace& trace, uint32_t task) { return Reaches(cancelled_, trace, task); }
  // What cancels a task of the event where it stood before it; what was cancelled before, if the event cancels.
  void AddReach(const Trace& trace, size_t first, size_t end, StepFootprint& footprint);
  // The same of a task that still stands before `operation` when the execution has ended.
  StepFootprint WithReach(const Trace& trace, uint32_t task, const StepFootprint& operation);
  // Of a timer that was disarmed, had it struck.
  StepFootprint StrikeOf(const Trace& trace, const Disarmed& disarmed);

 private:
  struct Cancelled {
    std::set<uint32_t> flags;  // the ids of their names
    bool all = false;          // nobody knows what was cancelled
  };
  bool Reaches(const Cancelled& cancelled, const Trace& trace, uint32_t task);
  uint32_t IdOfFlag(const Trace& trace, ScopeChains::Flag flag) {
    return footprints_.IdOfName(ScopeChains::NameOf(trace, flag));
  }
  // What the steps [first, end) cancel, if it is known; the flags around it to flags_.
  StepFootprint WithNames(const Trace& trace, size_t first, size_t end, const StepFootprint& footprint);
  StepFootprint WithLooks(const Trace& trace, const StepFootprint& footprint, OpKind kind);
  // Whether a join of that task was cut short for the first time.
  bool AddEnds(const Trace& trace, size_t first, size_t end, StepFootprint& footprint);

  Footprints& footprints_;
  ScopeChains chains_;                    // of this execution
  std::vector<ScopeChains::Flag> flags_;  // scratch
  bool seen_ = false;
  std::set<uint32_t> cut_short_;  // the joins of these tasks, by the ids of the names of their ends
  Cancelled cancelled_;           // by any
  Cancelled freed_;               // by those that may let it go on, too
};

}  // namespace fate::sim
