// The user's Ctrl-C, from within a search that worker processes do.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include "fate/sim/explore/shared_memory.h"
#include "tests/explore/interruptible.h"

namespace fate::sim::test {

// Of all the workers that are forked while it lives, one: a second SIGINT is for who does not want to wait for the
// report, and ends the process.
class InterruptsParent {
 public:
  InterruptsParent() : memory_(*SharedMemory::Map(SharedMemory::Paged(sizeof(Done)), 1)) {
    done_ = new (memory_.data()) Done(false);
  }
  void Once() {
    if (::getpid() != parent_ && !done_->exchange(true)) ::kill(parent_, SIGINT);
  }

 private:
  using Done = std::atomic<bool>;

  Interruptible interruptible_;
  pid_t parent_ = ::getpid();
  SharedMemory memory_;
  Done* done_;
};

}  // namespace fate::sim::test
