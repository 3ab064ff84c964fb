// ReadsFrom: which step each reading step of an execution read from, as it unfolds.
//
// In the sense of "Greybox fuzzing for concurrency testing" (Wolff, Shi, Duck, Mathur,
// Roychoudhury, ASPLOS 2024): a read reads from the last write of its object, or from its initial
// state. Of the objects that are not cells: a lock reads from the lock before it, whose release it
// waited for (a release by a guard is no step); an acquire from the last release, a wait from the
// last set, a receive from the send of its item (items are taken in order).
//
// Sites are what steps are told apart by from one execution to the next: the place of the co_await
// and the kind of the object, so that all instances of a task are alike. O(1) a step.
//
// Tested by tests/strategies/reads_from_test.cc.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "fate/runtime/object.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/strategies/interests.h"
#include "fate/sim/strategies/key_numbers.h"

namespace fate::sim {

using Site = uint32_t;

class Sites {
 public:
  static constexpr Site kInitial = 0;  // no step: what is there before all writes
  static constexpr Site kUnknown = 0xffffffff;

  // Numbers it if it is new: from 1.
  Site Of(const Place& place, uint32_t object_kind) { return numbers_.Of(KeyOf(place, object_kind)); }
  // Or kUnknown.
  Site Find(const Place& place, uint32_t object_kind) const {
    const Site site = numbers_.Find(KeyOf(place, object_kind));
    return site == 0 ? kUnknown : site;
  }
  size_t size() const { return numbers_.size(); }

 private:
  static uint64_t KeyOf(const Place& place, uint32_t object_kind) {
    return Interests::KeyOf(place) ^ uint64_t { object_kind } << 56;  // above all addresses
  }
  KeyNumbers numbers_;
};

// Whether an operation looks at its object, and whether it leaves there what others see.
inline bool Reads(OpKind kind);
inline bool Writes(OpKind kind);

class ReadsFrom {
 public:
  void Restart();
  // What a read of the object with this number would read from now. 0: an object not touched yet.
  Site SourceOf(uint32_t object) const { return object < touched_ ? objects_[object].next() : Sites::kInitial; }
  // A step at `site` took effect. Returns what it read from, if it reads.
  Site Follow(const Step& step, Site site) {
    if (step.object == 0 || step.object_kind == static_cast<uint16_t>(ObjectKind::kTask)) return Sites::kInitial;
    if (step.object >= touched_) Touch(step.object);
    Source& source = objects_[step.object];
    const Site from = source.next();
    if (step.kind == OpKind::kSend || step.kind == OpKind::kTrySend) {
      source.items.push_back(site);
    } else if (Writes(step.kind)) {
      source.last = site;
    } else if (source.received < source.items.size()) {
      source.received += step.kind == OpKind::kReceive || step.kind == OpKind::kTryReceive;
    }
    return from;
  }

 private:
  struct Source {
    Site last = Sites::kInitial;  // write
    std::vector<Site> items;      // of a channel: sent
    size_t received = 0;          // of them

    Site next() const { return received < items.size() ? items[received] : last; }
  };
  void Touch(uint32_t object);

  std::vector<Source> objects_;  // by number; those below touched_ are of this execution
  uint32_t touched_ = 0;
};

// ---------------------------------------------------------------------------------------------

namespace internal {
constexpr uint64_t SetOf(std::initializer_list<OpKind> kinds) {
  uint64_t set = 0;
  for (const OpKind kind : kinds) set |= uint64_t{1} << static_cast<int>(kind);
  return set;
}
constexpr uint64_t kReading =
    SetOf({OpKind::kLoad, OpKind::kExchange, OpKind::kCompareExchange, OpKind::kFetchAdd, OpKind::kLock,
           OpKind::kTryLock, OpKind::kLockShared, OpKind::kTryLockShared, OpKind::kAcquire, OpKind::kTryAcquire,
           OpKind::kWait, OpKind::kConditionWake, OpKind::kCall, OpKind::kReceive, OpKind::kTryReceive, OpKind::kRead});
constexpr uint64_t kWriting = SetOf(
    {OpKind::kStore,         OpKind::kExchange,      OpKind::kCompareExchange, OpKind::kFetchAdd,  OpKind::kLock,
     OpKind::kTryLock,       OpKind::kConditionWake, OpKind::kRelease,         OpKind::kSet,       OpKind::kReset,
     OpKind::kConditionWait, OpKind::kNotifyOne,     OpKind::kNotifyAll,       OpKind::kCountDown, OpKind::kArrive,
     OpKind::kCall,          OpKind::kSend,          OpKind::kTrySend,         OpKind::kClose,     OpKind::kWrite});
}  // namespace internal

inline bool Reads(OpKind kind) { return (internal::kReading >> static_cast<int>(kind) & 1) != 0; }
inline bool Writes(OpKind kind) { return (internal::kWriting >> static_cast<int>(kind) & 1) != 0; }

}  // namespace fate::sim
