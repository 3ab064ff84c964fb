// FromCallback: makes a function that takes a callback awaitable.
//
//   Usage:
//     auto start = [&](Completion<int> done) { socket.Read([done](int bytes) { done(bytes); }); };
//     auto abort = [&] { socket.Cancel(); };
//     int bytes = co_await FromCallback<int>(start, abort);
//
// Example: tests/examples/callback_example_test.cc
//
// `start` is called once, with a Completion that can be copied and kept. The await ends when it is
// called, at once or later: from a callback of the loop, from another task, or, from a foreign
// thread, through Runtime::Post. Exactly one call counts: done(value), done.Fail(exception) or
// done.Abort(). A second one is misuse; dropping all copies uncalled fails the await with a broken
// std::future_error. What holds for calls holds for that, too: a foreign thread hands its copy over
// with Post.
//
//   Order          as the completions are called.
//   Scheduling     the start and the wait are each a scheduling point; a completion is none.
//   Cancellation   throws before the start. Later it calls `abort`, once. If that gives nothing, or
//                  AbortResult::kAborted, Cancelled is thrown and a late completion is ignored; if
//                  it gives kWillComplete, the await goes on until a completion: a value is
//                  returned (the cancellation came too late), done.Abort() throws Cancelled.
//                  Without an `abort` it waits for the completion.
//   Destruction    a Completion may outlive the await, and the runtime.
//
// `abort` runs in the step of whoever cancels, and must not throw. One allocation. O(1).
#pragma once

#include <utility>
#include <variant>

#include "fate/task/callback_state.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"

namespace fate {

// co_await gives the T that the Completion is called with.
template <class T = void, class Start, class Abort = NoAbort>
Task<T> FromCallback(Start start, Abort abort = Abort());

// ---------------------------------------------------------------------------------------------

template <class T>
class Completion : public internal::CompletionBase<T> {
 public:
  // The await gives `value`.
  void operator()(T value) const { this->Give(std::forward<T>(value)); }

 private:
  template <class Start, class U>
  friend class internal::CallbackStart;
  using internal::CompletionBase<T>::CompletionBase;
};

template <>
class Completion<void> : public internal::CompletionBase<void> {
 public:
  void operator()() const { Give(std::monostate()); }

 private:
  template <class Start, class U>
  friend class internal::CallbackStart;
  using CompletionBase::CompletionBase;
};

template <class T, class Start, class Abort>
Task<T> FromCallback(Start start, Abort abort) {
  Place place = co_await internal::CallerPlace();
  internal::CallbackValue<T> receiver(place);
  internal::CallbackStart<Start, T> starting(start, receiver);
  co_await starting;
  internal::CallbackWait<Abort> waiting(abort, receiver);
  co_await waiting;
  receiver.ThrowUnlessValue();
  if constexpr (!std::is_void_v<T>) co_return std::move(*receiver.value);
}

}  // namespace fate
