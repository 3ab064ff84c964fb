// Run: runs a program on libuv: the production counterpart of SIM_TEST.
//
//   Usage:
//     RunOptions options;
//     options.name = "server";
//     options.grace = absl::Seconds(1);
//     int answer = Run(Ask(), options);
//
// Example: tests/examples/run_example_test.cc
//
// Runs `main` and all it spawns on the calling thread, on a loop of its own, and gives main's value or
// throws its exception, after an orderly end (fate/runtime/event_loop.h): tasks of Lifetime::kProgram and
// blocking work are waited for, all other tasks are cancelled and run to their end.
//
// The first SIGINT or SIGTERM cancels the program, main included, so that it can clean up; the
// second one ends the process at once, even if a step never ends. If main lets that Cancelled go, Run
// throws it. RunMain is the whole of a main() function: it gives the exit code, 128 plus the
// signal in that case, as shells count, and prints an exception on stderr.
//
//   Scheduling     not awaited: it blocks the thread. Misuse inside another runtime.
//   Cancellation   by the signals of the options.
//
// Threads may each Run a program of their own; of these only one should have the signals.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fate/runtime/event_loop.h"
#include "fate/task/run_task.h"
#include "fate/task/task.h"

namespace fate {

struct RunOptions {
  // SIGINT and SIGTERM. Not an aggregate, on purpose: g++ 12 destroys twice an aggregate made inside a
  // co_await expression.
  RunOptions();

  // Of main, in reports. A literal, or any string that outlives the run.
  const char* name = "main";
  // Of the program's Random; none: another one each time.
  std::optional<uint64_t> seed;
  // The first of these cancels the program.
  std::vector<int> signals;
  // How long tasks may take to end once they are cancelled: what main, and tasks of Lifetime::kProgram, have left
  // behind. Blocking work is waited for without limit.
  absl::Duration grace = EventLoop::kGrace;
};

template <class T>
T Run(Task<T> main, RunOptions options = RunOptions(), Place place = Place::current());

// T is void or int.
template <class T>
int RunMain(Task<T> main, RunOptions options = RunOptions(), Place place = Place::current());

// ---------------------------------------------------------------------------------------------

namespace internal {

// The loop of libuv, and who watches its signals.
class UvProgram {
 public:
  explicit UvProgram(const RunOptions& options);
  ~UvProgram();
  EventLoop& loop();
  // For the handler of an exception, or of Cancelled: prints it and gives the exit code.
  int ExitCodeOfException() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace internal

template <class T>
T Run(Task<T> main, RunOptions options, Place place) {
  internal::UvProgram program(options);
  return RunTask(program.loop(), std::move(main), options.name, place);
}

template <class T>
int RunMain(Task<T> main, RunOptions options, Place place) {
  static_assert(std::is_void_v<T> || std::is_same_v<T, int>, "a main gives nothing, or an exit code");
  internal::UvProgram program(options);
  try {
    if constexpr (std::is_void_v<T>) {
      RunTask(program.loop(), std::move(main), options.name, place);
      return 0;
    } else {
      return RunTask(program.loop(), std::move(main), options.name, place);
    }
  } catch (...) {
    return program.ExitCodeOfException();
  }
}

}  // namespace fate
