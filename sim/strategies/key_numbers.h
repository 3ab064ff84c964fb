// KeyNumbers: small numbers for keys, from 1, in the order in which they were first seen.
//
//   KeyNumbers numbers;
//   numbers.Of(key)     // its number; a new one if it was not seen
//   numbers.Find(key)   // its number; 0: it was not seen
//
// For what strategies learn of places and of paths of tasks: that stands in vectors, by such numbers. The keys that are
// asked for at every step are few, and most are found in some ten instructions, in a table of those asked for last.
// O(1). Tested by tests/strategies/key_numbers_test.cc.
//
// Unordered: looked up by key only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

namespace fate::sim {

class KeyNumbers {
 public:
  uint32_t Of(uint64_t key) {
    const Recent& recent = RecentOf(key);
    return recent.key == key && recent.number != 0 ? recent.number : Number(key);
  }
  uint32_t Find(uint64_t key) const {
    const Recent& recent = RecentOf(key);
    return recent.key == key && recent.number != 0 ? recent.number : LookUp(key);
  }
  size_t size() const { return numbers_.size(); }

 private:
  struct Recent {
    uint64_t key = 0;
    uint32_t number = 0;
  };
  static constexpr int kBits = 7;

  [[gnu::noinline]] uint32_t Number(uint64_t key) {
    const auto at = numbers_.try_emplace(key, static_cast<uint32_t>(size()) + 1).first;
    RecentOf(key) = {key, at->second};
    return at->second;
  }
  [[gnu::noinline]] uint32_t LookUp(uint64_t key) const {
    const auto at = numbers_.find(key);
    if (at == numbers_.end()) return 0;
    RecentOf(key) = {key, at->second};
    return at->second;
  }
  // Where it stands if it was asked for last of those that share its entry.
  Recent& RecentOf(uint64_t key) const { return recent_[key * 0x9e3779b97f4a7c15u >> (64 - kBits)]; }

  absl::flat_hash_map<uint64_t, uint32_t> numbers_;
  mutable std::array<Recent, size_t{1} << kBits> recent_;
};

}  // namespace fate::sim
