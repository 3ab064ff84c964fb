// Interests: the objects several tasks touch in a finished execution, and who touches them where.
//
// What SURW needs to know of a program before it runs: for each object that at least two tasks
// touch and one changes, which pending operations will be on it. An object has no name that
// survives a schedule, so it is known by (path of task, place of the co_await): a pair means the
// objects it touched in the execution learned from. A task not seen there is judged by the place
// alone. An unlock is no event: it is never in doubt where it stands relative to the lock. Tested
// by tests/strategies/interests_test.cc.
// Unordered: looked up by key only; what is drawn from is a vector in the order of the trace.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fate/base/mix.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

class Interests {
 public:
  static constexpr size_t kMost = 64;  // objects

  // REQUIRES: the execution's trace is complete.
  void LearnFrom(const Execution& execution);

  // How often each object was touched: the odds of choosing it.
  const std::vector<uint32_t>& touches() const { return touches_; }
  // Bit i: object i.
  uint64_t Of(uint64_t path, const Place& place) const {
    auto at = by_pair_.find(Mix(path, KeyOf(place)));
    if (at != by_pair_.end()) return at->second;
    if (paths_.contains(path)) return 0;
    auto anywhere = by_place_.find(KeyOf(place));
    return anywhere == by_place_.end() ? 0 : anywhere->second;
  }
  // Of the first operation of a task that has not begun.
  uint64_t OfFirst(uint64_t path) const {
    auto at = paths_.find(path);
    return at == paths_.end() ? 0 : at->second;
  }

  // Stands for a place within this process: a hash key, never an order.
  static uint64_t KeyOf(const Place& place) {
    static_assert(sizeof(Place) == sizeof(uint64_t));
    uint64_t key;
    std::memcpy(&key, &place, sizeof(key));
    return key;
  }

 private:
  absl::flat_hash_map<uint64_t, uint64_t> by_pair_;
  absl::flat_hash_map<uint64_t, uint64_t> by_place_;
  absl::flat_hash_map<uint64_t, uint64_t> paths_;  // the objects of the first step
  std::vector<uint32_t> touches_;
};

// Whether a step may be an event of its object.
inline bool IsEvent(OpKind kind) {
  return kind != OpKind::kUnlock && kind != OpKind::kUnlockShared && kind != OpKind::kStart;
}

}  // namespace fate::sim
