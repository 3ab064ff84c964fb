// EventLoop: the runtime of production: tasks in FIFO order, over an EventPort.
//
//   Usage:
//     UvEventPort port;
//     EventLoop loop(port, seed);
//     int answer = RunTask(loop, Ask());          // fate/task/run_task.h
//
// Example: tests/examples/event_loop_example_test.cc
//
// Programs say fate::Run (fate/uv/run.h), which does the above and cares for signals too.
//
// A turn is: the timers that are due, in (deadline, arming) order; then what was posted, in order; then
// one pass of the ready queue: the tasks that were ready when the pass began, each for one step. Those
// that become ready meanwhile wait for the next turn. now_ns() is constant within a turn.
//
// With nothing to do the loop waits in the port, for ever if need be. While tasks keep it busy it looks
// outside now and then: it reads the clock at each turn if turns are long, at each 32nd if they
// take nanoseconds, and polls the port 50 us after the last time: timers and the outside are
// late by that much, or by one turn.
//
// The end of a program, in this order: the root task has ended; its tasks of Lifetime::kProgram, blocking
// work and posted work are waited for (not if the root failed); all that is left is cancelled, and runs on
// until it has ended; what has not ended after `grace` is named on stderr and destroyed where it stands.
//
// REQUIRES: used on the thread that made it, but for Post. The port outlives it.
// Tested by tests/runtime/event_loop_test.cc.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "fate/runtime/context.h"
#include "fate/runtime/event_port.h"
#include "fate/runtime/runtime.h"

namespace fate {

class EventLoop final : public Runtime, private TaskOwner {
 public:
  // How long the tasks left at the end may take to end once they are cancelled.
  static constexpr absl::Duration kGrace = absl::Seconds(5);

  explicit EventLoop(EventPort& port, uint64_t seed = 0, absl::Duration grace = kGrace);
  ~EventLoop() override;

  EventPort& port() { return port_; }
  // Cancels the program that runs, root included. Idempotent.
  void Stop() { root_scope().Cancel(); }

  // What a program begins with.
  struct Root {
    std::coroutine_handle<> coroutine;
    const char* name;
    Place place;
    // Told of a task that failed with nobody there to see; does not return.
    void (*unhandled_failure)(TaskRecord& task);
  };
  // The constructor runs a program to its end. Until the destructor, its root frame is still there,
  // with the result. Misuse inside another runtime.
  class Program {
   public:
    Program(EventLoop& loop, const Root& root);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

   private:
    EventLoop& loop_;
    ContextScope context_;
  };

  // Runtime. What was posted and has not run when the program is over is dropped.
  void Post(std::function<void()> work) override;
  void RunBlocking(std::function<void()> work, std::function<void()> done) override;
  void UnhandledFailure(TaskRecord& task) override;

 private:
  void Begin(const Root& root);
  void RunToEnd();
  void End();
  void TaskEnded(TaskRecord& root) override;
  // A turn, which waits at most until `until_ns` if there is nothing to do.
  void Turn(int64_t until_ns);
  void RunReady();
  void FireTimers();
  void RunPosted();
  // Reads the clock, and polls the port if it is time.
  void Look();
  void Wait(int64_t until_ns);
  // Whether something keeps the program going after its root.
  bool Unfinished() const;
  void NameTheLeft() const;
  Context MakeLoopContext();

  EventPort& port_;
  const absl::Duration grace_;
  const std::thread::id thread_ = std::this_thread::get_id();
  void (*unhandled_failure_)(TaskRecord& task) = nullptr;
  bool used_ = false;
  bool root_ended_ = false;
  bool root_failed_ = false;

  int turns_until_look_ = 1;
  int turns_per_look_ = 1;
  int64_t last_poll_ns_ = 0;

  std::vector<std::function<void()>> running_;  // of posted work: what this turn runs
  size_t blocking_ = 0;                         // pieces of work whose `done` is to come
  std::shared_ptr<bool> alive_;                 // of the program: false once it is over

  std::atomic<bool> waiting_ = false;     // in port_.WaitUntil, or about to be
  std::atomic<bool> has_posted_ = false;  // posted_ is not empty
  std::mutex post_mutex_;
  std::vector<std::function<void()>> posted_;  // oldest first
};

}  // namespace fate
