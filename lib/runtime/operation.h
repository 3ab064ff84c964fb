// Operation: one visible thing a task is about to do: lock, send, load, spawn, sleep, ...
//
// An operation lives inside the awaiter, in the frame of the task that awaits it. A primitive says
// only two things of it: whether it could take effect now (CanProceed) and what the effect is
// (Perform). The rest is here, once:
//
//   * in production an operation that can proceed does so inside await_ready; one that cannot queues
//     at its object, and whoever changes the object grants it in FIFO order (WaitList::Serve);
//   * in the search (context.search) each operation first waits to be chosen, and one that cannot
//     proceed is disabled, in no queue: Serve then only says whose chance has changed;
//   * level-triggered cancellation: it took effect and returns, or throws Cancelled without effect.
//
// Tested by tests/runtime/operation_test.cc and by every primitive.
#pragma once

#include <coroutine>
#include <cstdint>
#include <type_traits>

#include "fate/runtime/check.h"
#include "fate/runtime/context.h"
#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"
#include "fate/runtime/task_record.h"

namespace fate {

class WaitList;

// Thrown by an await in a cancelled scope. Not an error: it derives from nothing, so that
// `catch (const std::exception&)` lets it pass. Rethrow it if you catch it.
struct Cancelled {};

// What every operation has: 32 bytes. One that never waits has nothing more.
class Operation {
 public:
  enum class State : uint8_t {
    kPending,  // no effect yet
    kDone,     // took effect; the task only has to be resumed
    kAborted,  // cancelled before any effect
  };

  Operation(OpKind kind, const Object* object) : object_(object), kind_(kind) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  OpKind kind() const { return kind_; }
  const Object* object() const { return object_; }
  TaskRecord* task() const { return task_; }
  State state() const { return state_; }
  bool cancellable() const { return cancellable_; }
  bool may_block() const { return may_block_; }
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
  // Whether production would queue it behind older ones although it could proceed (a lock that is
  // handed over): the quiet schedule of the search then does not go on with its task.
  virtual bool WouldQueue() const { return false; }
  // The task whose end would enable it (a join); null if there is none such.
  virtual const TaskRecord* WaitsFor() const { return nullptr; }

 protected:
  ~Operation() = default;
  // The pending operation has no effect and its task is resumed to throw Cancelled.
  void Abort();
  // What the operation found, for traces: the branch of a Select, 0 or 1 of a try. Default 0.
  static void Found(uint32_t outcome) {
    context.outcome = outcome;
    context.attention = true;
  }

  const Object* object_;
  TaskRecord* task_ = nullptr;  // set when the task suspends in this operation
  OpKind kind_;
  State state_ = State::kPending;
  bool cancellable_ = true;
  bool may_block_ = true;
};

// An operation that may have to wait for others to change something: it can be in a WaitList.
class WaitingOperation : public Operation {
 public:
  using Operation::Operation;
  bool linked() const { return list_ != nullptr; }
  void Unlink() override;

  // What it waits for has come about, in no list: grants it, or tells the search.
  void ProceedOrRefresh();
  // The operation takes effect on behalf of its waiting task, which becomes ready.
  void Grant();
  // The operation took effect elsewhere: its task becomes ready.
  void Complete();
  // The operation waits for the task of `owner` (a Select), which decides in its stead.
  // REQUIRES: the task is suspended in `owner`.
  void set_owner(WaitingOperation* owner) {
    owner_ = owner;
    task_ = owner->task_;
  }
  WaitingOperation* owner() const { return owner_; }

 protected:
  ~WaitingOperation() {
    if (list_ != nullptr) [[unlikely]] UnlinkFromList();
  }
  // A branch of it was granted. Only owners override this.
  virtual void OnBranchGranted(WaitingOperation&) {}
  void UnlinkFromList();
  bool FirstInList() const;

  friend class WaitList;
  WaitingOperation* prev_;  // in list_; valid while linked
  WaitingOperation* next_;
  WaitList* list_ = nullptr;
  WaitingOperation* owner_ = nullptr;
};

// The operations that wait at one object, oldest first. Owned by the object.
class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  // REQUIRES: nobody waits (but for the end of a simulation, whose tasks are torn down anyway).
  ~WaitList() {
    if (first_ != nullptr) [[unlikely]] Abandon();
  }

  bool empty() const { return first_ == nullptr; }
  WaitingOperation* first() const { return first_; }
  static WaitingOperation* next(const WaitingOperation& operation) { return operation.next_; }

  void PushBack(WaitingOperation* operation);
  void Remove(WaitingOperation* operation);

  // The object has changed. Production: grants from the front while it can proceed. Search: tells
  // the scheduler of every waiter whose chance may have changed. O(1) if nobody waits.
  void Serve() {
    if (first_ != nullptr) [[unlikely]] ServeWaiters();
  }

 private:
  void ServeWaiters();
  void Abandon();

  WaitingOperation* first_ = nullptr;
  WaitingOperation* last_ = nullptr;
  bool serving_ = false;
};

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

  bool await_ready();
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle);
  decltype(auto) await_resume();

  bool Ready() { return self().Derived::CanProceed(); }
  void Result() {}

  // The effect at once, for code that cannot await: destructors, callbacks, plain functions. It is
  // part of the step that is running. REQUIRES: CanProceed().
  void Now();

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
};

namespace internal {
[[noreturn]] void AwaitedOutsideRuntime();
// Tells the simulator that the running step did `operation` without a scheduling point.
void ReportImmediate(const Operation& operation);
}  // namespace internal

// ---------------------------------------------------------------------------------------------

template <class Derived, class Base>
bool Awaitable<Derived, Base>::await_ready() {
  if (context.search != nullptr) [[unlikely]] return false;
  TaskRecord* task = context.task;
  if (task == nullptr) [[unlikely]] internal::AwaitedOutsideRuntime();
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
  if constexpr (std::is_base_of_v<FrameBase, Promise>) {
    if (task == nullptr) [[unlikely]] internal::AwaitedOutsideRuntime();
    task->frame = &handle.promise();
  } else {
    internal::AwaitedOutsideRuntime();  // a coroutine that is not ours
  }
  task->resume = handle;
  task->pending = this;
  this->task_ = task;
  if constexpr (Derived::kMayBlock) {
    context.attention = true;
    self().Derived::Link();
  }
}

template <class Derived, class Base>
decltype(auto) Awaitable<Derived, Base>::await_resume() {
  if (this->state_ != State::kDone) [[unlikely]] {
    if (this->state_ == State::kAborted) throw Cancelled{};
    // The search chose this operation now.
    if constexpr (Derived::kMayBlock) self().Derived::Unlink();
    if constexpr (Derived::kCancellable) {
      if (this->task_->cancelled) throw Cancelled{};
    }
    self().Derived::Perform();
    this->state_ = State::kDone;
  }
  return self().Derived::Result();
}

template <class Derived, class Base>
void Awaitable<Derived, Base>::Now() {
  self().Derived::Perform();
  this->state_ = State::kDone;
  if (context.simulation != nullptr) [[unlikely]] internal::ReportImmediate(*this);
}

}  // namespace fate
