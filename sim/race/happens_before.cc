#include "fate/sim/race/happens_before.h"

#include <algorithm>
#include <bit>

namespace fate::sim {

void HappensBefore::Widen(uint32_t tasks) {
  uint32_t stride = stride_;
  while (stride < tasks) stride *= 2;
  const size_t late = std::max(size(), kEarly) - kEarly;
  std::vector<uint32_t> clocks(late * stride);
  for (size_t i = 0; i < late; ++i) std::copy_n(&clocks_[i * stride_], stride_, &clocks[i * stride]);
  for (Barrier& barrier : barriers_) barrier.clock.resize(stride);
  clocks_ = std::move(clocks);
  zero_.resize(stride);
  last_.resize(stride, kNone);
  birth_.resize(stride, kNone);
  of_.resize(std::max(stride, kEarly));
  stride_ = stride;
}

void HappensBefore::MoveClock() {
  if (events_.empty()) return;
  std::vector<uint32_t> clock(stride_);
  GrowingPast all{0, clock.data()};
  for (uint32_t last : last_) {
    if (last != kNone) Join(all, last);
  }
  barriers_.push_back({size(), all.early, std::move(clock)});
}

void HappensBefore::JoinTask(GrowingPast& into, uint32_t task) const {
  if (task >= stride_) return;
  const uint32_t event = last_[task] != kNone ? last_[task] : birth_[task];
  if (event != kNone) Join(into, event);
}

inline HappensBefore::GrowingPast HappensBefore::NewPast(uint32_t previous) {
  const uint32_t index = size();
  if (index < kEarly) return {previous == kNone ? 0 : early_[previous], nullptr};
  // More than is needed, so that it grows seldom.
  if (const size_t end = size_t{index - kEarly + 1} * stride_; end > clocks_.size()) [[unlikely]] {
    clocks_.resize(2 * end);
  }
  const Past past = PastOf(previous);
  uint32_t* late = &clocks_[size_t{index - kEarly} * stride_];
  // In pieces of a known size, which are a move each.
  for (uint32_t i = 0; i < stride_; i += kStrideMin) std::copy_n(past.late + i, kStrideMin, late + i);
  return {past.early, late};
}

inline void HappensBefore::Enlist(uint32_t task, uint32_t partner, uint32_t before, const StepFootprint& footprint,
                                  GrowingPast mine, uint64_t enabled, uint64_t unstarted) {
  const uint32_t index = size();
  Event& event = *events_.Append();
  event.task = task;
  event.ordinal = before == kNone ? 1 : OrdinalOf(before, task) + 1;
  event.previous = before;
  event.enabled = enabled;
  event.unstarted = unstarted;
  if (partner != kNone) [[unlikely]]
    EnlistJoint(partner);
  if (index < kEarly) {
    for (Early left = mine.early; left != 0; left &= left - 1) after_[std::countr_zero(left)] |= Only(index);
    after_[index] = 0;
    mine.early |= Only(index);
    of_[task] |= Only(index);
    if (last_global() == index) globals_ |= Only(index);
  } else {
    mine.late[task] = event.ordinal;
    if (partner != kNone) mine.late[partner] = joints_.back().ordinal;
  }
  last_[task] = index;
  early_.push_back(mine.early);
  if (footprint.mode != Mode::kNone && footprint.mode != Mode::kEverything) {
    Enter({footprint.object, footprint.kind, footprint.mode}, false, index);
  }
  if (footprint.inside != 0) {
    for (const Footprints::Part& inside : footprints_.inside(footprint)) {
      if (inside.mode != Mode::kEverything) Enter(inside, true, index);
    }
  }
  ++size_;
}

void HappensBefore::EnlistJoint(uint32_t partner) {
  const uint32_t previous = last_[partner];
  joints_.push_back({size(), partner, previous == kNone ? 1 : OrdinalOf(previous, partner) + 1, previous});
  last_[partner] = size();
}

void HappensBefore::EnlistOthers(const NewEvent& added, GrowingPast& mine) {
  for (uint32_t i = 0; i < added.other_count; ++i) {
    const uint32_t other = added.others[i];
    // One of them may go on more than once.
    if (other == added.task || other == added.partner || last_[other] == size()) continue;
    EnlistJoint(other);
    if (size() >= kEarly) mine.late[other] = joints_.back().ordinal;
  }
}

uint32_t HappensBefore::OrdinalOfPartner(uint32_t event, uint32_t partner) const {
  auto joint = std::ranges::lower_bound(joints_, event, {}, &Joint::event);
  while (joint->partner != partner) ++joint;
  return joint->ordinal;
}

void HappensBefore::AppendPlain(uint32_t task, const StepFootprint& footprint, Openings open, uint64_t enabled,
                                uint64_t unstarted, Log<Race>& races) {
  if (task >= stride_) [[unlikely]]
    Widen(task + 1);
  const uint32_t before = last_[task];
  const uint32_t previous = before == kNone ? birth_[task] : before;
  if (!OrderedByItself(footprint, previous)) [[unlikely]] {
    NewEvent added;
    added.task = task;
    added.footprint = footprint;
    added.enabled = enabled;
    added.unstarted = unstarted;
    const Opened opened{footprint.object, open};
    added.opened = &opened;
    added.opened_count = 1;
    added.waits.counts = open.known();
    return Append(added, races);
  }
  if (open.known()) opened_.push_back({{footprint.object, open}, size()});
  races.clear();
  GrowingPast mine = NewPast(previous);
  if (footprint.mode != Mode::kNone) Order({footprint.object, footprint.kind, footprint.mode}, mine, &races);
  const StepFootprint alone{footprint.object, footprint.kind, footprint.mode, 0};
  Enlist(task, kNone, before, alone, mine, enabled, unstarted);
}

// One of the select its task stood at, not of a select that it met in a try form.
bool HappensBefore::IsOwnBranch(const NewEvent& added, const Footprints::Part& part) {
  return std::any_of(added.stands, added.stands + added.stand_count, [&](const Stand& stand) {
    return stand.task == added.task && stand.selects && stand.part.object == part.object &&
           stand.part.kind == part.kind;
  });
}

void HappensBefore::Append(const NewEvent& added, Log<Race>& races) {
  const uint32_t task = added.task;
  uint32_t highest = added.partner == kNone ? task : std::max(task, added.partner);
  for (uint32_t i = 0; i < added.other_count; ++i) highest = std::max(highest, added.others[i]);
  if (highest >= stride_) [[unlikely]]
    Widen(highest + 1);
  const uint32_t index = size();
  const uint32_t before = last_[task];
  const uint32_t previous = before == kNone ? birth_[task] : before;
  GrowingPast mine = NewPast(previous);
  const uint32_t since = StandsSince(task);
  const Past past = PastOf(since);
  const StepFootprint& footprint = added.footprint;
  const bool joint = added.partner != kNone;
  // Two that met could have met earlier only where both stood. A try form would have found somebody else, or nobody.
  const bool met = added.met;
  if (met) JoinTask(mine, added.partner);
  for (uint32_t i = 0; i < added.joined_count; ++i) JoinTask(mine, added.joined[i]);
  if (!barriers_.empty() && (previous == kNone || previous < barriers_.back().first)) {
    mine.early |= barriers_.back().early;
    if (index >= kEarly) JoinClock(mine.late, barriers_.back().clock.data());
  }

  races.clear();
  const Footprints::Part part{footprint.object, footprint.kind, footprint.mode};
  const bool selects = footprint.kind == OpKind::kSelect;
  const bool stands = std::any_of(added.stands, added.stands + added.stand_count,
                                  [task](const Stand& stand) { return stand.task == task; });
  const bool takes = (footprint.mode != Mode::kNone || selects) && Takes(footprint.kind) && !met;
  const bool waited = takes || (added.threw && (footprint.kind == OpKind::kJoin || footprint.kind == OpKind::kSleep));
  if (takes) {
    // A select that ends the program with others left behind comes after all of them, not only after its branches.
    if (!stands || footprint.mode == Mode::kEverything) {
      Take(task, since, part, added.waits, Cancelled(footprint), past, races);
    } else if (!selects && !added.threw) {
      TakeClosed(task, part, past, races);
    }
    if (footprint.mode != Mode::kEverything) TakeFromGlobals(task, since, past, races);
  }
  if (const uint32_t global = last_global(); global != kNone && !Covered(mine, global)) {
    if (!takes) races.push_back({global});
    Join(mine, global);
  }
  const auto order_inside = [&](bool first) {
    for (const Footprints::Part& inside : footprints_.inside(footprint)) {
      // What the step waited for besides its operation: a notification, the branches of its select.
      const bool notified = inside.kind == OpKind::kConditionWake;
      const bool branch = selects && !met && !added.threw && Takes(inside.kind) && IsOwnBranch(added, inside);
      // Where its task stood, a cancellation may be what let it go on.
      const bool stood = waited && inside.kind == OpKind::kLook;
      const bool because = notified || branch || stood || (added.threw && inside.kind == OpKind::kLook);
      if (because != first) continue;
      if (inside.mode == Mode::kEverything) {
        OrderAfterAll(task, mine, &races);
        if (last_global() != index) all_globals_.push_back(index);
        continue;
      }
      if (notified) Take(task, since, inside, added.waits, false, past, races);
      if (stood) TakeFromCancellations(task, since, footprint, inside.object, races);
      Order(inside, mine, notified || branch || stood ? nullptr : &races);
    }
  };
  // First what the step comes because of: it does not race with what comes before that.
  if (footprint.inside != 0) order_inside(true);
  if (footprint.mode == Mode::kEverything) {
    OrderAfterAll(task, mine, takes ? nullptr : &races);
    if (last_global() != index) all_globals_.push_back(index);
  } else if (footprint.mode != Mode::kNone) {
    // What throws could have come before all that conflicts with what it would have done.
    Order(part, mine, takes && !added.threw ? nullptr : &races);
  }
  if (footprint.inside != 0) order_inside(false);
  if (joint && !met) JoinTask(mine, added.partner);
  if (added.stand_count > 0) AppendStands(added, races);
  if (added.bears && before == kNone) TakeFromEnabling(task, mine, past, races);
  if (since != previous) NameStart(before, races);
  if (added.stood) stood_.push_back(index);
  for (size_t i = 0; i < added.opened_count; ++i) {
    if (added.opened[i].open.known()) opened_.push_back({added.opened[i], index});
  }
  StepFootprint entered = footprint;
  if (added.threw) entered.kind = kThrew;
  EnlistOthers(added, mine);
  Enlist(task, added.partner, before, entered, mine, added.enabled, added.unstarted);
}

void HappensBefore::Born(uint32_t task, uint32_t event) {
  if (task >= stride_) [[unlikely]]
    Widen(task + 1);
  birth_[task] = event;
}

inline void HappensBefore::Order(const Footprints::Part& part, GrowingPast& mine, Log<Race>* races) const {
  if (part.object >= chain_count_) return;
  const Chain& chain = chains_[part.object];
  if (size() < kEarly) {
    const Early conflicting = chain.against[static_cast<size_t>(part.mode)];
    for (Early left = conflicting & ~mine.early; left != 0; left &= ~mine.early) {
      const uint32_t event = kEarly - 1 - static_cast<uint32_t>(std::countl_zero(left));
      if (races != nullptr) races->push_back({event});
      mine.early |= early_[event];
    }
    return;
  }
  uint32_t i = part.mode == Mode::kRead && !chain.added ? chain.change : chain.last;
  for (; i != kNone; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (entry.event != size() && Conflict(part.mode, entry.mode) && !Covered(mine, entry.event)) {
      if (races != nullptr) races->push_back({entry.event});
      Join(mine, entry.event);
    }
    if (entry.mode == Mode::kChange) break;
  }
}

void HappensBefore::Miss(uint32_t task, const StepFootprint& footprint, Log<Race>& races) {
  races.clear();
  if (task >= stride_) [[unlikely]]
    Widen(task + 1);
  const Past past = PastOf(PreviousOf(task));
  covered_.assign(past.late, past.late + stride_);
  GrowingPast mine{past.early, covered_.data()};
  if (!barriers_.empty()) {
    mine.early |= barriers_.back().early;
    JoinClock(mine.late, barriers_.back().clock.data());
  }
  if (footprint.mode == Mode::kEverything) return OrderAfterAll(task, mine, &races);
  Order({footprint.object, footprint.kind, footprint.mode}, mine, &races);
  for (const Footprints::Part& part : footprints_.inside(footprint)) Order(part, mine, &races);
  if (const uint32_t global = last_global(); global != kNone && !Covered(mine, global)) races.push_back({global});
}

HappensBefore::Early HappensBefore::ConflictingInside(const StepFootprint& footprint) const {
  Early conflicting = 0;
  for (const Footprints::Part& part : footprints_.inside(footprint)) conflicting |= Conflicting(part.object, part.mode);
  return conflicting;
}

void HappensBefore::OrderAfterAll(uint32_t task, GrowingPast& mine, Log<Race>* races) const {
  uint32_t lasts[64];
  uint32_t count = 0;
  for (uint32_t other = 0; other < stride_; ++other) {
    if (other != task && last_[other] != kNone && count < 64) lasts[count++] = last_[other];
  }
  std::sort(lasts, lasts + count, std::greater<>());
  for (uint32_t i = 0; i < count; ++i) {
    if (Covered(mine, lasts[i])) continue;
    if (races != nullptr) races->push_back({lasts[i]});
    Join(mine, lasts[i]);
  }
}

inline void HappensBefore::Enter(const Footprints::Part& part, bool inside, uint32_t event) {
  if (part.object >= chain_count_) [[unlikely]]
    chains_.resize(chain_count_ = part.object + 16);
  Chain& chain = chains_[part.object];
  const auto entry = static_cast<uint32_t>(entries_.size());
  *entries_.Append() = {part.object, event, chain.last, chain.change, part.kind, part.mode, chain.added, inside};
  chain.last = entry;
  if (part.mode == Mode::kChange) {
    chain.change = chain.last;
    chain.added = false;
  } else if (part.mode == Mode::kAdd) {
    chain.added = true;
  }
  if (event >= kEarly) return;
  // Reading and adding conflict with all but themselves.
  if (part.mode != Mode::kRead) chain.against[static_cast<size_t>(Mode::kRead)] |= Only(event);
  if (part.mode != Mode::kAdd) chain.against[static_cast<size_t>(Mode::kAdd)] |= Only(event);
  chain.against[static_cast<size_t>(Mode::kChange)] |= Only(event);
}

void HappensBefore::Truncate(uint32_t size) {
  if (size >= size_) return;
  size_t keep = entries_.size();
  for (; keep > 0 && entries_[keep - 1].event >= size; --keep) {
    const Entry& entry = entries_[keep - 1];
    Chain& chain = chains_[entry.object];
    chain.last = entry.previous;
    chain.change = entry.change;
    chain.added = entry.added;
    if (entry.event >= kEarly) continue;
    // The entries before it are of events before it.
    const Early before = Below(entry.event);
    chain.against[static_cast<size_t>(Mode::kRead)] &= before;
    chain.against[static_cast<size_t>(Mode::kAdd)] &= before;
    chain.against[static_cast<size_t>(Mode::kChange)] &= before;
  }
  entries_.Truncate(keep);
  for (; !offers_.empty() && offers_.back().event >= size; offers_.pop_back()) {
    offer_chains_[offers_.back().object] = offers_.back().next;
  }
  while (!stood_.empty() && stood_.back() >= size) stood_.pop_back();
  while (!opened_.empty() && opened_.back().event >= size) opened_.pop_back();
  const Early kept = Below(size);
  while (!all_globals_.empty() && all_globals_.back() >= size) all_globals_.pop_back();
  // A barrier right before the first event cut off will be told of again.
  while (!barriers_.empty() && barriers_.back().first >= size) barriers_.pop_back();
  for (uint32_t i = size_; i-- > size;) {
    const Event& event = events_[i];
    last_[event.task] = event.previous;
    while (!joints_.empty() && joints_.back().event == i) [[unlikely]] {
      last_[joints_.back().partner] = joints_.back().previous;
      joints_.pop_back();
    }
    of_[event.task] &= kept;
  }
  events_.Truncate(size);
  early_.Truncate(size);
  size_ = size;
  globals_ &= kept;
  for (uint32_t event = 0; event < std::min(size, kEarly); ++event) after_[event] &= kept;
}

}  // namespace fate::sim
