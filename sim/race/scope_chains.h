// ScopeChains: which cancellations reach a step.
//
//   chains.Restart();                                          // another execution
//   chains.MoveTo(trace, first);                               // to right before a step
//   chains.AddOfTask(trace, task, flags);                      // what cancels the task where it stands now
//   ScopeChains::AddVisits(trace, first, end, flags);          // and where the steps [first, end) take it, or look
//   chains.AddAround(trace, cancellation, flags);              // what else cancels what is cancelled
//
// Each scope has a flag, and each task one for being cancelled by itself. A cancellation changes the flag of what it
// cancels, and nothing else; whoever may hear of it looks at that flag: a task at those of the scope it is in and of
// the scopes around, up to a shield, and, between the outermost scope it has made and the one it was spawned into, at
// its own. So what a cancellation may do is known from what it cancels, wherever it is moved to, and what may do
// something to a step from where its task stands, which its own past decides. A task looks in every step, of whatever
// kind: where it stands decides what a cancellation finds. A cancellation looks at the flags around, too: what it
// reaches may have been reached before.
// O(scopes around). Tested by tests/race/scope_chains_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fate/sim/core/trace.h"

namespace fate::sim {

class ScopeChains {
 public:
  // Of a scope by its number, or of a task by its id: a number of this execution.
  using Flag = uint32_t;
  static Flag OfScope(uint32_t scope) { return 2 * scope; }
  static Flag OfTask(uint32_t task) { return 2 * task + 1; }
  // Of what a cancellation cancels. REQUIRES: it is known.
  static Flag Of(const Cancellation& cancellation) {
    return cancellation.scope != 0 ? OfScope(cancellation.scope) : OfTask(cancellation.task);
  }
  static bool IsKnown(const Cancellation& cancellation) {
    return cancellation.scope != 0 || cancellation.task != Step::kTimerTask;
  }
  // The same in every execution.
  static uint64_t NameOf(const Trace& trace, Flag flag) {
    return (flag & 1) != 0 ? trace.births[flag / 2].path_hash : trace.scopes[flag / 2 - 1].name;
  }

  void Restart();
  // REQUIRES: not back, but by Restart.
  void MoveTo(const Trace& trace, uint64_t step);
  void AddOfTask(const Trace& trace, uint32_t task, std::vector<Flag>& flags) const;
  // The same of one that has not begun.
  static void AddOfNewborn(const Trace& trace, uint32_t task, std::vector<Flag>& flags) {
    AddOfTaskIn(trace, task, trace.births[task].scope, flags);
  }
  static void AddVisits(const Trace& trace, uint64_t first, uint64_t end, std::vector<Flag>& flags);
  // Where a task was born, and where its start, this step, took it.
  static void AddStart(const Trace& trace, uint64_t step, std::vector<Flag>& flags);
  static void AddAround(const Trace& trace, const Cancellation& cancellation, std::vector<Flag>& flags);
  // The first cancellation of the steps from this one on.
  static const Cancellation* From(const Trace& trace, uint64_t step);

 private:
  static void AddOfTaskIn(const Trace& trace, uint32_t task, uint32_t scope, std::vector<Flag>& flags);
  static void AddOfScope(const Trace& trace, uint32_t scope, std::vector<Flag>& flags);

  std::vector<uint32_t> scopes_;  // by task id: that it has come to; kBorn: none yet
  size_t visits_ = 0;             // made so far
  static constexpr uint32_t kBorn = 0xffffffff;
};

}  // namespace fate::sim
