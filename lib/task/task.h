// Task<T>: a coroutine that is lazy, owned once, and gives a T or an exception.
//
//   Usage:
//     Task<int> Answer() { co_return 42; }
//     Task<> Main() {
//       int answer = co_await Answer();      // starts Answer, runs on when it has ended
//       Task<int> later = Answer();          // nothing runs yet
//       answer += co_await std::move(later);
//     }
//
// Example: tests/examples/task_example_test.cc
//
// A directly awaited Task belongs to the task of its awaiter: no scheduling point, no queue, control
// passes at once. Exceptions travel from child to awaiter. A Task that is destroyed without being
// awaited never runs.
//
//   Order          the awaiter goes on in the same step in which the child ends.
//   Scheduling     awaiting a Task is no scheduling point; what happens inside may be.
//   Cancellation   reaches the innermost await; awaiting a Task throws nothing of its own.
//   Destruction    at any time before it is awaited; afterwards the awaiter owns it.
//
// A chain of synchronous awaits takes no stack: control is transferred symmetrically where the
// compiler guarantees tail calls (clang), and returns to the loop every 256th transfer elsewhere.
// Frames come from the pool of the running runtime (fate/runtime/frame_pool.h).
//
// g++ 12 destroys twice what a lambda passed inside a co_await expression captured by value: name
// the lambda first. `F(co_await a, co_await b)` runs in the order the compiler likes: sequence it.
// Not thread-safe; a Task runs on the thread of the runtime it is awaited or spawned in.
#pragma once

#include <coroutine>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "fate/base/place.h"
#include "fate/runtime/check.h"
#include "fate/runtime/frame_pool.h"
#include "fate/runtime/operation.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/task_record.h"

namespace fate {

template <class T>
class TaskPromise;

template <class T = void>
class [[nodiscard("a Task does nothing until it is awaited or spawned")]] Task {
 public:
  using promise_type = TaskPromise<T>;
  using value_type = T;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;  // empty
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task old(std::move(*this));
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Whether it still owns a coroutine: false once awaited, spawned or moved from.
  explicit operator bool() const { return static_cast<bool>(handle_); }
  // Gives up the coroutine. REQUIRES: not empty, else "awaited twice".
  Handle Release() {
    FATE_CHECK(handle_, "your program awaited or spawned a Task twice, or one it had moved away");
    return std::exchange(handle_, nullptr);
  }

 private:
  friend promise_type;
  explicit Task(Handle handle) : handle_(handle) {}
  Handle handle_;
};

// ---------------------------------------------------------------------------------------------

namespace internal {

// Where control goes next, without growing the stack.
inline std::coroutine_handle<> Transfer(std::coroutine_handle<> target) noexcept {
#if defined(__clang__)
  return target;
#else
  if (++context.transfers % 256 != 0) [[likely]] return target;
  context.runtime->ResumeNext(target);
  return std::noop_coroutine();
#endif
}

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
    if (ChildAwaiterBase* awaiter = handle.promise().awaiter; awaiter != nullptr) [[likely]] {
      return Transfer(awaiter->continuation);
    }
    context.attention = true;
    context.task->ended = true;
    context.task->frame = &handle.promise();
    context.task->failed = handle.promise().failed();
    return std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

template <class T>
class ChildAwaiter : public ChildAwaiterBase {
 public:
  explicit ChildAwaiter(typename Task<T>::Handle handle) : handle_(handle) { child = handle; }
  ChildAwaiter(const ChildAwaiter&) = delete;
  ChildAwaiter& operator=(const ChildAwaiter&) = delete;
  ~ChildAwaiter() {
    if (child) child.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent_handle) noexcept {
    continuation = parent_handle;
    parent = &parent_handle.promise();
    handle_.promise().awaiter = this;
    return Transfer(handle_);
  }
  T await_resume() { return handle_.promise().Take(); }

 private:
  typename Task<T>::Handle handle_;
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

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept;

  template <class U>
  ChildAwaiter<U> await_transform(Task<U>&& task, Place where = Place::current()) {
    place = where;
    return ChildAwaiter<U>(task.Release());
  }
  template <FateAwaitable A>
  ReferenceAwaiter<std::remove_reference_t<A>> await_transform(A&& operation,
                                                               Place where = Place::current()) {
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
  void await_transform(A&&) {
    static_assert(sizeof(A) == 0,
                  "only fate's awaitables can be awaited in a Task: co_await std::move(task) for a "
                  "Task, fate::FromCallback (fate/task/callback.h) for anything else");
  }

  // Whether it ended with an exception other than Cancelled.
  bool failed() const { return exception_ != nullptr && !cancelled_; }
  bool cancelled() const { return cancelled_; }
  const std::exception_ptr& exception() const { return exception_; }

 protected:
  std::exception_ptr exception_;
  bool cancelled_ = false;  // exception_ is Cancelled
};

}  // namespace internal

template <class T>
class TaskPromise : public internal::PromiseBase {
 public:
  TaskPromise() {}
  ~TaskPromise() {
    if (has_value_) value_.~T();
  }
  Task<T> get_return_object() { return Task<T>(Task<T>::Handle::from_promise(*this)); }
  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    new (&value_) T(std::forward<U>(value));
    has_value_ = true;
  }
  // The result moved out, or the exception thrown. REQUIRES: ended, not taken before.
  T Take() {
    if (exception_ != nullptr) [[unlikely]] std::rethrow_exception(exception_);
    return std::move(value_);
  }

 private:
  union {
    T value_;
  };
  bool has_value_ = false;
};

template <class T>
class TaskPromise<T&> : public internal::PromiseBase {
 public:
  Task<T&> get_return_object() { return Task<T&>(Task<T&>::Handle::from_promise(*this)); }
  void return_value(T& value) { value_ = &value; }
  T& Take() {
    if (exception_ != nullptr) [[unlikely]] std::rethrow_exception(exception_);
    return *value_;
  }

 private:
  T* value_ = nullptr;
};

template <>
class TaskPromise<void> : public internal::PromiseBase {
 public:
  Task<> get_return_object() { return Task<>(Task<>::Handle::from_promise(*this)); }
  void return_void() {}
  void Take() {
    if (exception_ != nullptr) [[unlikely]] std::rethrow_exception(exception_);
  }
};

}  // namespace fate
