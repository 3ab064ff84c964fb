#include "fate/sync/mutex.h"

namespace fate {

MutexGuard& MutexGuard::operator=(MutexGuard&& other) noexcept {
  if (this != &other) {
    MutexGuard old(std::move(*this));  // unlocks
    mutex_ = std::exchange(other.mutex_, nullptr);
  }
  return *this;
}

namespace {

class TryLockOperation : public Awaitable<TryLockOperation, Operation> {
 public:
  TryLockOperation(Mutex& mutex, bool taken) : Awaitable(OpKind::kTryLock, &mutex), taken_(taken) { Found(taken); }
  Openings OpenBefore() const override { return {taken_, false}; }

 private:
  bool taken_;
};

}  // namespace

void Mutex::ReportUnlock(Place place) { internal::ReportImmediate(UnlockOperation(*this), place); }

MutexGuard Mutex::TryLock(Place place) {
  bool taken = !locked_;
  if (taken) Take(context.task);
  TryLockOperation(*this, taken).Now(place);
  return taken ? MutexGuard(this) : MutexGuard();
}

}  // namespace fate
