// Six real bugs of the corpus as programs, each in a buggy and a fixed variant.
//
// A program is one source file, b03_token_refresh.cc and so on, whose first comment tells the bug,
// where it was reported, and the interleaving that fails. Nothing in a program is there to provoke
// the bug: tasks change places only at what the original awaits too, a lock, a remote call, a
// timer, a future. Remote calls are operations on an Atomic, since that is what one looks like from
// here: the other side does something at one moment between the asking and the answer.
#pragma once

#include <span>

#include "fate/sim/core/outcome.h"
#include "fate/task/task.h"

namespace fate::demo {

enum class Variant { kBuggy, kFixed };

// "buggy", "fixed".
const char* ToString(Variant variant);

struct Bug {
  // The row of the corpus: B03, ...
  const char* row;
  // What goes wrong, where it was reported, and what the fixed variant does: a line each.
  const char* title;
  const char* source;
  const char* fix;
  // Of a failing execution of the buggy variant.
  sim::OutcomeKind outcome;
  // Makes the task that an execution begins with; it owns all the state it uses.
  Task<> (*program)(Variant);
};

// All six, by row.
std::span<const Bug> Bugs();

Task<> TokenRefresh(Variant variant);
Task<> DeleteDeviceTwice(Variant variant);
// REQUIRES: waiters is 2, or 3, for which the fix is not enough.
Task<> CancelledLockWaiter(Variant variant, int waiters = 2);
Task<> DroppedNotified(Variant variant);
Task<> AbortedTimer(Variant variant);
Task<> ConnectionLimit(Variant variant);

}  // namespace fate::demo
