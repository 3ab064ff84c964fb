// Yield: lets the other ready tasks go first.
//
//   co_await Yield();
//
//   Order          the task goes to the back of the ready queue.
//   Scheduling     it is a scheduling point, and in the quiet schedule always a switch.
//   Cancellation   throws Cancelled if the task was cancelled before; a task cancelled while it is
//                  in the queue returns normally, and its next await throws.
//   Destruction    nothing to destroy.
//
// O(1). Tested by tests/task/yield_test.cc.
#pragma once

#include "fate/runtime/awaitable.h"
#include "fate/runtime/runtime.h"

namespace fate {

class [[nodiscard]] YieldOperation : public Awaitable<YieldOperation, Operation> {
 public:
  static constexpr bool kMayBlock = true;
  YieldOperation() : Awaitable(OpKind::kYield, nullptr) {}
  bool Ready() { return false; }
  bool CanProceed() const override { return true; }
  bool WouldQueue() const override { return true; }
  void Link() override {
    if (context.search != nullptr) return;
    state_ = State::kDone;
    context.runtime->MakeReady(task_);
  }
  // It is in the queue already.
  void OnCancel() override {
    if (state_ == State::kPending) state_ = State::kGranted;
  }
};

inline YieldOperation Yield() { return YieldOperation(); }

}  // namespace fate
