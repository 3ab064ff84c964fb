#include "fate/sync/shared_mutex.h"

#include <algorithm>

namespace fate {

void SharedMutex::Take(LockMode mode, TaskRecord* task) {
  if (mode == LockMode::kShared) {
    ++readers_;
    if (context.simulation != nullptr) reader_ids_.push_back(task == nullptr ? 0 : task->id);
  } else {
    writing_ = true;
    writer_ = task;
    holder_id_ = task == nullptr ? 0 : task->id;
  }
  if (context.search != nullptr) waiters_.Serve();  // some are disabled now
}

void SharedMutex::Give(LockMode mode) {
  if (mode == LockMode::kShared) {
    FATE_CHECK(readers_ > 0, "your program unlocked a SharedMutex that no reader holds");
    --readers_;
    ForgetReader();
  } else {
    FATE_CHECK(writing_, "your program unlocked a SharedMutex that no writer holds");
    writing_ = false;
    writer_ = nullptr;
  }
  waiters_.Serve();
}

// A guard may have gone to another task: then it is anybody's.
void SharedMutex::ForgetReader() {
  if (reader_ids_.empty()) return;
  auto own = context.task == nullptr ? reader_ids_.end() - 1
                                     : std::find(reader_ids_.begin(), reader_ids_.end() - 1, context.task->id);
  reader_ids_.erase(own);
}

void SharedMutex::ForEachHolder(absl::FunctionRef<void(uint32_t id)> visit) const {
  if (writer_ != nullptr) visit(holder_id_);
  for (const uint32_t id : reader_ids_) visit(id);
}

template <LockMode mode>
SharedMutexGuard<mode> SharedMutex::Try() {
  SharedMutexLock<mode> lock(*this);
  bool taken = context.search != nullptr ? lock.CanProceed() : lock.Ready();
  if (taken) lock.Perform();
  constexpr OpKind kKind = mode == LockMode::kShared ? OpKind::kTryLockShared : OpKind::kTryLock;
  internal::Attempt(kKind, this, taken).Now();
  return taken ? lock.Result() : SharedMutexGuard<mode>();
}

ExclusiveGuard SharedMutex::TryLock() { return Try<LockMode::kExclusive>(); }
SharedGuard SharedMutex::TryLockShared() { return Try<LockMode::kShared>(); }

}  // namespace fate
