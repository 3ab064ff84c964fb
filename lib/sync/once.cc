#include "fate/sync/once.h"

namespace fate {

bool Once::Enter(TaskRecord* task) {
  if (state_ == State::kDone) return false;
  state_ = State::kRunning;
  runner_ = task;
  holder_id_ = task == nullptr ? 0 : task->id;
  if (context.search != nullptr) waiters_.Serve();  // the others are disabled now
  return true;
}

void Once::Leave(bool succeeded) {
  state_ = succeeded ? State::kDone : State::kIdle;
  runner_ = nullptr;
  internal::Attempt(OpKind::kCall, this, succeeded, Openings(false, false)).Now();
  waiters_.Serve();
}

}  // namespace fate
