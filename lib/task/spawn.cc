#include "fate/task/spawn.h"

#include <exception>

namespace fate {

JoinHandleBase& JoinHandleBase::operator=(JoinHandleBase&& other) noexcept {
  if (this != &other) {
    Detach();
    task_ = std::exchange(other.task_, nullptr);
  }
  return *this;
}

void JoinHandleBase::Detach() {
  TaskRecord* task = std::exchange(task_, nullptr);
  if (task == nullptr || task->runtime->tearing_down()) return;
  task->handled = false;
  if (!task->ended) return;
  if (task->failed) internal::Seen(true, ObjectKind::kNone, Place());  // later it would have had nobody to tell
  // An exception that nobody will ever see must not vanish, unless another one is on its way.
  if (task->failed && std::uncaught_exceptions() == 0) task->runtime->UnhandledFailure(*task);
  task->runtime->Dispose(task);
}

JoinHandleBase::WaitOperation JoinHandleBase::Wait() { return WaitOperation(record()); }
JoinHandleBase::CancelOperation JoinHandleBase::Cancel() { return CancelOperation(record()); }
void JoinHandleBase::CancelNow() { CancelOperation(record()).Now(); }

}  // namespace fate
