#include "fate/sim/race/happens_before.h"

#include <algorithm>

namespace fate::sim {

void HappensBefore::Widen(uint32_t tasks) {
  uint32_t stride = stride_;
  while (stride < tasks) stride *= 2;
  std::vector<uint32_t> clocks(events_.size() * stride);
  for (size_t event = 0; event < events_.size(); ++event) {
    std::copy_n(&clocks_[event * stride_], stride_, &clocks[event * stride]);
  }
  for (Barrier& barrier : barriers_) barrier.clock.resize(stride);
  clocks_ = std::move(clocks);
  zero_.resize(stride);
  last_.resize(stride, kNone);
  birth_.resize(stride, kNone);
  stride_ = stride;
}

void HappensBefore::MoveClock() {
  if (events_.empty()) return;
  Barrier barrier{size(), std::vector<uint32_t>(stride_)};
  for (uint32_t last : last_) {
    if (last != kNone) Join(barrier.clock.data(), clock(last));
  }
  barriers_.push_back(std::move(barrier));
}

void HappensBefore::JoinTask(uint32_t* into, uint32_t task) const {
  if (task >= stride_) return;
  uint32_t event = last_[task] != kNone ? last_[task] : birth_[task];
  if (event != kNone) Join(into, clock(event));
}

void HappensBefore::Append(const NewEvent& added, std::vector<Race>& races) {
  uint32_t task = added.task;
  uint32_t highest = added.partner == kNone ? task : std::max(task, added.partner);
  if (highest >= stride_) [[unlikely]] Widen(highest + 1);
  uint32_t index = size();
  uint32_t previous = last_[task];
  uint32_t global_before = last_global_;
  if (previous == kNone) previous = birth_[task];
  clocks_.resize((size_t{index} + 1) * stride_);
  const uint32_t* past = PastOf(previous);
  uint32_t* mine = &clocks_[size_t{index} * stride_];
  std::copy_n(past, stride_, mine);
  const StepFootprint& footprint = added.footprint;
  const bool joint = added.partner != kNone;
  // Two that met could have met earlier only where both stood. A try form would have found somebody else, or nobody.
  const bool met = added.met;
  if (met) JoinTask(mine, added.partner);
  for (uint32_t i = 0; i < added.joined_count; ++i) JoinTask(mine, added.joined[i]);
  if (!barriers_.empty() && (previous == kNone || previous < barriers_.back().first)) {
    Join(mine, barriers_.back().clock.data());
  }

  Footprints::Part part{footprint.object, footprint.kind, footprint.mode};
  races.clear();
  const bool selects = footprint.kind == OpKind::kSelect;
  const bool stands = std::any_of(added.stands, added.stands + added.stand_count,
                                  [task](const Stand& stand) { return stand.task == task; });
  bool takes = (footprint.mode != Mode::kNone || selects) && Takes(footprint.kind) && !met;
  if (takes) {
    if (!stands) {
      Take(task, previous, part, past, races);
    } else if (!selects && !added.threw) {
      TakeClosed(part, past, races);
    }
    if (footprint.mode != Mode::kEverything) TakeFromGlobals(task, previous, past, races);
  }
  if (last_global_ != kNone && !Covered(mine, last_global_)) {
    if (!takes) races.push_back({last_global_});
    Join(mine, clock(last_global_));
  }
  if (footprint.mode == Mode::kEverything) {
    OrderAfterAll(task, mine, takes ? nullptr : &races);
    last_global_ = index;
  } else if (footprint.mode != Mode::kNone) {
    // What throws could have come before all that conflicts with what it would have done.
    Order(part, mine, takes && !added.threw ? nullptr : &races);
  }
  if (footprint.inside != 0) {
    for (const Footprints::Part& inside : footprints_.inside(footprint)) {
      if (inside.mode == Mode::kEverything) {
        OrderAfterAll(task, mine, &races);
        last_global_ = index;
        continue;
      }
      // What the step waited for besides its operation: a notification, the branches of its select.
      const bool notified = inside.kind == OpKind::kConditionWake;
      const bool branch = selects && !met && !added.threw && Takes(inside.kind);
      if (notified) Take(task, previous, inside, PastOf(previous), races);
      Order(inside, mine, notified || branch ? nullptr : &races);
    }
  }
  if (joint && !met) JoinTask(mine, added.partner);
  if (added.stand_count > 0) [[unlikely]] AppendStands(added, races);
  uint32_t before = last_[task];
  uint32_t ordinal = (before == kNone ? 0 : clock(before)[task]) + 1;
  mine[task] = ordinal;
  Event event{task, added.partner, ordinal, before, kNone, 0, 0, global_before, static_cast<uint32_t>(barriers_.size()),
              added.enabled, added.unstarted};
  if (added.partner != kNone) {
    event.partner_previous = last_[added.partner];
    ++mine[added.partner];
    last_[added.partner] = index;
  }
  last_[task] = index;
  if (footprint.mode != Mode::kNone && footprint.mode != Mode::kEverything) Enter(part, index);
  if (footprint.inside != 0) {
    for (const Footprints::Part& inside : footprints_.inside(footprint)) {
      if (inside.mode != Mode::kEverything) Enter(inside, index);
    }
  }
  event.parts = static_cast<uint32_t>(entries_.size());
  event.offers = static_cast<uint32_t>(offers_.size());
  events_.push_back(event);
}

void HappensBefore::Born(uint32_t task, uint32_t event) {
  if (task >= stride_) [[unlikely]] Widen(task + 1);
  birth_[task] = event;
}

void HappensBefore::Pend(uint32_t task, const StepFootprint& operation, const Stand* stands, size_t stand_count,
                         std::vector<Race>& races) {
  races.clear();
  if (task >= stride_) [[unlikely]] Widen(task + 1);
  uint32_t previous = PreviousOf(task);
  const uint32_t* past = PastOf(previous);
  bool selects = false;
  for (size_t i = 0; i < stand_count; ++i) {
    const Stand& stand = stands[i];
    selects = selects || stand.selects;
    if (stand.selects) TakeBranch(stand, previous, races);
    if (!stand.meets) continue;
    Meet({stand.part.object, size(), task, previous, kNone, stand.part.kind == OpKind::kSend, stand.selects, true, false},
         races);
    if (!stand.selects && CloseOf(stand.part.object) != kNone) TakeClosed(stand.part, past, races);
  }
  if (selects) TakeFromGlobals(task, previous, past, races);
  if (stand_count > 0) return;
  Take(task, previous, {operation.object, operation.kind, operation.mode}, past, races);
  if (operation.mode != Mode::kEverything) TakeFromGlobals(task, previous, past, races);
}

HappensBefore::Could HappensBefore::CouldPrecede(uint32_t task, uint32_t previous, uint32_t event) const {
  // Only if the task already stood there do we know what could run then.
  uint64_t enabled = events_[event].enabled;
  if (enabled == 0 || (previous != kNone && previous >= event)) return Could::kMaybe;
  if ((events_[event].unstarted >> task & 1) != 0) return Could::kMaybe;
  return (enabled >> task & 1) != 0 ? Could::kYes : Could::kNo;
}

HappensBefore::Could HappensBefore::CouldPrecedeEntry(uint32_t task, uint32_t previous, uint32_t index,
                                                      OpKind kind) const {
  const Entry& entry = entries_[index];
  // Before a lock succeeds, the mutex is free for all.
  if (entry.kind == OpKind::kLock) return Could::kYes;
  if (kind == OpKind::kWait) {
    // Each count is taken while the latch is closed.
    if (entry.kind == OpKind::kCountDown) return Could::kNo;
    if (entry.kind == OpKind::kSet || entry.kind == OpKind::kReset) {
      if (entry.kind == OpKind::kSet && AddedBeside(index)) return Could::kYes;
      // Not set at first.
      uint32_t i = entry.previous;
      while (i != kNone && entries_[i].kind != OpKind::kSet && entries_[i].kind != OpKind::kReset) {
        i = entries_[i].previous;
      }
      return i != kNone && entries_[i].kind == OpKind::kSet ? Could::kYes : Could::kNo;
    }
  }
  Could could = CouldPrecede(task, previous, entry.event);
  // What is given beside it stays before the operation, and may be enough for it.
  if (could == Could::kNo && GivenBeside(index)) return Could::kMaybe;
  // A wake waits for its mutex too, whose unlock may be beside.
  if (could == Could::kNo && kind == OpKind::kConditionWake && SomeBeside(entry.event)) return Could::kMaybe;
  return could;
}

bool HappensBefore::AddedBeside(uint32_t index) const {
  for (uint32_t i = chains_[entries_[index].object].last; i != index; i = entries_[i].previous) {
    if (entries_[i].mode == Mode::kAdd && !Before(entries_[index].event, entries_[i].event)) return true;
  }
  return false;
}

bool HappensBefore::GivenBeside(uint32_t index) const {
  for (uint32_t i = chains_[entries_[index].object].last; i != index; i = entries_[i].previous) {
    if (Gives(entries_[i].kind) && !Before(entries_[index].event, entries_[i].event)) return true;
  }
  return false;
}

void HappensBefore::Take(uint32_t task, uint32_t previous, const Footprints::Part& part, const uint32_t* past,
                         std::vector<Race>& races) {
  if (part.mode == Mode::kEverything) return TakeFromAll(task, previous, past, races);
  if (part.object >= chains_.size()) return;
  for (uint32_t i = chains_[part.object].last; i != kNone; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (!Conflict(part.mode, entry.mode)) continue;
    uint32_t event = entry.event;
    if (Covered(past, event) || events_[event].task == task) {
      if (entry.mode == Mode::kChange) break;
      continue;
    }
    if (RelationOf(entry.kind, entry.mode, part.kind, part.mode) == Relation::kEnables) continue;
    Could could = CouldPrecedeEntry(task, previous, i, part.kind);
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kMaybe) continue;
    if (entry.mode == Mode::kChange) break;
    // What comes before this one does not matter any more; others beside it do.
    if (past != covered_.data()) {
      covered_.assign(past, past + stride_);
      past = covered_.data();
    }
    Join(covered_.data(), clock(event));
  }
}

void HappensBefore::TakeFromAll(uint32_t task, uint32_t previous, const uint32_t* past,
                                std::vector<Race>& races) {
  for (uint32_t event = size(); event-- > 0;) {
    if (Covered(past, event) || events_[event].task == task) continue;
    Could could = CouldPrecede(task, previous, event);
    // What is beside the event stays before the operation, and may be enough for it.
    if (could == Could::kNo && SomeBeside(event)) could = Could::kMaybe;
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kMaybe) continue;
    if (past != covered_.data()) {
      covered_.assign(past, past + stride_);
      past = covered_.data();
    }
    Join(covered_.data(), clock(event));
  }
}

void HappensBefore::TakeFromGlobals(uint32_t task, uint32_t previous, const uint32_t* past,
                                    std::vector<Race>& races) const {
  for (uint32_t event = last_global_; event != kNone; event = events_[event].global) {
    if (Covered(past, event) || events_[event].task == task) break;
    Could could = CouldPrecede(task, previous, event);
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kYes) break;
  }
}

bool HappensBefore::SomeBeside(uint32_t event) const {
  for (uint32_t other = event + 1; other < size(); ++other) {
    if (!Before(event, other)) return true;
  }
  return false;
}

void HappensBefore::Order(const Footprints::Part& part, uint32_t* mine, std::vector<Race>* races) const {
  if (part.object >= chains_.size()) return;
  const Chain& chain = chains_[part.object];
  uint32_t i = part.mode == Mode::kRead && !chain.added ? chain.change : chain.last;
  for (; i != kNone; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (entry.event != size() && Conflict(part.mode, entry.mode) && !Covered(mine, entry.event)) {
      if (races != nullptr) races->push_back({entry.event});
      Join(mine, clock(entry.event));
    }
    if (entry.mode == Mode::kChange) break;
  }
}

void HappensBefore::OrderAfterAll(uint32_t task, uint32_t* mine, std::vector<Race>* races) const {
  uint32_t lasts[64];
  uint32_t count = 0;
  for (uint32_t other = 0; other < stride_; ++other) {
    if (other != task && last_[other] != kNone && count < 64) lasts[count++] = last_[other];
  }
  std::sort(lasts, lasts + count, std::greater<>());
  for (uint32_t i = 0; i < count; ++i) {
    if (Covered(mine, lasts[i])) continue;
    if (races != nullptr) races->push_back({lasts[i]});
    Join(mine, clock(lasts[i]));
  }
}

void HappensBefore::Enter(const Footprints::Part& part, uint32_t event) {
  if (part.object >= chains_.size()) [[unlikely]] chains_.resize(size_t{part.object} + 16);
  Chain& chain = chains_[part.object];
  entries_.push_back({part.object, event, chain.last, chain.change, part.kind, part.mode, chain.added});
  chain.last = static_cast<uint32_t>(entries_.size()) - 1;
  if (part.mode == Mode::kChange) {
    chain.change = chain.last;
    chain.added = false;
  } else if (part.mode == Mode::kAdd) {
    chain.added = true;
  }
}

void HappensBefore::Truncate(uint32_t size) {
  if (size >= events_.size()) return;
  uint32_t keep = size == 0 ? 0 : events_[size - 1].parts;
  for (size_t i = entries_.size(); i-- > keep;) {
    const Entry& entry = entries_[i];
    chains_[entry.object] = {entry.previous, entry.change, entry.added};
  }
  entries_.resize(keep);
  uint32_t keep_offers = size == 0 ? 0 : events_[size - 1].offers;
  for (size_t i = offers_.size(); i-- > keep_offers;) offer_chains_[offers_[i].object] = offers_[i].next;
  offers_.resize(keep_offers);
  for (size_t i = events_.size(); i-- > size;) {
    const Event& event = events_[i];
    last_[event.task] = event.previous;
    if (event.partner != kNone) last_[event.partner] = event.partner_previous;
  }
  last_global_ = events_[size].global;
  barriers_.resize(events_[size].barriers);
  // A barrier right before the first event cut off will be told of again.
  while (!barriers_.empty() && barriers_.back().first >= size) barriers_.pop_back();
  events_.resize(size);
  clocks_.resize(size_t{size} * stride_);
}

}  // namespace fate::sim
