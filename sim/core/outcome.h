// Outcome: how an execution ended: a closed set. Tested by tests/core/scheduler_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "fate/base/place.h"

namespace fate::sim {

enum class OutcomeKind : uint8_t {
  kPassed,
  kAssertionFailed,    // a FATE_CHECK, a GoogleTest assertion
  kUncaughtException,  // left the root, or a task nobody joined
  kDeadlock,           // tasks wait, and nothing can ever wake them
  kStepLimit,          // our limit: it might have ended later
  kLeakedTask,         // a task outlived the root
  kDiverged,           // the same choices gave another run
  kCrashed,            // a signal, an abort, a sanitizer, a step without end
};

// "Passed", "AssertionFailed", ...
using fate::ToString;  // of a Place, of an operation, ...
const char* ToString(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::kPassed;
  // What happened, in one paragraph that names the voice: your program, our limit, a bug in fate.
  std::string message;
  // Where, if it has a place.
  Place place;
  // Where the program's step began, if a check of the library failed in it: there `place` is one of ours. The co_await;
  // of a task's first step, where it was spawned.
  Place step_place = {};
  // The program asked to be skipped: no finding, but the end of the search.
  bool skips = false;

  bool passed() const { return kind == OutcomeKind::kPassed; }
  // Where whoever reads it should look first.
  Place first_place() const { return step_place.line() != 0 ? step_place : place; }
};

}  // namespace fate::sim
