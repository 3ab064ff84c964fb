// The words of the closed sets: what reports and traces call things.
#include <atomic>

#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"

namespace fate {

const char* ToString(ObjectKind kind) {
  static constexpr const char* kNames[] = {
      "nothing", "cell",    "Mutex",     "SharedMutex", "Semaphore", "Event", "ConditionVariable",
      "Latch",   "Barrier", "Once",      "Channel",     "Channel",   "task",  "scope",
      "timer",   "object",  "Broadcast", "Subscription"};
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == kObjectKindCount);
  return kNames[static_cast<size_t>(kind)];
}

uint32_t ObjectNumbers::NewBlock() {
  static std::atomic<uint32_t> next_block = 0;
  // The first epoch of a block is never 0, which is that of an object nobody has touched.
  return next_block.fetch_add(1, std::memory_order_relaxed) * kBlock + 1;
}

const char* ToString(OpKind kind) {
  static constexpr const char* kNames[] = {
      "Start",         "Yield",         "Spawn",     "Join",       "Cancel",          "Sleep",
      "Timeout",       "Load",          "Store",     "Exchange",   "CompareExchange", "FetchAdd",
      "Lock",          "TryLock",       "Unlock",    "LockShared", "TryLockShared",   "UnlockShared",
      "Acquire",       "TryAcquire",    "Release",   "Set",        "Reset",           "Wait",
      "ConditionWait", "ConditionWake", "NotifyOne", "NotifyAll",  "CountDown",       "Arrive",
      "Call",          "Send",          "TrySend",   "Receive",    "TryReceive",      "Close",
      "Select",        "External",      "Read",      "Write",      "Offer",           "Look",
      "CheckCancelled"};
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == kOpKindCount);
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace fate
