// Configurations: where a search has been: which operations were placed, and in which state that left the object.
//
// A configuration is a short row of numbers. Rows are kept one after the other in blocks, found through an open
// hash table. Whether a row is there is exact: a hash alone never says yes. O(length of the row).
// Tested by tests/check/configurations_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace fate::sim {

class Configurations {
 public:
  // Adds the row of `count` numbers. False: it is there already.
  bool Add(const uint32_t* row, uint32_t count);
  uint64_t size() const { return size_; }
  uint64_t bytes() const { return stored_bytes_ + slots_.size() * sizeof(Slot); }

 private:
  // Blocks grow from the one to the other, so that a short search takes little. Numbers.
  static constexpr size_t kFirstBlock = 1 << 6;
  static constexpr size_t kBlock = 1 << 16;
  struct Slot {
    const uint32_t* row = nullptr;  // its length, then its numbers
    uint64_t hash = 0;
  };

  const uint32_t* Store(const uint32_t* row, uint32_t count);
  void Grow();

  std::vector<std::unique_ptr<uint32_t[]>> blocks_;
  std::vector<std::unique_ptr<uint32_t[]>> long_rows_;  // that fit in no block
  uint64_t stored_bytes_ = 0;
  size_t block_ = 0;  // the length of the last block
  size_t used_ = 0;   // of it
  std::vector<Slot> slots_ = std::vector<Slot>(1 << 5);
  uint64_t size_ = 0;
};

}  // namespace fate::sim
