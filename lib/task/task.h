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
// the lambda first. It spoils the frame of a coroutine that declares no variable and awaits in a condition:
// making one is misuse, name what the await gives. `F(co_await a, co_await b)` runs in the order the
// compiler likes: sequence it. What a lambda that is a coroutine captures stays in the lambda, which must
// outlive the task; what it takes as parameters is in the frame.
// Not thread-safe; a Task runs on the thread of the runtime it is awaited or spawned in.
#pragma once

#include <coroutine>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "fate/runtime/check.h"
#include "fate/task/promise_base.h"

namespace fate {

template <class T>
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

template <class T>
class TaskPromise : public internal::PromiseBase {
  // Frames have no more, and FrameBase::parent relies on it.
  static_assert(alignof(T) <= 2 * sizeof(void*), "the value of a Task is aligned to 16 bytes at most");

 public:
  TaskPromise() {}
  ~TaskPromise() {
    if (has_value_) value_.~T();
  }
  Task<T> get_return_object() { return Task<T>(HandleOf(*this)); }
  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    new (&value_) T(std::forward<U>(value));
    has_value_ = true;
  }
  // The result moved out, or the exception thrown. REQUIRES: ended, not taken before.
  T Take() {
    if (exception_ != nullptr) [[unlikely]]
      std::rethrow_exception(exception_);
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
  Task<T&> get_return_object() { return Task<T&>(HandleOf(*this)); }
  void return_value(T& value) { value_ = &value; }
  T& Take() {
    if (exception_ != nullptr) [[unlikely]]
      std::rethrow_exception(exception_);
    return *value_;
  }

 private:
  T* value_ = nullptr;
};

template <>
class TaskPromise<void> : public internal::PromiseBase {
 public:
  Task<> get_return_object() { return Task<>(HandleOf(*this)); }
  void return_void() {}
  void Take() {
    if (exception_ != nullptr) [[unlikely]]
      std::rethrow_exception(exception_);
  }
};

}  // namespace fate
