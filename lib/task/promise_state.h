// PromiseState: what the copies of a Promise share, and who follows it.
//
// The internals of fate/task/promise.h. Tested by tests/task/promise_test.cc.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/object.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"

namespace fate {

template <class T = void>
class Promise;

namespace internal {

// What of a promise does not depend on its type.
class PromiseState : public Object {
 public:
  explicit PromiseState(Place place) : Object(ObjectKind::kCustom, place) {}
  // Fails the program if nobody has followed a failure.
  ~PromiseState();

  bool settled(Place place = Place::current()) const { return Seen(settled_, place); }
  // Somebody follows.
  void Observe() { observed_ = true; }
  // It has ended, and followers go on. `failed`: with an exception other than Cancelled.
  void Settle(std::exception_ptr exception, bool failed);
  bool unobserved_failure() const { return failed_ && !observed_; }
  void ThrowUnlessValue() const {
    if (exception_ != nullptr) std::rethrow_exception(exception_);
  }

 private:
  friend class PromiseWait;
  WaitList followers_;  // in order of their coming
  std::exception_ptr exception_;
  bool settled_ = false;
  bool failed_ = false;
  bool observed_ = false;
};

template <class T>
class PromiseValue final : public PromiseState {
 public:
  using PromiseState::PromiseState;
  std::optional<Slot<T>> value;  // empty if it has not ended, or not with a value
};

// What f(argument), or f() for void, gives; a Task or a Promise is awaited.
template <class Result>
struct FollowerValue {
  using Type = Result;
};
template <template <class> class Awaited, class T>
  requires(std::is_same_v<Awaited<T>, Task<T>> || std::is_same_v<Awaited<T>, Promise<T>>)
struct FollowerValue<Awaited<T>> {
  using Type = T;
};

template <class F, class T>
struct FollowerOf : FollowerValue<std::invoke_result_t<F&, T>> {};
template <class F>
struct FollowerOf<F, void> : FollowerValue<std::invoke_result_t<F&>> {};

template <class F, class... Argument>
auto Call(F& f, Argument... argument) -> Task<typename FollowerValue<std::invoke_result_t<F&, Argument...>>::Type> {
  using Result = std::invoke_result_t<F&, Argument...>;
  if constexpr (std::is_same_v<Result, typename FollowerValue<Result>::Type>) {
    co_return f(std::forward<Argument>(argument)...);
  } else {
    co_return co_await f(std::forward<Argument>(argument)...);
  }
}

class PromiseWait : public Inner<PromiseWait> {
 public:
  explicit PromiseWait(PromiseState& state) : Inner(OpKind::kWait, &state), state_(state) {}
  bool CanProceed() const override { return state_.settled_; }
  void Link() override { state_.followers_.PushBack(this); }
  Openings OpenBefore() const override { return {state_.settled_, false}; }

 private:
  PromiseState& state_;
};

// The task behind a promise.
template <class T>
Task<> RunPromise(std::shared_ptr<PromiseValue<T>> state, Task<T> task) {
  Settled<T> settled(std::move(task));
  co_await settled;
  if (settled.exception() != nullptr) {
    state->Settle(settled.exception(), settled.failed());
  } else {
    if constexpr (!std::is_void_v<T>) state->value.emplace(settled.Take());
    state->Settle(nullptr, false);
  }
  if (state->unobserved_failure() && state.use_count() == 1) {
    state->Observe();
    settled.Take();  // the failure is this task's own
  }
}

// Its value.
template <class T>
Task<T> FollowPromise(std::shared_ptr<PromiseValue<T>> state) {
  PromiseWait wait(*state);
  co_await wait;
  state->ThrowUnlessValue();
  if constexpr (!std::is_void_v<T>) co_return *state->value;
}

}  // namespace internal
}  // namespace fate
