// CancelScope: a region of a task, and all that is spawned in it, that can be cancelled together.
//
// Level-triggered: once cancelled a scope stays so, and each cancellable await in it throws
// Cancelled. A shielded scope does not hear of the cancellation of the scopes around it. Scopes of
// one task nest like brackets. The user's view is in fate/task/cancel.h.
// Confined to the runtime's thread. Tested by tests/task/cancel_test.cc.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "fate/base/place.h"
#include "fate/runtime/context.h"

namespace fate {

struct TaskRecord;

class CancelScope {
 public:
  enum class Shielded : bool { kNo, kYes };

  // A scope that is not entered by a task: the parent of what is spawned into it.
  explicit CancelScope(CancelScope* parent, Shielded shielded = Shielded::kNo);
  // REQUIRES: no member is left, and no scope inside.
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

  // Cancels the scope, the scopes inside it that are not shielded, and their tasks' pending
  // operations. Idempotent. O(scopes and tasks inside).
  void Cancel();
  // Whether an await in it throws.
  bool cancelled(Place place = Place::current()) const {
    if (context.simulation != nullptr) [[unlikely]]
      TellLook(place);
    return cancelled_;
  }
  // Whether Cancel was called on this very scope. For combinators: a simulator is not told.
  bool requested() const { return requested_; }
  CancelScope* parent() const { return parent_; }
  // Which of the execution, for a simulator; 0: the root's, or in production.
  uint32_t number() const { return number_; }
  // The task for which it is a bracket; null: it is left, or a parent of spawned tasks.
  const TaskRecord* entered_by() const { return entered_by_; }

  // The current task enters and leaves; the destructor does not leave by itself.
  void Enter(TaskRecord& task);
  void Leave(TaskRecord& task);

 protected:
  // Of a scope that no task entered: calls `reach` for each task spawned into it, and perhaps for others,
  // in order of creation. By default for all of the runtime's tasks; who keeps a list of its members does
  // better, or the cancellation of n scopes of n tasks would take n * n steps.
  virtual void ForEachMember(absl::FunctionRef<void(TaskRecord&)> reach);

 private:
  friend class Runtime;
  // As new: for a runtime that begins again. REQUIRES: nothing inside.
  void Reset() { requested_ = cancelled_ = false; }
  void TellLook(Place place) const;
  // Becomes cancelled, and tells everything inside.
  void Propagate();

  CancelScope* parent_;
  CancelScope* first_child_ = nullptr;  // the scopes directly inside, last made first
  CancelScope* prev_sibling_ = nullptr;
  CancelScope* next_sibling_ = nullptr;
  TaskRecord* entered_by_ = nullptr;  // the task for which it is a bracket; null: a parent of spawned tasks
  bool shielded_;
  bool requested_ = false;
  bool cancelled_ = false;
  uint32_t number_ = 0;
};

}  // namespace fate
