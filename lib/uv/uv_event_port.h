// UvEventPort: the outside world through libuv: its clock, its waiting, its pool of threads.
//
// fate::Run (fate/uv/run.h) makes one; make one yourself to run several loops, each on a thread of its
// own, or to choose what the loop is made of:
//
//   Usage:
//     UvEventPort port;
//     EventLoop loop(port);
//     int answer = RunTask(loop, Ask());
//
// Example: tests/examples/event_loop_example_test.cc
//
// Waits are as exact as libuv's timers: up to 1 ms late. The pool is libuv's, one for the process: 4
// threads, or as many as the environment variable UV_THREADPOOL_SIZE says.
// Confined to one thread, but for Wake. Tested by tests/uv/uv_event_port_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "fate/runtime/event_port.h"

struct uv_loop_s;

namespace fate {

class UvEventPort final : public EventPort {
 public:
  UvEventPort();
  // Waits for blocking work that is left.
  ~UvEventPort() override;

  // That of the running runtime. `who` asks, for the message if there is none: "SignalStream".
  static UvEventPort& Current(const char* who);

  int64_t now_ns() override;
  absl::Time epoch() const override { return epoch_; }
  void WaitUntil(int64_t deadline_ns) override;
  void Poll() override;
  void Wake() override;
  void RunBlocking(std::function<void()> work, std::function<void()> done) override;

  // For what else lib/uv does with it. A handle must be closed before the port is destroyed, and its
  // memory kept until libuv says so: the destructor lets it.
  uv_loop_s* loop();

 private:
  struct Handles;
  struct Work;

  std::unique_ptr<Handles> handles_;
  uint64_t start_ns_;
  absl::Time epoch_;
  bool closing_ = false;  // no `done` is called any more
};

}  // namespace fate
