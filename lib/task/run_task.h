// RunTask: runs a task, and all it spawns, on an event loop, and gives its result.
//
//   Usage:
//     int answer = RunTask(loop, Ask());
//
// Example: tests/examples/event_loop_example_test.cc
//
// Gives the task's value or throws its exception, after the orderly end that fate/runtime/event_loop.h
// describes. Throws Cancelled if the task ended by it: whoever stopped the loop knows. A task that fails
// with nobody there to see ends the process, with a message that names it.
//
//   Scheduling     not awaited: it blocks the thread. Misuse inside another runtime.
//   Cancellation   EventLoop::Stop cancels the task, and all the others.
//   Destruction    the loop can run another task afterwards.
// Tested by tests/runtime/event_loop_end_test.cc.
#pragma once

#include "fate/runtime/event_loop.h"
#include "fate/task/task.h"

namespace fate {

template <class T>
T RunTask(EventLoop& loop, Task<T> task, const char* name = "main", Place place = Place::current());

// ---------------------------------------------------------------------------------------------

namespace internal {
[[noreturn]] void DieOfUnhandledFailure(TaskRecord& task);
}  // namespace internal

template <class T>
T RunTask(EventLoop& loop, Task<T> task, const char* name, Place place) {
  auto root = task.Release();
  EventLoop::Program program(loop, {root, name, place, &internal::DieOfUnhandledFailure});
  return root.promise().Take();
}

}  // namespace fate
