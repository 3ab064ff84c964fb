// TimerQueue: armed timers in (deadline, arming) order, on a clock it is told of.
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: "Faster algorithms for the shortest path problem",
// JACM 1990): time never goes back, so a timer moves through at most 63 buckets, always towards the
// front, and equal deadlines keep the order of their arming. Our deviations: the lowest buckets, up to some
// dozens of timers, are sorted at once (the run) instead of being dealt out bit by bit; cancelling is lazy
// (a generation per slot; compaction when the dead outnumber the living); looking at the next deadline never
// advances the heap, since a timer armed afterwards may still come before it; what moves is 16 bytes, and what
// the run will touch is fetched into the cache some timers ahead: with 100 000 of them cache misses cost more
// than the heap does.
//
// Arm and Cancel O(1); Fire amortised O(63), in practice a few moves. No allocation in steady state.
// Deadlines are nanoseconds on the clock of the runtime. Confined to the runtime's thread.
// Tested by tests/runtime/timer_queue_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace fate {

struct TaskRecord;

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
  // Fetches what Fire touches elsewhere. Called shortly before, when the timer and what lies around it have
  // been fetched.
  virtual void Prefetch() const {}
  // Whether firing only wakes a sleeping task. The simulator lets any other timer stand in a choice.
  virtual bool only_wakes() const { return false; }
  // The scope that firing cancels (CancelScope::number); 0: none, or nobody knows.
  virtual uint32_t scope() const { return 0; }
  // Whose it is; null: no task's.
  virtual const TaskRecord* waiting_task() const { return nullptr; }

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
    for (size_t i = front_; i < run_.size() && run_[i].deadline_ns == taken_ns_; ++i) {
      if (!dead(run_[i]) && is(*slots_[run_[i].slot].timer)) return true;
    }
    return false;
  }
  // Disarms all and goes back to time 0, keeping the memory.
  void Clear() {
    // Nothing to do where none was armed, as in most executions of a simulator.
    if (entries_ != 0 || last_ns_ != 0 || taken_ns_ != 0 || next_ns_ != kNever) ClearUsed();
  }
  // Bytes held.
  size_t memory_bytes() const;

 private:
  struct Entry {
    int64_t deadline_ns;
    uint32_t slot;
    uint32_t generation;
  };
  struct Slot {
    Timer* timer;         // dangling if it is free
    uint32_t generation;  // an entry with another one is dead
    uint32_t next_free;
  };
  // A vector of which appending is a few instructions wherever it stands, and that knows its first deadline.
  struct Bucket {
    void Append(Entry entry) {
      if (size == capacity) [[unlikely]]
        Reserve(size == 0 ? 8 : 2 * size);
      entries[size++] = entry;
      if (entry.deadline_ns < first_ns) first_ns = entry.deadline_ns;
    }
    void Reserve(size_t wanted);
    void Clear() {
      size = 0;
      first_ns = kNever;
    }
    const Entry* begin() const { return entries.get(); }
    const Entry* end() const { return entries.get() + size; }

    std::unique_ptr<Entry[]> entries;  // equal deadlines in order of arming
    size_t size = 0;
    size_t capacity = 0;
    int64_t first_ns = kNever;  // not later than any of them
  };
  // So many are sorted at once.
  static constexpr size_t kRun = 64;
  // So many timers before it fires, a timer is fetched, and what it touches elsewhere.
  static constexpr size_t kFetchTimer = 12;
  static constexpr size_t kFetchOther = 6;
  static constexpr size_t kBuckets = 63;

  bool dead(const Entry& entry) const { return slots_[entry.slot].generation != entry.generation; }
  // To where it belongs: the run, or the bucket of the highest bit in which the deadline differs from last_ns_.
  void Insert(Entry entry);
  void InsertIntoRun(Entry entry);
  // Moves `last` down to where it belongs in what is sorted from `first` to it.
  static void Settle(Entry* first, Entry* last);
  void FreeSlot(Timer& timer);
  // Makes a run of the lowest buckets, or deals out the lowest. Returns false if nothing is armed at or before
  // `now_ns`.
  bool Refill(int64_t now_ns);
  void SortRun();
  // So many have been armed in the span of the run that it is one no more: deals it out.
  void DealOutRun();
  void ClearUsed();
  void FetchSlot(size_t index) const;
  void FetchTimer(size_t index) const;
  void FetchOther(size_t index) const;
  void Compact();

  std::vector<Entry> run_;    // what comes next, by deadline; equal ones in order of arming
  size_t front_ = 0;          // entries of it already taken
  int run_bits_ = 0;          // it has all deadlines that differ from last_ns_ in so many low bits only
  Bucket buckets_[kBuckets];  // the others; see Insert
  uint64_t in_use_ = 0;       // bit i: bucket i has entries
  int64_t last_ns_ = 0;       // not later than any that is armed
  int64_t taken_ns_ = 0;      // the deadline of the last one taken: none is armed before that
  int64_t next_ns_ = kNever;  // NextDeadline if known_, else not later than that
  bool known_ = true;
  size_t entries_ = 0;  // live, dead and taken
  std::vector<Slot> slots_;
  uint32_t free_slot_ = Timer::kUnarmed;
  size_t live_ = 0;
};

}  // namespace fate
