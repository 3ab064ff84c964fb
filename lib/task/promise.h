// Promise<T>: a task that runs already, whose end any number of others may follow; as in
// JavaScript.
//
//   Usage:
//     Promise<int> answer = StartPromise(Ask());
//     Promise<std::string> text = answer.Then([](int value) { return std::to_string(value); })
//                                     .Catch([](std::exception_ptr) { return std::string("no answer"); })
//                                     .Finally([&] { ++finished; });
//     std::string shown = co_await text;
//
// Example: tests/examples/promise_example_test.cc
//
// A Promise is a handle that can be copied; each co_await gives a copy of the value, or throws what
// the task threw. Then calls f(value), Catch f(std::exception_ptr), Finally f() in any case, each
// in a task of its own when the promise has settled; what f gives is the next promise's value. f
// may give a plain value, or a Task. Cancelled is no error: Catch does not see it. A failure that
// nobody follows by the time the last handle is gone ends the program, like that of a detached
// task.
//
//   Order          followers go on in the order in which they came.
//   Scheduling     co_await is a scheduling point; starting, Then, Catch and Finally are none.
//   Cancellation   co_await throws Cancelled, and the promise goes on. A promise cannot be
//                  cancelled; at the end of the program it is.
//   Destruction    dropping a Promise stops nothing: the program ends after its last promise
//                  (Lifetime::kProgram).
//
// One task and one allocation a promise. O(1). A lambda that captures by value is named before a
// co_await expression, as everywhere: see fate/task/task.h.
#pragma once

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "fate/task/combinator.h"
#include "fate/task/finally.h"
#include "fate/task/promise_state.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"

namespace fate {

// Starts `task`: it is appended to the ready queue.
template <class T>
Promise<T> StartPromise(Task<T> task, Place place = Place::current());

template <class T>
class Promise {
  static_assert(std::is_void_v<T> || std::is_copy_constructible_v<internal::Slot<T>>,
                "a promise may be awaited many times, so its value is copied: use Spawn for others");

 public:
  // co_await gives the value.
  internal::ChildAwaiter<T> Await() const { return internal::ChildAwaiter<T>(Value().Release()); }
  bool settled(Place place = Place::current()) const { return state_->settled(place); }

  // f(value), or f() for a Promise<>.
  template <class F>
  auto Then(F f, Place place = Place::current()) const {
    return StartPromise(ThenTask(Value(), std::move(f)), place);
  }
  // f(std::exception_ptr) gives a T, or a Task<T>.
  template <class F>
  Promise Catch(F f, Place place = Place::current()) const {
    return StartPromise(CatchTask(Value(), std::move(f)), place);
  }
  // f() gives nothing, or a Task<>; it is shielded.
  template <class F>
  Promise Finally(F f, Place place = Place::current()) const {
    return StartPromise(fate::Finally(Value(), std::move(f)), place);
  }

 private:
  template <class U>
  friend Promise<U> StartPromise(Task<U> task, Place place);
  explicit Promise(std::shared_ptr<internal::PromiseValue<T>> state) : state_(std::move(state)) {}

  Task<T> Value() const {
    state_->Observe();
    return internal::FollowPromise<T>(state_);
  }
  template <class F>
  static auto ThenTask(Task<T> before, F f) -> Task<typename internal::FollowerOf<F, T>::Type>;
  template <class F>
  static Task<T> CatchTask(Task<T> before, F f);

  std::shared_ptr<internal::PromiseValue<T>> state_;
};

// ---------------------------------------------------------------------------------------------

template <class T>
template <class F>
auto Promise<T>::ThenTask(Task<T> before, F f) -> Task<typename internal::FollowerOf<F, T>::Type> {
  internal::Settled<T> settled(std::move(before));
  co_await settled;
  if constexpr (std::is_void_v<T>) {
    settled.Take();
    co_return co_await internal::Call(f);
  } else {
    co_return co_await internal::Call(f, settled.Take());
  }
}

template <class T>
template <class F>
Task<T> Promise<T>::CatchTask(Task<T> before, F f) {
  internal::Settled<T> settled(std::move(before));
  co_await settled;
  if (!settled.failed()) co_return settled.Take();
  co_return co_await internal::Call(f, settled.exception());
}

template <class T>
Promise<T> StartPromise(Task<T> task, Place place) {
  auto state = std::make_shared<internal::PromiseValue<T>>(place);
  SpawnOptions options;
  options.lifetime = Lifetime::kProgram;
  SpawnNow(internal::RunPromise<T>(state, std::move(task)), options, place).Detach();
  return Promise<T>(std::move(state));
}

}  // namespace fate
