// EventPort: what the production loop sees of the outside world: a clock, a wait, a pool of threads.
//
// One loop (fate/runtime/event_loop.h), several outsides: libuv (fate/uv/uv_event_port.h), the tests'
// clock that is moved by hand (tests/runtime/manual_port.h). After kj's EventPort; ours is told how long
// to wait, and is asked the time, so that timers stay with the loop.
//
// All calls come from the thread of the loop, but for Wake. Whatever the outside has to say, it says by
// calling functions of the program inside WaitUntil or Poll, between two steps. Nothing here throws.
// Tested by tests/runtime/event_loop_test.cc.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/time/time.h"

namespace fate {

class EventPort {
 public:
  EventPort() = default;
  EventPort(const EventPort&) = delete;
  EventPort& operator=(const EventPort&) = delete;
  virtual ~EventPort() = default;

  // Nanoseconds since the port was made; never goes back.
  virtual int64_t now_ns() = 0;
  // The wall clock when the port was made.
  virtual absl::Time epoch() const = 0;

  // Waits until something happens outside, delivers it, and returns. Returns without that too: soon
  // after `deadline_ns` (TimerQueue::kNever: no such time), after a Wake, or for no reason.
  // A deadline that has passed makes it a Poll.
  virtual void WaitUntil(int64_t deadline_ns) = 0;
  // Delivers what has happened, without waiting. Costs a system call.
  virtual void Poll() = 0;
  // Ends the WaitUntil that is under way, or the next one. Thread-safe.
  virtual void Wake() = 0;

  // Runs `work` on another thread, then `done` on this one, inside WaitUntil or Poll. Both are destroyed
  // on this thread. The destructor waits for work that is left, and calls no `done`.
  virtual void RunBlocking(std::function<void()> work, std::function<void()> done) = 0;
};

}  // namespace fate
