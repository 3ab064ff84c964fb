// OpKind: the closed set of visible operations.
//
// The numbers are part of trace hashes: append, never renumber.
// Tested by tests/runtime/operation_test.cc.
#pragma once

#include <cstdint>

namespace fate {

enum class OpKind : uint8_t {
  kStart = 0,  // the first step of a task
  kYield,
  kSpawn,
  kJoin,
  kCancel,
  kSleep,
  kTimeout,  // a deadline strikes
  kLoad,
  kStore,
  kExchange,
  kCompareExchange,
  kFetchAdd,
  kLock,
  kTryLock,
  kUnlock,
  kLockShared,
  kTryLockShared,
  kUnlockShared,
  kAcquire,
  kTryAcquire,
  kRelease,
  kSet,
  kReset,
  kWait,
  kConditionWait,  // releases the mutex and queues
  kConditionWake,  // was notified, and has the mutex again
  kNotifyOne,
  kNotifyAll,
  kCountDown,
  kArrive,
  kCall,  // Once
  kSend,
  kTrySend,
  kReceive,
  kTryReceive,
  kClose,
  kSelect,
  kExternal,  // a callback of the user's, or of the outside world
  kRead,      // of a Shared<T>, inside a step
  kWrite,
  kOffer,           // the task of a step comes to stand before a rendezvous, or one that stands there goes
  kLook,            // at what no object stands for: whether a task has ended, a scope is cancelled
  kCheckCancelled,  // throws if its task was cancelled, and does nothing else
};
constexpr int kOpKindCount = static_cast<int>(OpKind::kCheckCancelled) + 1;

// "Lock", "Send", ...
const char* ToString(OpKind kind);

}  // namespace fate
