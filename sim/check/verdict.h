// Verdict: what a checker of histories has found, and Limits: how much it may spend to find it.
//
// kUnknown says that a limit was reached before there was an answer. It is never to be taken for kOk: only a
// search that looked at all there is says so. Limits count work and bytes, never time, so that the same history
// gets the same verdict on every machine. Tested by tests/check/linearizability_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "fate/base/counted.h"

namespace fate::sim {

enum class Verdict : uint8_t {
  kOk,       // there is an order that explains everything
  kIllegal,  // there is none
  kUnknown,  // our limit was reached
};

inline const char* ToString(Verdict verdict) {
  return verdict == Verdict::kOk ? "Ok" : verdict == Verdict::kIllegal ? "Illegal" : "Unknown";
}

struct CheckLimits {
  // How often a model may be asked to apply an operation, summed over all parts of the history.
  uint64_t steps = 50'000'000;
  // What the search may remember: configurations, states, its stack. Bytes.
  uint64_t bytes = uint64_t{384} << 20;
};

// The limits with what was spent of them.
struct CheckBudget {
  explicit CheckBudget(const CheckLimits& limits) : limits(limits) {}

  bool MayStep() { return steps < limits.steps && (++steps, true); }
  bool MayHold(uint64_t bytes) const { return bytes <= limits.bytes; }
  // Why a verdict is kUnknown, and what to do.
  std::string ReachedText(bool memory) const {
    return memory ? "our limit of " + Counted(limits.bytes, "byte") +
                        " was reached (CheckLimits::bytes): allow more, or check a shorter history"
                  : "our limit of " + Counted(limits.steps, "step") +
                        " was reached (CheckLimits::steps): allow more, check a shorter history, or "
                        "note where operations took effect (History::TookEffect)";
  }

  CheckLimits limits;
  uint64_t steps = 0;
};

}  // namespace fate::sim
