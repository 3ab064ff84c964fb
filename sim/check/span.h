// Span: when an operation of a history was invoked, when it responded, and when it took effect.
//
// Positions are those of the history's events, from 1, no two the same: one operation precedes another if it
// responded before the other was invoked. Tested by tests/check/history_test.cc.
#pragma once

#include <cstdint>

namespace fate::sim {

struct Span {
  static constexpr uint32_t kNever = UINT32_MAX;

  uint32_t client = 0;
  uint32_t invoked = 0;
  // kNever: no response is known. The operation may take effect at any time after its invocation, or never.
  uint32_t responded = kNever;
  // What the execution says about when it took effect: a hint that is tried first. kNever: nothing.
  uint32_t effect = kNever;
  // It is known to have had no effect: it counts as if it had never been invoked.
  bool failed = false;
  // Its client went on without waiting for a response.
  bool lost = false;

  bool pending() const { return responded == kNever; }
  bool Precedes(const Span& other) const { return responded < other.invoked; }
};

}  // namespace fate::sim
