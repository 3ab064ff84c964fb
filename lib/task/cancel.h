// Cancellation: a scope that can be cancelled, and a shield against the scopes around.
//
//   Usage:
//     auto body = [&](CancelScope& scope) -> Task<> {
//       stop = &scope;                        // whoever has it may CancelNow(*stop)
//       co_await Serve();
//     };
//     bool cut_short = co_await WithCancelScope(body);
//     co_await Shield(SayGoodbye());          // runs to its end, even if we are cancelled
//     co_await CheckCancelled();              // throws Cancelled here, if we are
//
// Example: tests/examples/cancel_example_test.cc
//
// Level-triggered: in a cancelled scope each cancellable await throws Cancelled, today and later.
// An await either took effect and returns, or throws Cancelled without effect, never both; one that
// took effect before the cancellation returns, and the next one throws. Cancelled is not an error:
// it derives from nothing, and whoever catches it rethrows it.
//
// WithCancelScope gives true if Cancel cut the body short (it ended by Cancelled, and the scopes
// around are not cancelled); a body that ended all the same gives false. A Cancelled that is not
// this scope's goes on to the caller.
//
//   Order          all pending awaits inside hear of it at once; their tasks go on in order of
//                  their creation.
//   Scheduling     Cancel and CheckCancelled are each a scheduling point; CancelNow, entering and
//                  leaving a scope are not.
//   Cancellation   Cancel never throws Cancelled. Shield throws none but what its task throws
//                  itself.
//   Destruction    a CancelScope lives as long as the await of WithCancelScope; do not keep it.
//
// O(scopes and tasks inside).
#pragma once

#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/cancel_scope.h"
#include "fate/runtime/runtime.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"

namespace fate {

namespace internal {
// The task that runs here. Misuse outside one.
inline TaskRecord& RunningTask() {
  if (context.task == nullptr) [[unlikely]]
    AwaitedOutsideRuntime();
  return *context.task;
}
}  // namespace internal

// Whether a cancellable await of the running task would throw Cancelled.
inline bool CancelRequested(Place place = Place::current()) {
  return context.task != nullptr && internal::Seen(context.task->cancelled, ObjectKind::kScope, place);
}

// Throws Cancelled if the running task was cancelled. For long computations.
class [[nodiscard]] CheckCancelledOperation : public Awaitable<CheckCancelledOperation, Operation> {
 public:
  CheckCancelledOperation() : Awaitable(OpKind::kCheckCancelled, nullptr) {}
};
inline CheckCancelledOperation CheckCancelled() { return CheckCancelledOperation(); }

// co_await Cancel(scope): cancels it, and all that is in it. Idempotent.
class [[nodiscard]] CancelScopeOperation : public Awaitable<CancelScopeOperation, Operation> {
 public:
  static constexpr bool kCancellable = false;
  explicit CancelScopeOperation(CancelScope& scope) : Awaitable(OpKind::kCancel, nullptr), scope_(scope) {}
  void Perform() override { scope_.Cancel(); }
  Cancels WhatItCancels() const override { return {scope_.number()}; }

 private:
  CancelScope& scope_;
};
inline CancelScopeOperation Cancel(CancelScope& scope) { return CancelScopeOperation(scope); }
inline void CancelNow(CancelScope& scope) { CancelScopeOperation(scope).Now(); }

// Puts the rest of a block of the running task into a scope of its own. For coroutines that cannot
// wrap their body. Nobody swallows the Cancelled of such a scope: that is left to the program.
class [[nodiscard]] ScopeBracket {
 public:
  using Shielded = CancelScope::Shielded;

  explicit ScopeBracket(Shielded shielded = Shielded::kNo)
      : task_(&internal::RunningTask()), scope_(task_->scope, shielded) {
    scope_.Enter(*task_);
  }
  ScopeBracket(const ScopeBracket&) = delete;
  ScopeBracket& operator=(const ScopeBracket&) = delete;
  ~ScopeBracket() { Leave(); }

  CancelScope& scope() { return scope_; }
  // Ends it early. Idempotent. REQUIRES: brackets inside have been left.
  void Leave() {
    if (task_ != nullptr) scope_.Leave(*std::exchange(task_, nullptr));
  }

 private:
  TaskRecord* task_;  // null once left
  CancelScope scope_;
};

// Runs `task` so that no cancellation from outside reaches it.
template <class T>
Task<T> Shield(Task<T> task) {
  ScopeBracket bracket(ScopeBracket::Shielded::kYes);
  internal::Settled<T> settled(std::move(task));
  co_await settled;
  bracket.Leave();
  co_return settled.Take();
}

// Runs `body`, a callable (CancelScope&) -> Task<>, in a scope of its own.
template <class Body>
Task<bool> WithCancelScope(Body body) {
  ScopeBracket bracket;
  internal::Settled<void> settled(internal::CallBody(body, bracket.scope()));
  co_await settled;
  bool cut_short = settled.cancelled() && bracket.scope().requested();
  bracket.Leave();
  if (cut_short && !internal::RunningTask().cancelled) co_return true;
  settled.Take();
  co_return false;
}

}  // namespace fate
