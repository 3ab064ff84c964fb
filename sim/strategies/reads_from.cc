#include "fate/sim/strategies/reads_from.h"

namespace fate::sim {

bool Reads(OpKind kind) {
  switch (kind) {
    case OpKind::kLoad:
    case OpKind::kExchange:
    case OpKind::kCompareExchange:
    case OpKind::kFetchAdd:
    case OpKind::kLock:
    case OpKind::kTryLock:
    case OpKind::kLockShared:
    case OpKind::kTryLockShared:
    case OpKind::kAcquire:
    case OpKind::kTryAcquire:
    case OpKind::kWait:
    case OpKind::kConditionWake:
    case OpKind::kCall:
    case OpKind::kReceive:
    case OpKind::kTryReceive:
    case OpKind::kRead:
      return true;
    default:
      return false;
  }
}

bool Writes(OpKind kind) {
  switch (kind) {
    case OpKind::kStore:
    case OpKind::kExchange:
    case OpKind::kCompareExchange:
    case OpKind::kFetchAdd:
    case OpKind::kLock:
    case OpKind::kTryLock:
    case OpKind::kConditionWake:
    case OpKind::kRelease:
    case OpKind::kSet:
    case OpKind::kReset:
    case OpKind::kConditionWait:
    case OpKind::kNotifyOne:
    case OpKind::kNotifyAll:
    case OpKind::kCountDown:
    case OpKind::kArrive:
    case OpKind::kCall:
    case OpKind::kSend:
    case OpKind::kTrySend:
    case OpKind::kClose:
    case OpKind::kWrite:
      return true;
    default:
      return false;
  }
}

void ReadsFrom::Restart() {
  for (Source& source : objects_) {
    source.last = Sites::kInitial;
    source.items.clear();
    source.received = 0;
  }
}

Site ReadsFrom::Follow(const Step& step, Site site) {
  if (step.object == 0 || step.object_kind == static_cast<uint16_t>(ObjectKind::kTask))
    return Sites::kInitial;
  if (step.object >= objects_.size()) objects_.resize(step.object + 1);
  Source& source = objects_[step.object];
  const Site from = SourceOf(step.object);
  const bool receives = step.kind == OpKind::kReceive || step.kind == OpKind::kTryReceive;
  if (receives && source.received < source.items.size()) ++source.received;
  if (step.kind == OpKind::kSend || step.kind == OpKind::kTrySend) {
    source.items.push_back(site);
  } else if (Writes(step.kind)) {
    source.last = site;
  }
  return from;
}

}  // namespace fate::sim
