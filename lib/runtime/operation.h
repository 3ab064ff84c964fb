// Operation: one visible thing a task is about to do: lock, send, load, spawn, sleep, ...
//
// An operation lives inside the awaiter, in the frame of the task that awaits it. A primitive says
// only two things of it: whether it could take effect now (CanProceed) and what the effect is
// (Perform). The rest is here and in the two headers that build on it, once:
//
//   * in production an operation that can proceed does so inside await_ready; one that cannot queues
//     at its object, and whoever changes the object grants it in FIFO order (wait_list.h);
//   * in the search (context.search) each operation first waits to be chosen, and one that cannot
//     proceed is disabled, in no queue: Serve then only says whose chance has changed;
//   * level-triggered cancellation: it took effect and returns, or throws Cancelled without effect;
//   * what co_await needs is awaitable.h.
//
// Tested by tests/runtime/operation_test.cc and by every primitive.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "fate/runtime/check.h"
#include "fate/runtime/context.h"
#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/task_record.h"

namespace fate {

// Thrown by an await in a cancelled scope. Not an error: it derives from nothing, so that
// `catch (const std::exception&)` lets it pass. Rethrow it if you catch it.
struct Cancelled {};

// What every operation has: 32 bytes. One that never waits has nothing more.
// A join is told of the end of its task through the same table of virtual functions.
class Operation : public TaskOwner {
 public:
  enum class State : uint8_t {
    kPending,  // no effect yet
    kDone,     // took effect; the task only has to be resumed
    kAborted,  // cancelled before any effect
    kGranted,  // of a search: cancelled by the step that made it possible: takes effect if it still can
  };

  Operation(OpKind kind, const Object* object) : object_(object), kind_(kind) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  OpKind kind() const { return kind_; }
  const Object* object() const { return object_; }
  TaskRecord* task() const { return task_; }
  State state() const { return state_; }
  bool may_block() const { return may_block_; }
  // Whether its task, resumed now, throws Cancelled instead.
  bool WillThrow() const {
    if (state_ == State::kGranted) return !CanProceed();
    return state_ == State::kAborted || (state_ == State::kPending && cancellable_ && task_->cancelled);
  }
  // What the search asks: whether its task, if chosen, gets somewhere: to the effect, or to Cancelled.
  bool Enabled() const { return CanProceed() || (cancellable_ && task_->cancelled); }
  // Whether the task goes to the back of the ready tasks (Yield).
  bool yields() const { return kind_ == OpKind::kYield; }

  // Whether the operation could take effect now. No side effects.
  virtual bool CanProceed() const { return true; }
  // Takes effect. REQUIRES: CanProceed().
  virtual void Perform() {}
  // Gets into, and out of, the place where changes of the object find it.
  virtual void Link() {}
  virtual void Unlink() {}
  // Its task was cancelled while the operation is pending.
  virtual void OnCancel();
  // Of a join: the task that it waits for.
  void TaskEnded(TaskRecord&) override {}
  // Whether production would queue it behind older ones although it could proceed (a lock that is
  // handed over): the quiet schedule of the search then does not go on with its task.
  virtual bool WouldQueue() const { return false; }
  // The task whose end would enable it (a join); null if there is none such.
  virtual const TaskRecord* WaitsFor() const { return nullptr; }
  // Of a cancellation: what it cancels.
  struct Cancels {
    uint32_t scope = 0;                // CancelScope::number
    const TaskRecord* task = nullptr;  // by itself; null: the scope
  };
  virtual Cancels WhatItCancels() const { return {}; }
  // Of a Select: calls `visit` for each branch.
  virtual void ForEachBranch(absl::FunctionRef<void(const Operation&)>) const {}
  // What its object let through before it. Asked right before it takes effect, or right after (state() == kDone): one
  // that is made at once must be able to answer both.
  virtual Openings OpenBefore() const { return {}; }
  // Of what is chosen to meet another task: calls `visit` for each task that it could meet now.
  virtual void ForEachPartner(absl::FunctionRef<void(const TaskRecord&)>) const {}
  // The values it is about to read and write, for a story (value_text.h); asked right before it takes
  // effect, or, if it was granted, after. "": it cannot tell.
  virtual std::string Tell() const { return ""; }

 protected:
  ~Operation() = default;
  // The pending operation has no effect and its task is resumed to throw Cancelled.
  void Abort();
  // Of a search: whether it can proceed thanks to the running step. Production would have granted it by now.
  bool GrantedNow() const;
  // What the operation found, for traces: the branch of a Select, 0 or 1 of a try. Default 0.
  static void Found(uint32_t outcome) {
    context.outcome = outcome;
    context.attention |= Attention::kMore;
  }

  const Object* object_;
  TaskRecord* task_ = nullptr;  // set when the task suspends in this operation
  OpKind kind_;
  State state_ = State::kPending;
  bool cancellable_ = true;
  bool may_block_ = true;
};

namespace internal {
[[noreturn]] void AwaitedOutsideRuntime();
// Tells the simulator that the running step did `operation` without a scheduling point.
void ReportImmediate(const Operation& operation, Place place = Place());
// `value`, at which the running step looks in plain code, and which no object stands for (Simulation::Looked).
template <class T>
T Seen(T value, ObjectKind at, Place place) {
  if (context.simulation != nullptr) [[unlikely]]
    context.simulation->Looked(at, place);
  return value;
}
// The operation of the running step had no effect.
[[noreturn]] void ThrowCancelled();
}  // namespace internal

}  // namespace fate
