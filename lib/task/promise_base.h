// PromiseBase: what the frames of all tasks have in common, and how control passes between them.
//
// Behind fate/task/task.h; nobody else needs it. Tested by tests/task/task_test.cc.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "fate/base/place.h"
#include "fate/runtime/awaitable.h"
#include "fate/runtime/frame_pool.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/task_record.h"

namespace fate {

template <class T = void>
class Task;
template <class T>
class TaskPromise;

namespace internal {

class PromiseBase;

// Where control goes next, without growing the stack.
inline std::coroutine_handle<> Transfer(std::coroutine_handle<> target) noexcept {
#if defined(__clang__)
  return target;
#else
  if (--context.transfers_left != 0) [[likely]]
    return target;
  context.transfers_left = kTransfersMax;
  context.runtime->ResumeNext(target);
  return std::noop_coroutine();
#endif
}

// Without a member: it would lie in the frame.
class FinalAwaiter {
 public:
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  [[gnu::always_inline]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) const noexcept;
  void await_resume() const noexcept {}
};

// `awaiter` of the frame `parent` starts `child`, which ends there.
inline std::coroutine_handle<> TransferToChild(FrameBase& child, ChildAwaiterBase& awaiter,
                                               std::coroutine_handle<> parent) noexcept {
  child.continuation = parent;
  child.awaiter = &awaiter;
  return Transfer(awaiter.child);
}

template <class T>
class ChildAwaiter : public ChildAwaiterBase {
 public:
  explicit ChildAwaiter(typename Task<T>::Handle handle) { child = handle; }
  ChildAwaiter(const ChildAwaiter&) = delete;
  ChildAwaiter& operator=(const ChildAwaiter&) = delete;
  ~ChildAwaiter() {
    if (child) child.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
    return TransferToChild(promise(), *this, parent);
  }
  T await_resume() { return promise().Take(); }

 private:
  TaskPromise<T>& promise() const { return Task<T>::Handle::from_address(child.address()).promise(); }
};

// Awaits an operation that lives elsewhere in the frame. A prvalue of its own, because g++ 12 copies
// an awaiter that await_transform returns by reference.
template <class Operation>
class ReferenceAwaiter {
 public:
  explicit ReferenceAwaiter(Operation& operation) : operation_(operation) {}
  bool await_ready() { return operation_.await_ready(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) {
    operation_.await_suspend(handle);
  }
  decltype(auto) await_resume() { return operation_.await_resume(); }

 private:
  Operation& operation_;
};

template <class A>
concept FateAwaitable = requires { typename std::remove_cvref_t<A>::IsFateAwaitable; };
template <class A>
concept HasAwait = requires(A&& a) { std::forward<A>(a).Await(); };

// Everything of a promise that does not depend on its type of result.
class PromiseBase : public FrameBase {
 public:
  static void* operator new(size_t size) { return FramePool::Allocate(size); }
  static void operator delete(void* frame, size_t size) { FramePool::Free(frame, size); }

  // Of a coroutine that is being made.
  template <class Promise>
  static std::coroutine_handle<Promise> HandleOf(Promise& promise) {
    const auto handle = std::coroutine_handle<Promise>::from_promise(promise);
    // g++ 12 puts the value of an awaited condition in front of the frame if the coroutine declares no
    // variable: the promise is elsewhere then, and nothing finds its way back from it.
    if (kFrameMayBeShifted && !FramePool::Live(handle.address())) [[unlikely]]
      ShiftedFrame();
    return handle;
  }
#if defined(__GNUC__) && !defined(__clang__)
  static constexpr bool kFrameMayBeShifted = true;
#else
  static constexpr bool kFrameMayBeShifted = false;  // clang may place frames without asking the pool
#endif

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept;

  template <class U>
  ChildAwaiter<U> await_transform(Task<U>&& task, Place where = Place::current()) {
    place = where;
    return ChildAwaiter<U>(task.Release());
  }
  template <FateAwaitable A>
  ReferenceAwaiter<std::remove_reference_t<A>> await_transform(A&& operation, Place where = Place::current()) {
    place = where;
    return ReferenceAwaiter<std::remove_reference_t<A>>(operation);
  }
  // JoinHandle, Select and others that make their operation when they are awaited.
  template <HasAwait A>
  auto await_transform(A&& awaited, Place where = Place::current()) {
    place = where;
    return std::forward<A>(awaited).Await();
  }
  template <class A>
    requires(!FateAwaitable<A> && !HasAwait<A>)
  std::suspend_never await_transform(A&&) {
    static_assert(sizeof(A) == 0,
                  "your program awaits what is not fate's: co_await std::move(task) for a Task, "
                  "fate::FromCallback (fate/task/callback.h) for anything else");
    return {};
  }

  // Whether it ended with an exception other than Cancelled.
  bool failed() const { return exception_ != nullptr && !cancelled_; }
  bool cancelled() const { return exception_ != nullptr && cancelled_; }
  const std::exception_ptr& exception() const { return exception_; }

 protected:
  [[noreturn, gnu::cold]] static void ShiftedFrame();

  std::exception_ptr exception_;
  bool cancelled_;  // of exception_, if there is one: it is Cancelled
};

template <class Promise>
inline std::coroutine_handle<> FinalAwaiter::await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
  const PromiseBase& promise = frame.promise();
  if (promise.continuation) [[likely]]
    return Transfer(promise.continuation);
  TaskRecord* task = context.task;
  context.attention |= Attention::kEnded;
  task->ended = true;
  task->resume = frame;
  if (promise.exception() != nullptr) [[unlikely]]
    task->failed = promise.failed();
  return std::noop_coroutine();
}

}  // namespace internal

}  // namespace fate
