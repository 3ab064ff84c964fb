// The search for an order of operations that a model accepts: for linearizability and sequential consistency.
//
// Depth first, as Wing and Gong ("Testing and verifying concurrent objects", 1993) and Lowe ("Testing for
// linearizability", 2017): of the operations that may come next one is placed, and so on; a configuration (what
// was placed, state) is never entered twice. Worst case exponential. Ours:
//
//   * What may come next is tried in the order in which it took effect, where the history says so, else in the
//     order of the responses; pending operations come last. So the order that the execution suggests is the
//     first that is tried, and if it is right, n placements do.
//   * An operation that only reads and may come next comes next: nothing else need be tried, since in any other
//     right order it may be moved here. A pending operation is not placed where it leaves the state as it is,
//     nor before an operation that leads to the same state without it: it may as well not have happened. Of
//     pending ones that ask for the same, the oldest is placed first.
//   * A configuration is the least operation that is not placed, in the order of the responses, and those placed
//     beyond it: at most as many as were ever open at once.
//
// Tested by tests/check/linearizability_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/check/span.h"
#include "fate/sim/check/verdict.h"

namespace fate::sim {

// A model, its states by number, and operations by number. The first state is 0.
class NumberedModel {
 public:
  static constexpr uint32_t kNoState = UINT32_MAX;
  virtual ~NumberedModel() = default;
  // The state after `operation` in `state`, or kNoState.
  virtual uint32_t Apply(uint32_t state, uint32_t operation) = 0;
  // Whether `operation` leaves every state as it is in which it may happen.
  virtual bool OnlyReads(uint32_t operation) const = 0;
  // The pending operation before `operation`, itself pending, that asks for the same; or kNoTwin.
  static constexpr uint32_t kNoTwin = UINT32_MAX;
  virtual uint32_t TwinOf(uint32_t operation) const = 0;
  // What it remembers.
  virtual uint64_t bytes() const = 0;
};

struct OrderOutcome {
  static constexpr uint32_t kNone = UINT32_MAX;

  Verdict verdict = Verdict::kOk;
  bool memory = false;  // if unknown: it was memory that ran out, not steps
  // The operations in an order that is right. Not kOk: of the longest prefix of the history that has one, or of
  // the longest that was found, if unknown. Pending operations that had no effect are not in it.
  std::vector<uint32_t> order;
  // The operation whose response ends that prefix: it has no place in any right order of what came before.
  uint32_t unplaced = kNone;
  // The state after `order`; kNone if it is none of the model's.
  uint32_t state = 0;
};

// An order that respects the precedence of `spans`. REQUIRES: they are in the order of their invocations, here and
// below.
OrderOutcome SearchLinearization(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget);

// An order that respects only the order of each client. Lost operations are clients of their own.
OrderOutcome SearchSequential(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget);

}  // namespace fate::sim
