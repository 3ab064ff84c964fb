#include "fate/sim/race/dependence.h"

namespace fate::sim {

namespace {

constexpr Rule Look() { return {Mode::kRead, false, false}; }
constexpr Rule Change() { return {Mode::kChange, false, false}; }
constexpr Rule Everything() { return {Mode::kEverything, false, false}; }

constexpr Rule On(OpKind kind, ObjectKind object) {
  switch (kind) {
    // No object, nothing that others see: order comes from spawn and end, time from the barrier.
    case OpKind::kStart:
    case OpKind::kYield:
    case OpKind::kSpawn:
    case OpKind::kSleep:
      return {Mode::kNone, false, false};
    // It looks, as every step does, whether its task was cancelled.
    case OpKind::kCheckCancelled:
      return {Mode::kNone, false, false};
    // Enabled by ends of tasks; commutes with all the rest.
    case OpKind::kJoin:
      return {Mode::kNone, true, false};

    // They reach into other tasks, whose pending operations they may end: into which ones says ScopeChains.
    case OpKind::kCancel:
    case OpKind::kTimeout:
      return {Mode::kEverything, false, true};
    // Of a try form, at once inside a step. What one that waits may do is recorded by branch (Footprints::OfOperation).
    case OpKind::kSelect:
      return {Mode::kEverything, true, false};
    case OpKind::kExternal:
      return Everything();
    // Ends of tasks are in no footprint. At which scopes a step looks says ScopeChains.
    case OpKind::kLook:
      return object == ObjectKind::kScope ? Rule{Mode::kNone, false, false} : Everything();

    // Cells. A failed compare-and-exchange counts as a write.
    case OpKind::kLoad:
      return Look();
    // Readers commute with each other, and not with who counts them.
    case OpKind::kRead:
      return {object == ObjectKind::kSharedMutex ? Mode::kAdd : Mode::kRead, false, false};
    case OpKind::kStore:
    case OpKind::kExchange:
    case OpKind::kCompareExchange:
    case OpKind::kFetchAdd:
    case OpKind::kWrite:
      return Change();

    // Mutexes. Shared locks and their unlocks commute with each other: none of them is ever in the
    // way of another.
    case OpKind::kLock:
      return {Mode::kChange, true, false};
    case OpKind::kTryLock:
      return Change();
    case OpKind::kUnlock:
      return {Mode::kChange, false, true};
    case OpKind::kLockShared:
      return {Mode::kRead, true, false};
    case OpKind::kTryLockShared:
      return Look();
    case OpKind::kUnlockShared:
      return {Mode::kRead, false, true};

    // Semaphores. Releases commute; which acquire gets the last permit matters.
    case OpKind::kAcquire:
      return {Mode::kChange, true, false};
    case OpKind::kTryAcquire:
      return Change();
    case OpKind::kRelease:
      return {Mode::kAdd, false, true};

    // Events, latches, barriers, once, promises. Setting is idempotent, waiting only looks.
    case OpKind::kSet:
    case OpKind::kCountDown:
      return {Mode::kAdd, false, true};
    case OpKind::kReset:
      return Change();
    case OpKind::kWait:
      return {Mode::kRead, true, false};
    // The token of an arrival is that of its generation, so arrivals do not commute with the last.
    case OpKind::kArrive:
      // At a broadcast it subscribes: it looks how many messages there were.
      return {object == ObjectKind::kBroadcast ? Mode::kRead : Mode::kChange, false, true};
    case OpKind::kCall:
      return {Mode::kChange, true, true};

    // Condition variables: to enqueue and to notify do not commute (the lost wake-up), nor do two
    // notifications. A wake stands at the mutex, as a lock.
    case OpKind::kConditionWait:
      return {Mode::kChange, false, false};
    case OpKind::kConditionWake:
      return {object == ObjectKind::kConditionVariable ? Mode::kRead : Mode::kChange, true, false};
    case OpKind::kNotifyOne:
    case OpKind::kNotifyAll:
      return {Mode::kChange, false, true};

    // Coming to stand before a rendezvous: only a try form there sees it.
    case OpKind::kOffer:
      return {Mode::kAdd, false, false};

    // Channels. Both ends wait and let others go on. From a broadcast each subscriber has its own copy.
    case OpKind::kSend:
      return {Mode::kChange, true, true};
    case OpKind::kReceive:
      return {object == ObjectKind::kBroadcast ? Mode::kRead : Mode::kChange, true, true};
    case OpKind::kTrySend:
    case OpKind::kTryReceive:
    case OpKind::kClose:
      return {Mode::kChange, false, true};
  }
  return Change();
}

}  // namespace

namespace internal {
constinit const std::array<std::array<Rule, kOpKinds>, kObjectKinds> kRules = [] {
  std::array<std::array<Rule, kOpKinds>, kObjectKinds> rules{};
  for (size_t object = 0; object < kObjectKinds; ++object) {
    for (size_t kind = 0; kind < kOpKinds; ++kind) {
      rules[object][kind] = On(static_cast<OpKind>(kind), static_cast<ObjectKind>(object));
    }
  }
  return rules;
}();
constinit const uint64_t kTaking = [] {
  uint64_t taking = 0;
  for (size_t kind = 0; kind < kOpKinds; ++kind) {
    if (On(static_cast<OpKind>(kind), ObjectKind::kCustom).takes) taking |= uint64_t{1} << kind;
  }
  return taking;
}();
}  // namespace internal

Relation RelationOf(OpKind earlier, Mode earlier_mode, OpKind later, Mode later_mode) {
  if (!Conflict(earlier_mode, later_mode)) return Relation::kCommutes;
  if (!Gives(earlier) || !Takes(later)) return Relation::kRaces;
  // A mutex is held until it is unlocked: no lock that conflicts could have come before that.
  if (earlier == OpKind::kUnlock || earlier == OpKind::kUnlockShared) return Relation::kEnables;
  return Relation::kMayEnable;
}

}  // namespace fate::sim
