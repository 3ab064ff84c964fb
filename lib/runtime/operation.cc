#include "fate/runtime/awaitable.h"

#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"

namespace fate {

void WaitingOperation::UnlinkFromList() { list_->Remove(this); }

bool WaitingOperation::FirstInList() const { return list_ == nullptr || list_->first() == this; }

void WaitingOperation::Unlink() {
  if (list_ != nullptr) UnlinkFromList();
}

void WaitingOperation::Withdraw() {
  const bool stood = linked();
  Unlink();
  if (stood && object_->kind() == ObjectKind::kRendezvous) context.search->Access(*object_, OpKind::kOffer, Place());
}

void WaitingOperation::Grant() {
  Perform();
  Complete();
}

void WaitingOperation::Complete() {
  state_ = State::kDone;
  if (owner_ != nullptr) {
    owner_->OnBranchGranted(*this);
    return;
  }
  task_->runtime->MakeReady(task_);
}

void WaitingOperation::ProceedOrRefresh() {
  if (context.search != nullptr) {
    context.search->Refresh(owner_ == nullptr ? *task_ : *owner_->task_);
  } else {
    Unlink();
    Grant();
  }
}

void Operation::Abort() {
  Unlink();
  state_ = State::kAborted;
  task_->runtime->MakeReady(task_);
}

bool Operation::GrantedNow() const { return CanProceed() && context.search->MadePossible(*task_); }

void Operation::OnCancel() {
  if (state_ != State::kPending || !cancellable_) return;
  if (context.search != nullptr) {
    // What the step opens may have been open before: then it is not the step that lets the operation take effect.
    if (context.search->MayHaveOpened(*this)) context.search->Access(*object_, OpKind::kTryReceive, Place());
    if (GrantedNow()) state_ = State::kGranted;
    context.search->Refresh(*task_);  // now enabled: to throw
  } else if (may_block_) {
    Abort();
  }
}

void WaitList::PushBack(WaitingOperation* operation) {
  operation->list_ = this;
  operation->prev_ = last_;
  operation->next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = operation;
  last_ = operation;
}

void WaitList::Remove(WaitingOperation* operation) {
  (operation->prev_ == nullptr ? first_ : operation->prev_->next_) = operation->next_;
  (operation->next_ == nullptr ? last_ : operation->next_->prev_) = operation->prev_;
  operation->list_ = nullptr;
}

void WaitList::ServeWaiters() {
  if (context.search != nullptr) {
    for (WaitingOperation* waiter = first_; waiter != nullptr; waiter = waiter->next_) {
      context.search->Refresh(*waiter->task_);
    }
    return;
  }
  // A grant may change the object again; the outer loop sees that, so recursion would only add depth.
  if (serving_) return;
  FATE_CHECK(first_->task_->runtime == context.runtime,
             "your program used a primitive from a thread other than that of the runtime whose "
             "tasks wait on it; hand the work over with Runtime::Post");
  if (context.runtime->tearing_down()) return;
  serving_ = true;
  while (first_ != nullptr && first_->CanProceed()) {
    WaitingOperation* waiter = first_;
    waiter->Unlink();
    waiter->Grant();
  }
  serving_ = false;
}

void WaitList::Abandon() {
  bool teardown = context.runtime != nullptr && context.runtime->tearing_down();
  while (WaitingOperation* waiter = first_) {
    Remove(waiter);
    // What it waits at is gone, for whoever tells where tasks stand.
    waiter->object_ = nullptr;
    waiter->state_ = Operation::State::kAborted;
  }
  FATE_CHECK_IN_DESTRUCTOR(teardown, "your program destroyed a primitive while tasks still wait on it");
}

namespace internal {

void AwaitedOutsideRuntime() {
  CheckFailed("a task is running",
              "your program awaited outside a runtime: run the task with fate::Run(task) in "
              "production, or inside SIM_TEST or fate::sim::Explore in a test",
              Place(), CheckOf::kLibrary);
}

void ThrowCancelled() {
  if (context.search != nullptr) context.search->Threw();
  throw Cancelled{};
}

void ReportImmediate(const Operation& operation, Place place) { context.simulation->Immediate(operation, place); }

}  // namespace internal
}  // namespace fate
