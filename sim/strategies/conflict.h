// MayConflict: whether two operations might not commute: a small relation for sampling, where a
// wrong answer costs probability and nothing else; sim/race/dependence.h is the one that has to be
// right.
//
// By object and by whether it is only read. What has no object (spawn, join, yield, sleep) commutes
// with everything; a Select and a callback may do anything. What a task that has not begun will do
// first is unknown: that conflicts with everything while it is pending, but once it has run it is
// held against those alone that have not begun either. (Held against all, it would make POS draw
// again for operations on other objects, which costs a factor of 3 on reorder_5.) Tested by
// tests/strategies/conflict_test.cc.
#pragma once

#include <cstdint>

#include "fate/runtime/operation.h"

namespace fate::sim {

// An operation as far as conflicts go: its object, and a bit for reading only.
class Footprint {
 public:
  Footprint() = default;
  // Of what a task stands before; null: it has not begun.
  explicit Footprint(const Operation* operation) {
    if (operation == nullptr) {
      bits_ = kNotBegun;
    } else if (operation->kind() == OpKind::kSelect || operation->kind() == OpKind::kExternal) {
      bits_ = kAnything;
    } else if (operation->object() != nullptr) {
      bool reads = operation->kind() == OpKind::kLoad || operation->kind() == OpKind::kRead;
      bits_ = reinterpret_cast<uintptr_t>(operation->object()) | static_cast<uintptr_t>(reads);
    }
  }

 private:
  friend class ConflictsWith;
  // Above all addresses, and even.
  static constexpr uintptr_t kAnything = ~uintptr_t{1};
  static constexpr uintptr_t kNotBegun = ~uintptr_t{3};
  uintptr_t bits_ = 0;  // 0: nothing
};

// Asks of many pending operations whether they may have another effect after `ran` than before it.
// In five instructions without a branch, since the answer is as good as random.
class ConflictsWith {
 public:
  explicit ConflictsWith(Footprint ran) : ran_(ran.bits_), reads_(ran_ & 1) {
    if (ran_ == 0) ran_ = kNoObject, reads_ = 0, unknown_ = ~uintptr_t{0};
    if (ran_ == Footprint::kAnything) unknown_ = 1;
  }
  bool operator()(Footprint pending) const {
    // On the same object the two differ in the bit for reading alone; two readers do not conflict.
    bool same = (pending.bits_ ^ ran_) - reads_ <= 1 - reads_;
    return same | (pending.bits_ >= unknown_);
  }

 private:
  static constexpr uintptr_t kNoObject = 2;  // no address
  uintptr_t ran_;
  uintptr_t reads_;
  // What is as large conflicts: all unknown ones, if it did nothing none, if it did anything all.
  uintptr_t unknown_ = Footprint::kNotBegun;
};

inline bool MayConflict(Footprint ran, Footprint pending) { return ConflictsWith(ran)(pending); }

}  // namespace fate::sim
