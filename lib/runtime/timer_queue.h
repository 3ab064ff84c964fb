// TimerQueue: armed timers in (deadline, arming) order, on a clock it is told of.
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: "Faster algorithms for the shortest path problem",
// JACM 1990): time never goes back, so a timer moves through at most 63 buckets, always towards the
// front, and equal deadlines keep the order of their arming. Our deviations: cancelling is lazy (a
// generation per slot; compaction when the dead outnumber the living); looking at the next deadline
// never advances the heap, since a timer armed afterwards may still come before it; and what is about
// to come due is fetched into the cache while it moves through the last buckets: with 100 000 timers a
// cache miss costs more than the heap does.
//
// Arm and Cancel O(1); Fire amortised O(63), in practice a few moves. No allocation in steady state.
// Deadlines are nanoseconds on the clock of the runtime. Confined to the runtime's thread.
// Tested by tests/runtime/timer_queue_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace fate {

// Something to happen at a time. Lives wherever its owner lives, and disarms itself when destroyed.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool armed() const { return slot_ != kUnarmed; }
  int64_t deadline_ns() const { return deadline_ns_; }
  // The time has come. The timer is no longer armed.
  virtual void Fire() = 0;
  // Fetches what Fire will touch; called shortly before.
  virtual void Prefetch() const {}
  // Whether firing only wakes a sleeping task. The simulator lets any other timer stand in a choice.
  virtual bool only_wakes() const { return false; }

 protected:
  ~Timer() = default;  // REQUIRES: not armed

 private:
  friend class TimerQueue;
  static constexpr uint32_t kUnarmed = 0xffffffff;
  int64_t deadline_ns_ = 0;
  uint32_t slot_ = kUnarmed;
};

class TimerQueue {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  TimerQueue() = default;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  // Arms `timer` for `deadline_ns`; one in the past is due at once, after those already due.
  // REQUIRES: not armed.
  void Arm(Timer& timer, int64_t deadline_ns);
  // Does nothing if it is not armed.
  void Cancel(Timer& timer);

  // How many are armed.
  size_t size() const { return live_; }
  bool empty() const { return live_ == 0; }
  // The earliest deadline, or kNever. Amortised O(1).
  int64_t NextDeadline();
  // Not later than that; earlier if the first timer was cancelled or taken out since the last PopDue that
  // found none. Always O(1): what a loop may wait for, at the cost of waking up for nothing.
  int64_t NextDeadlineBound() const { return next_ns_; }
  // Takes the first timer due at or before `now_ns` out, or returns null. The caller fires it; its
  // deadline_ns() says when it was due.
  Timer* PopDue(int64_t now_ns);
  // Whether `is` holds for one that has the deadline of the last PopDue and was not taken yet. O(those).
  template <class Predicate>
  bool AnyElseDue(Predicate is) const {
    for (size_t i = front_; i < buckets_[0].size(); ++i) {
      if (!dead(buckets_[0][i]) && is(*buckets_[0][i].timer)) return true;
    }
    return false;
  }
  // Disarms all and goes back to time 0, keeping the memory.
  void Clear();
  // Bytes held.
  size_t memory_bytes() const;

 private:
  struct Entry {
    int64_t deadline_ns;
    Timer* timer;  // dangling if the entry is dead
    uint32_t slot;
    uint32_t generation;
  };
  struct Slot {
    Timer* timer;         // null: free
    uint32_t generation;  // an entry with another one is dead
    uint32_t next_free;
  };
  // Entries that leave a bucket of at most so many are fetched: first the timer, then what it touches.
  static constexpr size_t kFetchTimer = 64;
  static constexpr size_t kFetchWhatItTouches = 12;
  static constexpr size_t kBuckets = 65;

  size_t BucketOf(int64_t deadline_ns) const;
  bool dead(const Entry& entry) const { return slots_[entry.slot].generation != entry.generation; }
  void FreeSlot(uint32_t slot);
  // Moves the entries of the lowest bucket in use down, with the earliest of them in bucket 0.
  // Returns false if nothing is armed at or before `now_ns`.
  bool Refill(int64_t now_ns);
  void Fetch(const Entry& entry, size_t among) const;
  void Compact();

  std::vector<Entry> buckets_[kBuckets];  // by the highest bit in which the deadline differs from last_
  uint64_t in_use_ = 0;                   // bit i: bucket i + 1 has entries
  size_t front_ = 0;                      // entries of bucket 0 already taken
  int64_t last_ns_ = 0;                   // the last deadline moved to the front: none armed is earlier
  int64_t next_ns_ = kNever;              // NextDeadline if known_, else not later than that
  bool known_ = true;
  std::vector<Slot> slots_;
  uint32_t free_slot_ = Timer::kUnarmed;
  size_t live_ = 0;
  size_t entries_ = 0;  // live and dead
};

}  // namespace fate
