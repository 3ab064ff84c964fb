// ReadySet: the tasks that could run now, in order of readiness and by number.
//
// A flat vector gives a random pick in one load; a list threaded through it keeps the order of
// readiness, which the quiet choice follows. Removal moves the last into the gap, so every operation
// is O(1), at any size. Options are numbered so that 0 is the quiet one (the preferred task, else the
// oldest) and each other task keeps a number of its own.
// Tested by tests/core/ready_set_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/runtime/task_record.h"

namespace fate::sim {

class ReadySet {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  uint32_t size() const { return static_cast<uint32_t>(slots_.size()); }
  bool empty() const { return slots_.empty(); }
  // Moves whenever a task enters or leaves: while it stands still, each slot has the same task.
  uint64_t changes() const { return changes_; }

  // As the last in order. REQUIRES: not in it.
  void Add(TaskRecord* task) {
    uint32_t slot = size();
    slots_.push_back({task, task->resume, task->pending, last_, kNone});
    (last_ == kNone ? first_ : slots_[last_].next) = slot;
    last_ = slot;
    task->slot = slot;
    task->in_search = true;
    ++changes_;
  }
  // REQUIRES: in it.
  void Remove(TaskRecord* task) {
    uint32_t slot = task->slot;
    task->in_search = false;
    Unthread(slot);
    uint32_t moved = size() - 1;
    if (slot != moved) {
      Slot& gap = slots_[slot] = slots_[moved];
      gap.task->slot = slot;
      (gap.previous == kNone ? first_ : slots_[gap.previous].next) = slot;
      (gap.next == kNone ? last_ : slots_[gap.next].previous) = slot;
    }
    slots_.pop_back();
    ++changes_;
  }
  void MoveToBack(TaskRecord* task) {
    uint32_t slot = task->slot;
    if (last_ == slot) return;
    Unthread(slot);
    slots_[slot].previous = last_;
    slots_[slot].next = kNone;
    slots_[last_].next = slot;
    last_ = slot;
  }
  void Clear() {
    slots_.clear();
    first_ = last_ = kNone;
    ++changes_;
  }

  // A candidate, with copies of what a step needs first: a copy in the slot is one dependent load less
  // on the way to a jump that is mispredicted anyway.
  struct Slot {
    TaskRecord* task;
    std::coroutine_handle<> resume;
    Operation* pending;
    uint32_t previous;  // slots, in order of readiness
    uint32_t next;
  };

  TaskRecord* oldest() const { return slots_[first_].task; }
  const Slot& at(uint32_t slot) const { return slots_[slot]; }
  // The task stood still at another operation. REQUIRES: in the set.
  void Update(const TaskRecord* task) {
    Slot& slot = slots_[task->slot];
    slot.resume = task->resume;
    slot.pending = task->pending;
  }
  // The candidate of `option` when `preferred` (a task in the set, or null) is the quiet one.
  const Slot& Option(uint32_t option, const TaskRecord* preferred) const {
    uint32_t quiet = preferred != nullptr ? preferred->slot : first_;
    // Without a branch: it would be mispredicted every other time.
    uint32_t other = option - static_cast<uint32_t>(option <= quiet);
    uint32_t is_quiet = 0 - static_cast<uint32_t>(option == 0);
    return slots_[(quiet & is_quiet) | (other & ~is_quiet)];
  }
  // The option under which a slot stands.
  uint32_t OptionOf(uint32_t slot, const TaskRecord* preferred) const {
    uint32_t quiet = preferred != nullptr ? preferred->slot : first_;
    return slot == quiet ? 0 : slot + static_cast<uint32_t>(slot < quiet);
  }

 private:
  void Unthread(uint32_t slot) {
    Slot& gone = slots_[slot];
    (gone.previous == kNone ? first_ : slots_[gone.previous].next) = gone.next;
    (gone.next == kNone ? last_ : slots_[gone.next].previous) = gone.previous;
  }

  std::vector<Slot> slots_;
  uint32_t first_ = kNone;
  uint32_t last_ = kNone;
  uint64_t changes_ = 0;
};

}  // namespace fate::sim
