// RecentCounts: how often each of many keys was seen, for the keys that were new last.
//
//   RecentCounts counts(1 << 20);
//   const uint64_t number = counts.Add(key);   // of the key; one that is new has the next number
//   counts.Of(number)                          // how often it was added; 0: it is forgotten
//
// Remembers at most so many keys, some 50 bytes each: when there are as many, the older half of them is forgotten, and
// new when it comes again. O(1), and O(keys) when half of them go. Tested by tests/strategies/recent_counts_test.cc.
//
// Unordered: looked up by key only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace fate::sim {

class RecentCounts {
 public:
  // REQUIRES: most >= 2.
  explicit RecentCounts(size_t most) : most_(most) {}

  uint64_t Add(uint64_t key) {
    if (keys_.size() == most_ && !numbers_.contains(key)) ForgetHalf();
    const auto [at, is_new] = numbers_.try_emplace(key, first_ + keys_.size());
    if (is_new) keys_.push_back({key, 0});
    ++keys_[at->second - first_].count;
    return at->second;
  }
  uint32_t Of(uint64_t number) const { return number < first_ ? 0 : keys_[number - first_].count; }
  size_t size() const { return keys_.size(); }

 private:
  struct Key {
    uint64_t key;
    uint32_t count;
  };

  void ForgetHalf() {
    const size_t half = most_ / 2;
    for (size_t i = 0; i < half; ++i) numbers_.erase(keys_[i].key);
    keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(half));
    first_ += half;
  }

  size_t most_;
  absl::flat_hash_map<uint64_t, uint64_t> numbers_;  // of those in keys_
  std::vector<Key> keys_;                            // by number, from first_ on
  uint64_t first_ = 0;
};

}  // namespace fate::sim
