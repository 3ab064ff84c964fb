#include "fate/sync/semaphore.h"

namespace fate {

SemaphorePermit& SemaphorePermit::operator=(SemaphorePermit&& other) noexcept {
  if (this != &other) {
    if (holds()) semaphore_->ReleaseNow(Forget(), Place());
    semaphore_ = other.semaphore_;
    count_ = other.Forget();
  }
  return *this;
}

SemaphorePermit Semaphore::TryAcquire(int64_t n) {
  AcquireOperation acquire(*this, n);
  bool taken = context.search != nullptr ? acquire.CanProceed() : acquire.Ready();
  const Openings open_before = acquire.OpenBefore();
  if (taken) acquire.Perform();
  internal::Attempt(OpKind::kTryAcquire, this, taken, open_before).Now();
  return taken ? acquire.Result() : SemaphorePermit();
}

void AcquireOperation::Unlink() {
  if (!linked()) return;
  UnlinkFromList();
  // A large request that gives up at the head of the queue sets free the small ones behind it.
  if (context.search == nullptr) semaphore_.waiters_.Serve();
}

}  // namespace fate
