// Spawn: makes a Task a task of its own, that runs concurrently; JoinHandle: waits for its end.
//
//   Usage:
//     JoinHandle<int> handle = co_await Spawn(Answer());
//     int answer = co_await handle.Join();
//
// Example: tests/examples/spawn_example_test.cc
//
// The child is appended to the ready queue and the parent continues. The child's scope is the
// program's, not the parent's: use WithTaskGroup (fate/task/task_group.h) for children that must not
// outlive a block, and SpawnOptions::lifetime for those that may. A kScoped task that still runs
// when the program's root ends is cancelled in production and a LeakedTask in the simulator.
// An exception that leaves a task nobody can join any more ends the program.
//
//   Order          children start in the order of their spawning (production loop).
//   Scheduling     Spawn, Join and Wait are each a scheduling point; SpawnNow is not.
//   Cancellation   Spawn never throws: a release of work is not lost. Join throws Cancelled and
//                  leaves the child running. JoinHandle::Cancel cancels the child.
//   Destruction    dropping a JoinHandle detaches the task; see Lifetime for what that means. A handle
//                  stays where it is while a Join of it waits, and goes before its runtime does.
//
// Size: what a handle can do, and its operations.
// Spawning costs one record of at most 128 bytes besides the frame. O(1).
#pragma once

#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"
#include "fate/task/task.h"

namespace fate {

// The part of JoinHandle that does not depend on the type of the result. Move-only.
class JoinHandleBase {
 public:
  JoinHandleBase() = default;
  JoinHandleBase(JoinHandleBase&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
  JoinHandleBase& operator=(JoinHandleBase&& other) noexcept;
  ~JoinHandleBase() {
    if (task_ != nullptr) Detach();
  }

  // Whether there is a task to join.
  explicit operator bool() const { return task_ != nullptr; }
  bool ended(Place place = Place::current()) const { return internal::Seen(record().ended, ObjectKind::kNone, place); }
  uint32_t id() const { return record().id; }

  // Waits for the end, whatever it is, and leaves the result in place.
  class WaitOperation;
  WaitOperation Wait();

  // Cancels the task: its pending await throws Cancelled, and each later one. Idempotent.
  class CancelOperation;
  CancelOperation Cancel();
  void CancelNow();

  // Gives up the right to join.
  void Detach();

 protected:
  explicit JoinHandleBase(TaskRecord* task) : task_(task) { task->handled = true; }
  TaskRecord& record() const {
    FATE_CHECK(task_ != nullptr, "your program used an empty JoinHandle: it was joined, detached or moved");
    return *task_;
  }
  TaskRecord* task_ = nullptr;
};

namespace internal {

// Waits for the end of a task: what Join and Wait share.
template <class Derived>
class EndOperation : public Awaitable<Derived> {
 public:
  explicit EndOperation(TaskRecord& task) : Awaitable<Derived>(OpKind::kJoin, nullptr), joined_(&task) {}
  ~EndOperation() { EndOperation::Unlink(); }
  bool CanProceed() const override { return joined_->ended; }
  void Link() override {
    if (context.search != nullptr) [[unlikely]]
      context.simulation->ComesToJoin(*joined_);
    FATE_CHECK(joined_->owner == nullptr, "your program joins a task from two places at once");
    if (!joined_->ended) joined_->owner = this;
  }
  void Unlink() override {
    if (joined_ != nullptr && joined_->owner == this) joined_->owner = nullptr;
  }
  const TaskRecord* WaitsFor() const override { return joined_; }

 protected:
  TaskRecord* joined_;  // null once the record is given back

 private:
  void TaskEnded(TaskRecord& task) override {
    task.owner = nullptr;
    if (context.search != nullptr || this->owner() != nullptr) [[unlikely]] {
      return this->ProceedOrRefresh();
    }
    // The same, shorter: a join has no other effect than that its task goes on.
    this->state_ = Operation::State::kDone;
    context.runtime->MakeReady(this->task_);
  }
};

}  // namespace internal

class [[nodiscard]] JoinHandleBase::WaitOperation : public internal::EndOperation<WaitOperation> {
 public:
  using EndOperation::EndOperation;
};

class [[nodiscard]] JoinHandleBase::CancelOperation : public Awaitable<CancelOperation, Operation> {
 public:
  static constexpr bool kCancellable = false;
  explicit CancelOperation(TaskRecord& task) : Awaitable(OpKind::kCancel, nullptr), cancelled_(&task) {}
  void Perform() override { cancelled_->runtime->CancelTask(*cancelled_); }
  Cancels WhatItCancels() const override { return {0, cancelled_}; }

 private:
  TaskRecord* cancelled_;
};

template <class T>
class JoinOperation;

template <class T = void>
class JoinHandle : public JoinHandleBase {
 public:
  JoinHandle() = default;

  // Waits for the end and gives the result, or throws what the task threw (Cancelled included).
  // The handle is empty afterwards.
  JoinOperation<T> Join() { return JoinOperation<T>(*this); }
  // Whether the task ended because it was cancelled; or with another exception. REQUIRES: ended().
  bool cancelled() const { return HandleOf(record()).promise().cancelled(); }
  bool failed() const { return record().failed; }

 private:
  template <class U>
  friend class SpawnOperation;
  template <class U>
  friend class JoinOperation;
  explicit JoinHandle(TaskRecord* task) : JoinHandleBase(task) {}
  static typename Task<T>::Handle HandleOf(TaskRecord& task) {
    return Task<T>::Handle::from_address(task.root.address());
  }
};

template <class T>
class [[nodiscard]] JoinOperation : public internal::EndOperation<JoinOperation<T>> {
 public:
  explicit JoinOperation(JoinHandle<T>& handle)
      : internal::EndOperation<JoinOperation>(handle.record()), handle_(handle) {}
  T Result() {
    struct Disposer {
      TaskRecord* task;
      ~Disposer() { context.runtime->Dispose(task); }
    } disposer{std::exchange(this->joined_, nullptr)};
    handle_.task_ = nullptr;
    return JoinHandle<T>::HandleOf(*disposer.task).promise().Take();
  }

 private:
  JoinHandle<T>& handle_;
};

template <class T>
class [[nodiscard]] SpawnOperation : public Awaitable<SpawnOperation<T>, Operation> {
 public:
  static constexpr bool kCancellable = false;
  SpawnOperation(Task<T> task, SpawnOptions options, Place place)
      : Awaitable<SpawnOperation, Operation>(OpKind::kSpawn, nullptr),
        child_(std::move(task)),
        options_(options),
        place_(place) {}

  void Perform() override {
    Runtime& runtime = *context.runtime;
    std::coroutine_handle<> root = child_.Release();
    record_ = runtime.NewTask(root, &runtime.root_scope(), place_, options_);
  }
  JoinHandle<T> Result() { return JoinHandle<T>(record_); }

 private:
  Task<T> child_;
  SpawnOptions options_;
  Place place_;
  TaskRecord* record_;  // once performed
};

template <class T>
SpawnOperation<T> Spawn(Task<T> task, SpawnOptions options = {}, Place place = Place::current()) {
  return SpawnOperation<T>(std::move(task), options, place);
}

// The same inside the running step, for code that cannot await.
template <class T>
JoinHandle<T> SpawnNow(Task<T> task, SpawnOptions options = {}, Place place = Place::current()) {
  SpawnOperation<T> operation(std::move(task), options, place);
  CurrentRuntime();  // there must be one
  operation.Now();
  return operation.Result();
}

}  // namespace fate
