#include "fate/runtime/timer_queue.h"

#include <algorithm>
#include <bit>

namespace fate {

size_t TimerQueue::BucketOf(int64_t deadline_ns) const {
  return static_cast<size_t>(
      std::bit_width(static_cast<uint64_t>(deadline_ns) ^ static_cast<uint64_t>(last_ns_)));
}

void TimerQueue::Arm(Timer& timer, int64_t deadline_ns) {
  if (deadline_ns < last_ns_) deadline_ns = last_ns_;
  uint32_t slot = free_slot_;
  if (slot == Timer::kUnarmed) [[unlikely]] {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back({nullptr, 0, Timer::kUnarmed});
  } else {
    free_slot_ = slots_[slot].next_free;
  }
  slots_[slot].timer = &timer;
  timer.slot_ = slot;
  timer.deadline_ns_ = deadline_ns;
  size_t bucket = BucketOf(deadline_ns);
  buckets_[bucket].push_back({deadline_ns, &timer, slot, slots_[slot].generation});
  if (bucket > 0) in_use_ |= uint64_t{1} << (bucket - 1);
  ++live_;
  ++entries_;
  if (deadline_ns < next_ns_) next_ns_ = deadline_ns;
}

void TimerQueue::FreeSlot(uint32_t slot) {
  slots_[slot].timer->slot_ = Timer::kUnarmed;
  slots_[slot].timer = nullptr;
  ++slots_[slot].generation;
  slots_[slot].next_free = free_slot_;
  free_slot_ = slot;
  --live_;
}

void TimerQueue::Cancel(Timer& timer) {
  if (!timer.armed()) return;
  if (timer.deadline_ns_ == next_ns_) known_ = false;
  FreeSlot(timer.slot_);
  if (live_ == 0) {
    Clear();
  } else if (entries_ - live_ > live_ + 64) {
    Compact();
  }
}

int64_t TimerQueue::NextDeadline() {
  if (known_) return next_ns_;
  next_ns_ = kNever;
  known_ = true;
  if (live_ == 0) return next_ns_;
  for (size_t i = front_; i < buckets_[0].size(); ++i) {
    if (!dead(buckets_[0][i])) return next_ns_ = last_ns_;
  }
  // The lowest bucket with a living entry holds the earliest.
  for (uint64_t rest = in_use_; rest != 0; rest &= rest - 1) {
    for (const Entry& entry : buckets_[std::countr_zero(rest) + 1]) {
      if (entry.deadline_ns < next_ns_ && !dead(entry)) next_ns_ = entry.deadline_ns;
    }
    if (next_ns_ != kNever) break;
  }
  return next_ns_;
}

void TimerQueue::Fetch(const Entry& entry, size_t among) const {
  __builtin_prefetch(&slots_[entry.slot]);
  if (among > kFetchWhatItTouches) {
    __builtin_prefetch(entry.timer);
  } else if (!dead(entry)) {
    entry.timer->Prefetch();
  }
}

bool TimerQueue::Refill(int64_t now_ns) {
  entries_ -= buckets_[0].size();
  buckets_[0].clear();
  front_ = 0;
  if (in_use_ == 0) return false;
  // Whether an entry is dead is looked up once, when it comes out; a dead one is as good a bound.
  std::vector<Entry>& source = buckets_[std::countr_zero(in_use_) + 1];
  int64_t first_ns = kNever;
  for (const Entry& entry : source) first_ns = std::min(first_ns, entry.deadline_ns);
  if (first_ns > now_ns) {
    if (!known_) next_ns_ = first_ns;
    return false;
  }
  in_use_ &= in_use_ - 1;
  last_ns_ = first_ns;
  bool fetch = source.size() <= kFetchTimer;
  for (const Entry& entry : source) {
    if (fetch) Fetch(entry, source.size());
    size_t bucket = BucketOf(entry.deadline_ns);
    buckets_[bucket].push_back(entry);
    if (bucket > 0) in_use_ |= uint64_t{1} << (bucket - 1);
  }
  source.clear();
  return true;
}

Timer* TimerQueue::PopDue(int64_t now_ns) {
  if (next_ns_ > now_ns) return nullptr;
  for (;;) {
    while (front_ < buckets_[0].size()) {
      if (last_ns_ > now_ns) return nullptr;
      Entry entry = buckets_[0][front_++];
      if (dead(entry)) continue;
      FreeSlot(entry.slot);
      if (live_ == 0) {
        int64_t last_ns = last_ns_;
        Clear();
        last_ns_ = last_ns;
      } else {
        known_ = false;
      }
      return entry.timer;
    }
    if (!Refill(now_ns)) return nullptr;
  }
}

void TimerQueue::Compact() {
  entries_ = 0;
  buckets_[0].erase(buckets_[0].begin(), buckets_[0].begin() + static_cast<ptrdiff_t>(front_));
  front_ = 0;
  in_use_ = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    std::erase_if(buckets_[i], [this](const Entry& entry) { return dead(entry); });
    entries_ += buckets_[i].size();
    if (i > 0 && !buckets_[i].empty()) in_use_ |= uint64_t{1} << (i - 1);
    if (buckets_[i].size() < buckets_[i].capacity() / 4) buckets_[i].shrink_to_fit();
  }
}

void TimerQueue::Clear() {
  // Entries that are still alive lose their slot; their timers are told.
  for (uint32_t slot = 0; live_ > 0 && slot < slots_.size(); ++slot) {
    if (slots_[slot].timer != nullptr) FreeSlot(slot);
  }
  buckets_[0].clear();
  for (; in_use_ != 0; in_use_ &= in_use_ - 1) buckets_[std::countr_zero(in_use_) + 1].clear();
  front_ = 0;
  entries_ = 0;
  last_ns_ = 0;
  next_ns_ = kNever;
  known_ = true;
}

size_t TimerQueue::memory_bytes() const {
  size_t bytes = slots_.capacity() * sizeof(Slot);
  for (const std::vector<Entry>& bucket : buckets_) bytes += bucket.capacity() * sizeof(Entry);
  return bytes;
}

}  // namespace fate
