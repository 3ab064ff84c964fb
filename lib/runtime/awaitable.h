// Awaitable: what makes an operation something that can be awaited.
//
//   class LockOperation : public Awaitable<LockOperation> {
//    public:
//     explicit LockOperation(Mutex& mutex);
//     bool CanProceed() const override;     // could it take effect now?
//     void Perform() override;              // it takes effect
//     void Link() override;                 // where changes of the object find it
//     MutexGuard Result();                  // what co_await gives
//   };
//
// Tested by tests/runtime/operation_test.cc and by every primitive.
#pragma once

#include <coroutine>
#include <type_traits>

#include "fate/runtime/operation.h"
#include "fate/runtime/wait_list.h"

namespace fate {

// What co_await needs, for an operation named Derived; Base is Operation for one that never waits.
// Derived may declare
//   static constexpr bool kMayBlock, kCancellable;
//   bool Ready()      whether a newcomer may proceed at once (default CanProceed());
//   T Result()        what co_await gives.
template <class Derived, class Base = WaitingOperation>
class Awaitable : public Base {
 public:
  using State = Operation::State;
  Awaitable(OpKind kind, const Object* object) : Base(kind, object) {
    this->cancellable_ = Derived::kCancellable;
    this->may_block_ = Derived::kMayBlock;
  }
  static constexpr bool kMayBlock = std::is_base_of_v<WaitingOperation, Base>;
  static constexpr bool kCancellable = true;
  using IsFateAwaitable = void;

  // Inlined: an operation that can proceed costs no call.
  [[gnu::always_inline]] bool await_ready();
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle);
  [[gnu::always_inline]] decltype(auto) await_resume();

  bool Ready() { return self().Derived::CanProceed(); }
  void Result() {}

  // The effect at once, for code that cannot await: destructors, callbacks, plain functions. It is
  // part of the step that is running; `place` is where, for stories. REQUIRES: CanProceed().
  void Now(Place place = Place());

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  // How its task stands before it, for the search.
  [[gnu::always_inline]] uint8_t Standing() {
    if (!self().Derived::CanProceed() && !(Derived::kCancellable && this->task_->cancelled)) {
      return Attention::kBlocked;
    }
    return self().Derived::WouldQueue() ? Attention::kGaveWay : Attention::kNothing;
  }
  // The operation has not taken effect: it was chosen, or cancelled.
  [[gnu::noinline]] void TakeEffect();
};

// ---------------------------------------------------------------------------------------------

template <class Derived, class Base>
inline bool Awaitable<Derived, Base>::await_ready() {
  if (context.search != nullptr) [[unlikely]]
    return false;
  TaskRecord* task = context.task;
  if (task == nullptr) [[unlikely]]
    internal::AwaitedOutsideRuntime();
  if constexpr (Derived::kCancellable) {
    if (task->cancelled) [[unlikely]] {
      this->state_ = State::kAborted;
      return true;
    }
  }
  if (!self().Ready()) return false;
  self().Derived::Perform();
  this->state_ = State::kDone;
  return true;
}

template <class Derived, class Base>
template <class Promise>
void Awaitable<Derived, Base>::await_suspend(std::coroutine_handle<Promise> handle) {
  TaskRecord* task = context.task;
  // Nor in a coroutine that is not ours.
  if (!std::is_base_of_v<FrameBase, Promise> || task == nullptr) [[unlikely]]
    internal::AwaitedOutsideRuntime();
  task->resume = handle;
  task->pending = this;
  this->task_ = task;
  if constexpr (Derived::kMayBlock) {
    self().Derived::Link();
    if (context.search != nullptr) context.attention |= Standing();
  }
}

template <class Derived, class Base>
inline decltype(auto) Awaitable<Derived, Base>::await_resume() {
  if (this->state_ != State::kDone) [[unlikely]] {
    if constexpr (Derived::kMayBlock || Derived::kCancellable) {
      TakeEffect();
    } else {
      self().Derived::Perform();  // the search chose it
    }
  }
  return self().Derived::Result();
}

template <class Derived, class Base>
void Awaitable<Derived, Base>::TakeEffect() {
  if (this->state_ == State::kAborted) internal::ThrowCancelled();
  // The search chose this operation now.
  if constexpr (Derived::kMayBlock) self().Derived::Unlink();
  if constexpr (Derived::kCancellable) {
    if (this->task_->cancelled && this->WillThrow()) internal::ThrowCancelled();
  }
  self().Derived::Perform();
  this->state_ = State::kDone;
}

template <class Derived, class Base>
void Awaitable<Derived, Base>::Now(Place place) {
  self().Derived::Perform();
  this->state_ = State::kDone;
  if (context.simulation != nullptr) [[unlikely]]
    internal::ReportImmediate(*this, place);
}

namespace internal {

// The running `frame` takes the place where the program awaits it; where it was spawned, if it is
// the root of its task.
inline void TakePlaceOfCaller(FrameBase& frame) {
  const FrameBase* parent = frame.parent();
  frame.place = parent != nullptr ? parent->place : context.task->spawn_place;
}

// An operation inside a coroutine of the library, which traces and reports place where the program awaits that.
template <class Derived, class Base = WaitingOperation>
class Inner : public Awaitable<Derived, Base> {
 public:
  using Awaitable<Derived, Base>::Awaitable;

  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) {
    TakePlaceOfCaller(handle.promise());
    Awaitable<Derived, Base>::await_suspend(handle);
  }
};

}  // namespace internal
}  // namespace fate
