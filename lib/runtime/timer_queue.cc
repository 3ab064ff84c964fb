#include "fate/runtime/timer_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace fate {

inline void TimerQueue::Insert(const Entry& entry) {
  uint64_t differs = static_cast<uint64_t>(entry.deadline_ns) ^ static_cast<uint64_t>(last_ns_);
  if (differs >> run_bits_ == 0) return InsertIntoRun(entry);
  int bucket = std::bit_width(differs) - 1;
  buckets_[bucket].push_back(entry);
  in_use_ |= uint64_t{1} << bucket;
}

inline void TimerQueue::InsertIntoRun(const Entry& entry) {
  run_.push_back(entry);
  size_t i = run_.size() - 1;
  for (; i > front_ && run_[i - 1].deadline_ns > entry.deadline_ns; --i) run_[i] = run_[i - 1];
  run_[i] = entry;
}

void TimerQueue::Arm(Timer& timer, int64_t deadline_ns) {
  // last_ns_ is the later one if the last that came out was dead.
  deadline_ns = std::max({deadline_ns, taken_ns_, last_ns_});
  uint32_t slot = free_slot_;
  if (slot == Timer::kUnarmed) [[unlikely]] {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back({0, Timer::kUnarmed});
  } else {
    free_slot_ = slots_[slot].next_free;
  }
  timer.slot_ = slot;
  timer.deadline_ns_ = deadline_ns;
  if (run_bits_ > 0 && run_.size() - front_ > 2 * kRun) [[unlikely]] DealOutRun();
  Insert({deadline_ns, &timer, slot, slots_[slot].generation});
  ++live_;
  ++entries_;
  if (deadline_ns < next_ns_) next_ns_ = deadline_ns;
}

void TimerQueue::DealOutRun() {
  // Sorted, so what stays is in front: the deadlines that are last_ns_ itself.
  size_t stays = front_;
  while (stays < run_.size() && run_[stays].deadline_ns == last_ns_) ++stays;
  run_bits_ = 0;
  for (size_t i = stays; i < run_.size(); ++i) Insert(run_[i]);
  run_.erase(run_.begin() + static_cast<ptrdiff_t>(stays), run_.end());
}

inline void TimerQueue::FreeSlot(Timer& timer) {
  Slot& slot = slots_[timer.slot_];
  ++slot.generation;
  slot.next_free = free_slot_;
  free_slot_ = timer.slot_;
  timer.slot_ = Timer::kUnarmed;
  --live_;
}

void TimerQueue::Cancel(Timer& timer) {
  if (!timer.armed()) return;
  if (timer.deadline_ns_ == next_ns_) known_ = false;
  FreeSlot(timer);
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
  for (size_t i = front_; i < run_.size(); ++i) {
    if (!dead(run_[i])) return next_ns_ = run_[i].deadline_ns;
  }
  // The lowest bucket with a living entry holds the earliest.
  for (uint64_t rest = in_use_; rest != 0; rest &= rest - 1) {
    for (const Entry& entry : buckets_[std::countr_zero(rest)]) {
      if (entry.deadline_ns < next_ns_ && !dead(entry)) next_ns_ = entry.deadline_ns;
    }
    if (next_ns_ != kNever) break;
  }
  return next_ns_;
}

inline void TimerQueue::Fetch(size_t index, int links) const {
  if (index < run_.size() && !dead(run_[index])) run_[index].timer->Prefetch(links);
}

bool TimerQueue::Refill(int64_t now_ns) {
  entries_ -= run_.size();
  run_.clear();
  front_ = 0;
  if (in_use_ == 0) return false;
  // Whether an entry is dead is looked up once, when it comes out; a dead one is as good a bound.
  int lowest = std::countr_zero(in_use_);
  std::vector<Entry>& source = buckets_[lowest];
  int64_t first_ns = kNever;
  for (const Entry& entry : source) first_ns = std::min(first_ns, entry.deadline_ns);
  if (first_ns > now_ns) {
    if (!known_) next_ns_ = first_ns;
    return false;
  }
  in_use_ &= in_use_ - 1;
  last_ns_ = first_ns;
  if (source.size() > kRun) {
    run_bits_ = 0;
    for (const Entry& entry : source) Insert(entry);
  } else {
    run_bits_ = lowest;
    for (const Entry& entry : source) {
      __builtin_prefetch(&slots_[entry.slot]);
      // The timer, and what lies around it in its frame.
      const char* timer = reinterpret_cast<const char*>(entry.timer);
      __builtin_prefetch(timer - 64);
      __builtin_prefetch(timer);
      __builtin_prefetch(timer + 64);
    }
    for (const Entry& entry : source) InsertIntoRun(entry);
    for (size_t i = 0; i < kFetchNear; ++i) Fetch(i, 1);
    for (size_t i = 0; i < kFetchFar; ++i) Fetch(i, 2);
  }
  source.clear();
  return true;
}

Timer* TimerQueue::PopDue(int64_t now_ns) {
  if (next_ns_ > now_ns) return nullptr;
  for (;;) {
    while (front_ < run_.size()) {
      Entry entry = run_[front_];
      if (entry.deadline_ns > now_ns) {
        if (!known_) next_ns_ = entry.deadline_ns;
        return nullptr;
      }
      Fetch(front_ + kFetchNear, 1);
      Fetch(front_ + kFetchFar, 2);
      ++front_;
      if (dead(entry)) continue;
      FreeSlot(*entry.timer);
      if (live_ == 0) {
        Clear();
        last_ns_ = entry.deadline_ns;
      } else {
        known_ = false;
      }
      taken_ns_ = entry.deadline_ns;
      return entry.timer;
    }
    if (!Refill(now_ns)) return nullptr;
  }
}

void TimerQueue::Compact() {
  auto is_dead = [this](const Entry& entry) { return dead(entry); };
  run_.erase(run_.begin(), run_.begin() + static_cast<ptrdiff_t>(front_));
  front_ = 0;
  std::erase_if(run_, is_dead);
  entries_ = run_.size();
  for (uint64_t rest = in_use_; rest != 0; rest &= rest - 1) {
    int i = std::countr_zero(rest);
    std::erase_if(buckets_[i], is_dead);
    entries_ += buckets_[i].size();
    if (buckets_[i].empty()) in_use_ &= ~(uint64_t{1} << i);
    if (buckets_[i].size() < buckets_[i].capacity() / 4) buckets_[i].shrink_to_fit();
  }
}

void TimerQueue::Clear() {
  // Timers that are still armed are told.
  auto disarm = [this](std::vector<Entry>& entries, size_t from) {
    for (size_t i = from; live_ > 0 && i < entries.size(); ++i) {
      if (!dead(entries[i])) FreeSlot(*entries[i].timer);
    }
    entries.clear();
  };
  disarm(run_, front_);
  for (; in_use_ != 0; in_use_ &= in_use_ - 1) disarm(buckets_[std::countr_zero(in_use_)], 0);
  front_ = 0;
  run_bits_ = 0;
  entries_ = 0;
  last_ns_ = 0;
  taken_ns_ = 0;
  next_ns_ = kNever;
  known_ = true;
}

size_t TimerQueue::memory_bytes() const {
  size_t bytes = slots_.capacity() * sizeof(Slot) + run_.capacity() * sizeof(Entry);
  for (const std::vector<Entry>& bucket : buckets_) bytes += bucket.capacity() * sizeof(Entry);
  return bytes;
}

}  // namespace fate
