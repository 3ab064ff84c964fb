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

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Moves whenever a task enters or leaves: while it stands still, each slot has the same task.
  uint64_t changes() const { return changes_; }
  // The slot of the last task that left; the last slot's task has it now. REQUIRES: one did.
  uint32_t left() const { return left_; }

  // As the last in order. REQUIRES: not in it.
  void Add(TaskRecord* task) {
    const uint32_t slot = size_++;
    if (slot == room_) [[unlikely]]
      Grow();
    slots_[slot] = Slot::Of(*task);
    LinkLast(slot);
    task->slot = slot;
    task->in_search = true;
    ++changes_;
  }
  // REQUIRES: in it.
  void Remove(TaskRecord* task) {
    const uint32_t slot = task->slot;
    task->in_search = false;
    Unlink(slot);
    const uint32_t moved = --size_;
    left_ = slot;
    if (slot != moved) {
      // From the record, not from the slot: copying in one piece what was just written in two would stall.
      TaskRecord* last = slots_[moved].task;
      slots_[slot] = Slot::Of(*last);
      last->slot = slot;
      Link(order_[moved + 1].previous, slot + 1);
      Link(slot + 1, order_[moved + 1].next);
    }
    ++changes_;
  }
  void MoveToBack(TaskRecord* task) {
    if (order_[task->slot + 1].next == 0) return;
    Unlink(task->slot);
    LinkLast(task->slot);
  }
  void Clear() {
    size_ = 0;
    order_[0] = {0, 0};
    ++changes_;
  }

  // A candidate, with a copy of the frame it goes on in: one dependent load less on the way from the
  // choice to a jump that is mispredicted anyway, and that way is what a step takes long for.
  struct Slot {
    std::coroutine_handle<> resume;  // null before the task's first step, and of a timer
    TaskRecord* task = nullptr;

    static Slot Of(TaskRecord& task) {
      return {task.pending != nullptr ? task.resume : std::coroutine_handle<>(), &task};
    }
  };

  // REQUIRES: not empty.
  TaskRecord* oldest() const { return slots_[oldest_slot()].task; }
  const Slot& at(uint32_t slot) const { return slots_[slot]; }
  // The task stood still at another operation. Returns its slot. REQUIRES: in the set.
  uint32_t Update(const TaskRecord* task) {
    const uint32_t slot = task->slot;
    slots_[slot].resume = task->resume;
    return slot;
  }
  // The candidate of `option` when `preferred` (a task in the set, or null) is the quiet one.
  const Slot& Option(uint32_t option, const TaskRecord* preferred) const {
    return slots_[SlotOf(option, QuietSlot(preferred))];
  }
  // The slot of option 0. REQUIRES: not empty, or no use is made of it.
  uint32_t QuietSlot(const TaskRecord* preferred) const {
    return preferred != nullptr ? preferred->slot : oldest_slot();
  }
  // The slot of any option, from that of option 0.
  static uint32_t SlotOf(uint32_t option, uint32_t quiet) {
    // Without a branch, which would be mispredicted every other time: -1 and quiet + 1 more if it is the quiet one.
    return option - static_cast<uint32_t>(option <= quiet) + ((quiet + 1) & (0 - static_cast<uint32_t>(option == 0)));
  }
  // The option under which a slot stands.
  uint32_t OptionOf(uint32_t slot, const TaskRecord* preferred) const {
    const uint32_t quiet = QuietSlot(preferred);
    return slot == quiet ? 0 : slot + static_cast<uint32_t>(slot < quiet);
  }

 private:
  // Neighbours in order of readiness, as slot + 1; 0 is where the ring begins and ends.
  struct Neighbours {
    uint32_t previous;
    uint32_t next;
  };

  uint32_t oldest_slot() const { return order_[0].next - 1; }
  void Link(uint32_t previous, uint32_t next) {
    order_[previous].next = next;
    order_[next].previous = previous;
  }
  void LinkLast(uint32_t slot) {
    Link(order_[0].previous, slot + 1);
    Link(slot + 1, 0);
  }
  void Unlink(uint32_t slot) { Link(order_[slot + 1].previous, order_[slot + 1].next); }
  [[gnu::noinline]] void Grow() {
    room_ = 2 * room_ + 16;
    slots_.resize(room_);
    order_.resize(room_ + 1);
  }

  std::vector<Slot> slots_;                   // the first size_ of them; the rest is room
  std::vector<Neighbours> order_ = {{0, 0}};  // of slot i at i + 1
  uint32_t size_ = 0;
  uint32_t room_ = 0;  // slots_.size(), at hand
  uint32_t left_ = 0;
  uint64_t changes_ = 0;
};

}  // namespace fate::sim
