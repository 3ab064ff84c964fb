// InterruptGuard: Ctrl-C ends a search with a report of what was covered, not the process.
//
// While it lives, the first SIGINT is noted and the handler that was there before is back, so a second
// one does what it always did. Left alone if the process ignores SIGINT. One at a time in a process; one
// inside another is the same as the outer. Tested by tests/explore/interrupt_test.cc.
#pragma once

#include <csignal>

namespace fate::sim {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  // Whether SIGINT came since the guard was made.
  bool interrupted() const;

 private:
  bool outermost_ = false;
};

}  // namespace fate::sim
