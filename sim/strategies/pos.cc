#include "fate/sim/strategies/pos.h"

#include <algorithm>
#include <utility>

namespace fate::sim {

namespace {

// One draw for each slot out of one draw.
uint32_t Scrambled(uint64_t seed, uint32_t slot) {
  unsigned __int128 product = static_cast<unsigned __int128>(seed + slot * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return static_cast<uint32_t>((static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product)) >> 32);
}

}  // namespace

void Pos::Begin() {
  pending_.clear();
  slot_of_.clear();
  ran_ = Footprint();
}

// Those that stayed keep their priorities; the one that ran and those that come draw.
void Pos::Rebuild(const ChoicePoint& point) {
  std::swap(pending_, before_);
  for (uint32_t slot = 0; slot < before_.size(); ++slot) {
    if (before_[slot].task != Step::kTimerTask) slot_of_[before_[slot].task] = slot;
  }
  // Those that ran, at choices or where they were alone, stand before something new.
  const Log<Step>& steps = point.execution->trace.steps;
  for (size_t i = unseen_step(); i < steps.size(); ++i) {
    uint32_t task = steps[i].task;
    if (task < slot_of_.size()) slot_of_[task] = ReadySet::kNone;
  }
  pending_.resize(point.options);
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    const ReadySet::Slot& candidate = point.ready->at(slot);
    uint32_t task = candidate.task->id;
    uint32_t priority = prng().Next32();
    if (task != Step::kTimerTask) {
      if (task >= slot_of_.size()) slot_of_.resize(task + 1, ReadySet::kNone);
      uint32_t was = slot_of_[task];
      if (was < before_.size() && before_[was].task == task) priority = before_[was].priority;
    }
    pending_[slot] = {Footprint(candidate.task->pending), priority, task};
  }
}

uint32_t Pos::Pick(const ChoicePoint& point) {
  if (CandidatesChanged(point)) [[unlikely]] {
    Rebuild(point);
  } else {
    Pending& next = pending_[ran_slot_];
    next.footprint = Footprint(point.ready->at(ran_slot_).task->pending);
    next.priority = prng().Next32();
  }
  // With the slot below the priority, the highest is found without a branch on chance; and a number
  // for each slot is cheaper than to find out who needs one. The one that ran may draw twice, to no
  // harm.
  uint64_t seed = prng().Next();
  const ConflictsWith conflicts(ran_);
  Pending* candidates = pending_.data();
  auto bid = [=](uint32_t slot) {
    Pending& pending = candidates[slot];
    uint32_t drawn = Scrambled(seed, slot);
    uint32_t priority = conflicts(pending.footprint) ? drawn : pending.priority;
    pending.priority = priority;
    return uint64_t{priority} << 32 | slot;
  };
  // Two at a time: the comparisons wait for each other.
  uint64_t highest = bid(0);
  uint64_t other = bid(1);
  uint32_t slot = 2;
  for (; slot + 1 < point.options; slot += 2) {
    highest = std::max(highest, bid(slot));
    other = std::max(other, bid(slot + 1));
  }
  if (slot < point.options) highest = std::max(highest, bid(slot));
  highest = std::max(highest, other);
  uint32_t top = static_cast<uint32_t>(highest);
  ran_slot_ = top;
  ran_ = pending_[top].footprint;
  return OptionOf(point, top);
}

}  // namespace fate::sim
