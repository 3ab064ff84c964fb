// FromFuture: awaits a std::future, of a library that knows nothing of coroutines.
//
//   Usage:
//     std::future<int> future = library.Compute();
//     int result = co_await FromFuture(std::move(future));
//
// Example: tests/examples/future_example_test.cc
//
// Gives the future's value, or throws its exception. One that is ready gives it at once; for any
// other production keeps a thread of the pool waiting: fine for a few, not for thousands. A
// simulator cannot replay foreign threads: there a future that is not ready ends the execution with
// a finding. One that is deferred is run: by the pool in production, in place in the simulator.
//
//   Order          as the futures become ready.
//   Scheduling     none for one that is ready; else that of RunBlocking.
//   Cancellation   of a future that is not ready throws before the wait begins; the wait itself is
//                  not cut short. The future is consumed in either case.
//   Destruction    nothing to destroy.
//
// REQUIRES: future.valid().
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "fate/runtime/check.h"
#include "fate/runtime/simulation.h"
#include "fate/task/combinator.h"
#include "fate/task/run_blocking.h"
#include "fate/task/task.h"

namespace fate {

namespace internal {
// Ends the execution of a simulation; does nothing in production.
void WaitForFutureUnsupported(Place place);
}  // namespace internal

template <class T>
Task<T> FromFuture(std::future<T> future) {
  Place place = co_await internal::CallerPlace();
  FATE_CHECK(future.valid(), "your program awaited a std::future that has no shared state");
  auto shared = std::make_shared<std::future<T>>(std::move(future));
  std::future_status status = shared->wait_for(std::chrono::seconds(0));
  bool simulated = context.simulation != nullptr;
  if (status == std::future_status::timeout || (status == std::future_status::deferred && !simulated)) {
    internal::WaitForFutureUnsupported(place);
    auto wait = [shared] { shared->wait(); };
    internal::Settled<void> settled(RunBlocking(wait));
    co_await settled;
    settled.Take();
  }
  co_return shared->get();
}

}  // namespace fate
