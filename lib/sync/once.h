// Once: something that is done once, by whoever comes first, and is done for all.
//
//   Usage:
//     Once opened;
//     Task<> Use() {
//       co_await opened.Call([this] { return Open(); });   // runs in the first caller
//       co_await Query();                                  // Open has succeeded, whoever ran it
//     }
//
// Example: tests/examples/once_example_test.cc
//
// If the callable throws, its caller gets the exception, and the next caller tries. Being cancelled
// while it runs counts as a failure.
//
//   Order          on success all waiters go on, oldest first; on failure the oldest tries next.
//   Scheduling     Call is a scheduling point; the end of the callable is none.
//   Cancellation   a Call that waits throws Cancelled, and leaves the one that runs alone. The one
//                  that runs throws Cancelled if the callable does.
//   Destruction    when no task is inside a Call.
//
// Calling it from inside the callable deadlocks. O(1), the end of the callable O(waiters).
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/wait_list.h"
#include "fate/sync/shapes.h"
#include "fate/task/task.h"

namespace fate {

class Once final : public Object {
 public:
  explicit Once(Place place = Place::current()) : Object(ObjectKind::kOnce, place) {}

  // Returns when `callable()`, which gives a Task<>, has succeeded once, here or elsewhere. Name
  // the callable before the co_await if it captures by value (g++ 12).
  template <class Callable>
  Task<> Call(Callable callable) {
    static_assert(std::is_same_v<std::invoke_result_t<Callable&>, Task<>>,
                  "the callable of a Once gives a Task<>: make it a coroutine, or let it return one");
    EnterOperation enter(*this);
    if (co_await enter) {
      Running running(*this);
      co_await callable();
      running.Succeeded();
    }
  }

  bool done(Place place = Place::current()) const { return Seen(state_ == State::kDone, place); }
  // The task that runs the callable; null if none does.
  const TaskRecord* holder() const { return runner_; }
  void ForEachHolder(absl::FunctionRef<void(uint32_t id)> visit) const override {
    if (runner_ != nullptr) visit(holder_id_);
  }

 private:
  enum class State : uint8_t { kIdle, kRunning, kDone };

  // Gives whether this caller is to run the callable.
  class EnterOperation : public internal::Inner<EnterOperation> {
   public:
    explicit EnterOperation(Once& once) : Inner(OpKind::kCall, &once), once_(once) {}
    bool CanProceed() const override { return once_.state_ != Once::State::kRunning; }
    bool WouldQueue() const override { return !FirstInList(); }
    void Perform() override { runs_ = once_.Enter(task_ != nullptr ? task_ : context.task); }
    void Link() override { once_.waiters_.PushBack(this); }
    Openings OpenBefore() const override { return {CanProceed(), false}; }
    bool Result() {
      Found(runs_);
      return runs_;
    }

   private:
    Once& once_;
    bool runs_ = false;
  };

  // The time in which the callable runs, however it ends.
  class Running {
   public:
    explicit Running(Once& once) : once_(once) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { once_.Leave(succeeded_); }
    void Succeeded() { succeeded_ = true; }

   private:
    Once& once_;
    bool succeeded_ = false;
  };

  bool Enter(TaskRecord* task);
  void Leave(bool succeeded);

  WaitList waiters_;  // oldest first
  TaskRecord* runner_ = nullptr;
  uint32_t holder_id_ = 0;
  State state_ = State::kIdle;
};

}  // namespace fate
