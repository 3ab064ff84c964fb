#include "fate/runtime/cancel_scope.h"

#include "fate/runtime/check.h"
#include "fate/runtime/operation.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"

namespace fate {

CancelScope::CancelScope(CancelScope* parent, Shielded shielded)
    : parent_(parent), shielded_(shielded == Shielded::kYes) {
  if (parent_ == nullptr) return;
  next_sibling_ = parent_->first_child_;
  if (next_sibling_ != nullptr) next_sibling_->prev_sibling_ = this;
  parent_->first_child_ = this;
  cancelled_ = !shielded_ && parent_->cancelled_;
  if (context.simulation != nullptr) [[unlikely]]
    number_ = context.simulation->NewScope(parent_->number_, shielded_);
}

CancelScope::~CancelScope() {
  if (parent_ == nullptr) return;
  (prev_sibling_ == nullptr ? parent_->first_child_ : prev_sibling_->next_sibling_) = next_sibling_;
  if (next_sibling_ != nullptr) next_sibling_->prev_sibling_ = prev_sibling_;
}

void CancelScope::Enter(TaskRecord& task) {
  entered_by_ = &task;
  task.scope = this;
  // A task that was cancelled by itself, not by its scope, hands that on to its outermost bracket.
  if (!shielded_ && task.cancelled) cancelled_ = true;
  task.cancelled = cancelled_;
  if (context.simulation != nullptr) [[unlikely]]
    context.simulation->InScope(task, number_);
}

void CancelScope::Leave(TaskRecord& task) {
  task.scope = parent_;
  entered_by_ = nullptr;
  bool outermost = parent_->entered_by_ != &task;
  task.cancelled = parent_->cancelled_ || (outermost && task.cancel_requested);
  if (context.simulation != nullptr) [[unlikely]]
    context.simulation->InScope(task, parent_->number_);
}

void CancelScope::Cancel() {
  FATE_CHECK(context.runtime != nullptr,
             "your program cancelled tasks from a thread other than that of their runtime; hand the call "
             "over with Runtime::Post");
  requested_ = true;
  if (!cancelled_) Propagate();
}

void CancelScope::Propagate() {
  cancelled_ = true;
  auto reach = [this](TaskRecord& task) {
    if (task.scope != this || task.cancelled) return;
    task.cancelled = true;
    // A running task is not suspended in anything.
    if (task.pending != nullptr && !task.ended && &task != context.task) task.pending->OnCancel();
  };
  for (CancelScope* child = first_child_; child != nullptr; child = child->next_sibling_) {
    if (!child->shielded_ && !child->cancelled_) child->Propagate();
  }
  if (entered_by_ != nullptr) {
    reach(*entered_by_);
  } else {
    ForEachMember(reach);
  }
}

void CancelScope::TellLook(Place place) const { context.simulation->LookedAtScope(number_, place); }

void CancelScope::ForEachMember(absl::FunctionRef<void(TaskRecord&)> reach) {
  for (TaskRecord* task = context.runtime->first_task(); task != nullptr; task = task->next) {
    reach(*task);
  }
}

}  // namespace fate
