#include "fate/sim/check/configurations.h"

#include <algorithm>

#include "fate/base/mix.h"

namespace fate::sim {
namespace {

uint64_t HashOf(const uint32_t* row, uint32_t count) {
  uint64_t hash = count;
  for (uint32_t i = 0; i < count; ++i) hash = Mix(hash ^ row[i]);
  return hash;
}

}  // namespace

bool Configurations::Add(const uint32_t* row, uint32_t count) {
  const uint64_t hash = HashOf(row, count);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at].row != nullptr; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.hash == hash && slot.row[0] == count && std::equal(row, row + count, slot.row + 1)) return false;
  }
  slots_[at] = {Store(row, count), hash};
  if (++size_ * 2 > slots_.size()) Grow();
  return true;
}

const uint32_t* Configurations::Store(const uint32_t* row, uint32_t count) {
  uint32_t* stored;
  if (count + 1 > kBlock) {
    long_rows_.push_back(std::make_unique<uint32_t[]>(count + 1));
    stored_bytes_ += (count + 1) * sizeof(uint32_t);
    stored = long_rows_.back().get();
  } else {
    if (used_ + count + 1 > block_) {
      block_ = std::max<size_t>(std::clamp(2 * block_, kFirstBlock, kBlock), count + 1);
      blocks_.push_back(std::make_unique<uint32_t[]>(block_));
      stored_bytes_ += block_ * sizeof(uint32_t);
      used_ = 0;
    }
    stored = blocks_.back().get() + used_;
    used_ += count + 1;
  }
  stored[0] = count;
  std::copy(row, row + count, stored + 1);
  return stored;
}

void Configurations::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.row == nullptr) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].row != nullptr) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace fate::sim
