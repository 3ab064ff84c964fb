#include "fate/runtime/timer_queue.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace fate {

inline void TimerQueue::Settle(Entry* first, Entry* last) {
  const Entry entry = *last;
  for (; last > first && last[-1].deadline_ns > entry.deadline_ns; --last) *last = last[-1];
  *last = entry;
}

[[gnu::noinline]] void TimerQueue::Bucket::Reserve(size_t wanted) {
  auto moved = std::make_unique_for_overwrite<Entry[]>(wanted);
  std::copy(begin(), end(), moved.get());
  entries = std::move(moved);
  capacity = wanted;
}

[[gnu::always_inline]] inline void TimerQueue::Insert(Entry entry) {
  uint64_t differs = static_cast<uint64_t>(entry.deadline_ns) ^ static_cast<uint64_t>(last_ns_);
  if (differs >> run_bits_ == 0) [[unlikely]]
    return InsertIntoRun(entry);
  int index = std::bit_width(differs) - 1;
  buckets_[index].Append(entry);
  in_use_ |= uint64_t{1} << index;
}

[[gnu::noinline]] void TimerQueue::InsertIntoRun(Entry entry) {
  run_.push_back(entry);
  Settle(run_.data() + front_, run_.data() + run_.size() - 1);
}

void TimerQueue::Arm(Timer& timer, int64_t deadline_ns) {
  // last_ns_ is the later one if the last that came out was dead.
  deadline_ns = std::max({deadline_ns, taken_ns_, last_ns_});
  uint32_t slot = free_slot_;
  if (slot == Timer::kUnarmed) [[unlikely]] {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back({&timer, 0, Timer::kUnarmed});
  } else {
    free_slot_ = slots_[slot].next_free;
    slots_[slot].timer = &timer;
  }
  timer.slot_ = slot;
  timer.deadline_ns_ = deadline_ns;
  if (run_bits_ > 0 && run_.size() - front_ > 2 * kRun) [[unlikely]]
    DealOutRun();
  Insert({deadline_ns, slot, slots_[slot].generation});
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

// Inlined by force: g++ takes a function that does nothing but this for one that does nothing.
[[gnu::always_inline]] inline void TimerQueue::FetchSlot(size_t index) const {
  if (index < run_.size()) __builtin_prefetch(&slots_[run_[index].slot], 1);
}

[[gnu::always_inline]] inline void TimerQueue::FetchTimer(size_t index) const {
  if (index >= run_.size()) return;
  // With what lies around it: the frame of the task that it wakes.
  const char* timer = reinterpret_cast<const char*>(slots_[run_[index].slot].timer);
  for (int line = -3; line <= 1; ++line) __builtin_prefetch(timer + 64 * line, 1);
}

inline void TimerQueue::FetchOther(size_t index) const {
  if (index < run_.size() && !dead(run_[index])) slots_[run_[index].slot].timer->Prefetch();
}

bool TimerQueue::Refill(int64_t now_ns) {
  entries_ -= run_.size();
  run_.clear();
  front_ = 0;
  if (in_use_ == 0) return false;
  // Whether an entry is dead is looked up once, when it comes out; a dead one is as good a bound.
  int lowest = std::countr_zero(in_use_);
  Bucket& source = buckets_[lowest];
  if (source.first_ns > now_ns) {
    if (!known_) next_ns_ = source.first_ns;
    return false;
  }
  last_ns_ = source.first_ns;
  if (source.size > kRun) {
    run_bits_ = 0;
    in_use_ &= in_use_ - 1;
    for (const Entry& entry : source) Insert(entry);
    source.Clear();
    return true;
  }
  // Dealing out a bucket leaves a half in the highest below it, a fourth in the next: so it is several.
  run_bits_ = lowest;
  do {
    int index = std::countr_zero(in_use_);
    Bucket& bucket = buckets_[index];
    if (run_.size() + bucket.size > kRun) break;
    if (index > lowest) run_bits_ = index + 1;
    run_.insert(run_.end(), bucket.begin(), bucket.end());
    bucket.Clear();
    in_use_ &= in_use_ - 1;
  } while (in_use_ != 0);
  for (size_t i = 0; i < run_.size(); ++i) FetchSlot(i);
  SortRun();
  for (size_t i = 0; i < kFetchTimer; ++i) FetchTimer(i);
  for (size_t i = 0; i < kFetchOther; ++i) FetchOther(i);
  return true;
}

void TimerQueue::SortRun() {
  constexpr int kPlaceBits = 5;
  constexpr size_t kPlaces = size_t{1} << kPlaceBits;
  if (run_.size() > kPlaces / 4) {
    // Each to about its place, by the highest bits that are not the same in all.
    std::array<Entry, kRun> entries;
    std::copy(run_.begin(), run_.end(), entries.begin());
    int shift = std::max(0, run_bits_ - kPlaceBits);
    auto place_of = [shift](const Entry& entry) { return static_cast<size_t>(entry.deadline_ns >> shift) % kPlaces; };
    static_assert(kRun < 256);
    uint8_t places[kPlaces] = {};
    for (const Entry& entry : run_) ++places[place_of(entry)];
    uint8_t before = 0;
    for (uint8_t& place : places) before += std::exchange(place, before);
    for (size_t i = 0; i < run_.size(); ++i) run_[places[place_of(entries[i])]++] = entries[i];
  }
  for (size_t i = 1; i < run_.size(); ++i) Settle(run_.data(), run_.data() + i);
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
      FetchTimer(front_ + kFetchTimer);
      FetchOther(front_ + kFetchOther);
      ++front_;
      if (dead(entry)) continue;
      Timer* timer = slots_[entry.slot].timer;
      FreeSlot(*timer);
      if (live_ == 0) {
        Clear();
        last_ns_ = entry.deadline_ns;
      } else {
        known_ = false;
      }
      taken_ns_ = entry.deadline_ns;
      return timer;
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
    Bucket& bucket = buckets_[i];
    size_t before = bucket.size;
    bucket.Clear();
    for (size_t j = 0; j < before; ++j) {
      if (!dead(bucket.entries[j])) bucket.Append(bucket.entries[j]);
    }
    entries_ += bucket.size;
    if (bucket.size == 0) in_use_ &= ~(uint64_t{1} << i);
    if (bucket.size < bucket.capacity / 4) bucket.Reserve(bucket.size);
  }
}

void TimerQueue::ClearUsed() {
  // Timers that are still armed are told.
  auto disarm = [this](const Entry* first, const Entry* end) {
    for (; live_ > 0 && first < end; ++first) {
      if (!dead(*first)) FreeSlot(*slots_[first->slot].timer);
    }
  };
  disarm(run_.data() + front_, run_.data() + run_.size());
  run_.clear();
  for (; in_use_ != 0; in_use_ &= in_use_ - 1) {
    Bucket& bucket = buckets_[std::countr_zero(in_use_)];
    disarm(bucket.begin(), bucket.end());
    bucket.Clear();
  }
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
  for (const Bucket& bucket : buckets_) bytes += bucket.capacity * sizeof(Entry);
  return bytes;
}

}  // namespace fate
