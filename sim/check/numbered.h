// Numbered: values by number, in the order in which they were first seen, each once.
//
// What a search remembers of a state is its number: comparing and hashing is done once, when it is made.
// Tested by tests/check/linearizability_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

// Unordered: only looked up.
#include "absl/container/node_hash_map.h"

namespace fate::sim {

template <class Value>
class Numbered {
 public:
  // The number of `value`, which is kept if it is new. O(1) expected, and a hash of the value.
  uint32_t Of(const Value& value) {
    auto [entry, added] = numbers_.try_emplace(value, static_cast<uint32_t>(values_.size()));
    if (added) {
      values_.push_back(&entry->first);
      bytes_ += sizeof(Value) + 4 * sizeof(void*) + BytesBehind(value);
    }
    return entry->second;
  }
  const Value& operator[](uint32_t number) const { return *values_[number]; }
  size_t size() const { return values_.size(); }
  // About how much memory it takes.
  uint64_t bytes() const { return bytes_; }

 private:
  // What a container holds on the heap.
  template <class T>
  static uint64_t BytesBehind(const T& value) {
    if constexpr (requires {
                    value.size();
                    typename T::value_type;
                  }) {
      return value.size() * sizeof(typename T::value_type);
    } else {
      return 0;
    }
  }

  absl::node_hash_map<Value, uint32_t> numbers_;
  std::vector<const Value*> values_;
  uint64_t bytes_ = 0;
};

}  // namespace fate::sim
