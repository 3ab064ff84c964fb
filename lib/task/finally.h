// Finally: asynchronous cleanup that runs however a task ends.
//
//   Usage:
//     auto cleanup = [&]() -> Task<> { co_await connection.Close(); };
//     int answer = co_await Finally(Ask(connection), cleanup);
//
// Example: tests/examples/finally_example_test.cc
//
// A destructor cannot await; this can. The cleanup is a callable that gives a Task<>, or a plain
// one. It runs after the body, shielded, whether the body gave a value, threw, or was cancelled,
// even before its first await. If both fail, the body's exception is rethrown and the cleanup's is
// printed; an exception of the cleanup takes the place of the body's value, and of Cancelled.
//
//   Order          the cleanup begins in the step in which the body ends.
//   Scheduling     none of its own.
//   Cancellation   reaches the body; the cleanup does not hear of it.
//   Destruction    a Finally that was never awaited runs neither. At the end of a simulation or of
//                  a runtime whose tasks are torn down, no cleanup runs.
#pragma once

#include <type_traits>
#include <utility>

#include "fate/task/cancel.h"
#include "fate/task/combinator.h"
#include "fate/task/failure.h"
#include "fate/task/task.h"

namespace fate {

template <class T, class Cleanup>
Task<T> Finally(Task<T> body, Cleanup cleanup) {
  Place place = co_await internal::CallerPlace();
  internal::Settled<T> settled(std::move(body));
  co_await settled;
  auto run = [&cleanup]() -> Task<> {
    if constexpr (std::is_void_v<std::invoke_result_t<Cleanup&>>) {
      cleanup();
      co_return;
    } else {
      co_await cleanup();
    }
  };
  ScopeBracket bracket(ScopeBracket::Shielded::kYes);
  internal::Settled<void> cleaned(run());
  co_await cleaned;
  bracket.Leave();
  if (cleaned.exception() != nullptr) {
    if (!settled.failed()) cleaned.Take();
    internal::HandLaterFailures("Finally", place, {TaskFailure("its cleanup", cleaned.exception())});
  }
  co_return settled.Take();
}

}  // namespace fate
