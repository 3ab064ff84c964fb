// What HappensBefore knows of operations that may have to wait: what they compete with is hidden behind what they
// waited for, or what they still wait for.
#include "fate/sim/race/happens_before.h"

#include <algorithm>

namespace fate::sim {

HappensBefore::Past HappensBefore::WithEvent(const Past& past, uint32_t event) {
  if (past.late != covered_.data() && size() > kEarly) covered_.assign(past.late, past.late + stride_);
  GrowingPast grown{past.early, covered_.data()};
  Join(grown, event);
  return grown;
}

uint32_t HappensBefore::StandsSince(uint32_t task) const {
  const uint32_t last = last_[task];
  if (last != kNone && std::ranges::binary_search(stood_, last)) return birth_[task];
  return PreviousOf(task);
}

void HappensBefore::NameStart(uint32_t start, Log<Race>& races) const {
  for (size_t i = 0; i < races.size(); ++i) {
    Race& race = races[i];
    if (race.task == kNone && race.event < start && Before(race.event, start)) race.other = start;
  }
}

void HappensBefore::Pend(uint32_t task, const StepFootprint& operation, const Waits& waits, const Stand* stands,
                         size_t stand_count, Log<Race>& races) {
  races.clear();
  if (task >= stride_) [[unlikely]]
    Widen(task + 1);
  const uint32_t previous = StandsSince(task);
  const Past past = PastOf(previous);
  bool selects = false;
  for (size_t i = 0; i < stand_count; ++i) {
    const Stand& stand = stands[i];
    selects = selects || stand.selects;
    if (stand.selects) TakeBranch(stand, previous, races);
    if (!stand.meets) continue;
    Meet({stand.part.object, size(), task, previous, kNone, stand.part.kind == OpKind::kSend, stand.selects, true,
          false, operation.inside},
         races);
    if (!stand.selects && CloseOf(stand.part.object) != kNone) TakeClosed(task, stand.part, past, races);
  }
  if (selects) TakeFromGlobals(task, previous, past, races);
  if (stand_count == 0 || selects) {
    for (const Footprints::Part& part : footprints_.inside(operation)) {
      if (part.kind == OpKind::kLook) TakeFromCancellations(task, previous, operation, part.object, races);
    }
  }
  if (stand_count == 0) {
    Waits pending = waits;
    pending.pends = true;
    Take(task, previous, {operation.object, operation.kind, operation.mode}, pending, false, past, races);
    if (operation.mode != Mode::kEverything) TakeFromGlobals(task, previous, past, races);
  }
  if (previous != PreviousOf(task)) NameStart(last_[task], races);
}

HappensBefore::Could HappensBefore::CouldPrecede(uint32_t task, uint32_t previous, uint32_t event) const {
  // Only if the task already stood there do we know what could run then.
  uint64_t enabled = events_[event].enabled;
  if (enabled == 0 || (previous != kNone && previous >= event)) return Could::kMaybe;
  if ((events_[event].unstarted >> task & 1) != 0) return Could::kMaybe;
  return (enabled >> task & 1) != 0 ? Could::kYes : Could::kNo;
}

Openings HappensBefore::OpenBefore(uint32_t event, uint32_t object) const {
  const OpenedBefore* of_event = std::ranges::lower_bound(opened_, event, {}, &OpenedBefore::event);
  for (; of_event != opened_.end() && of_event->event == event; ++of_event) {
    if (of_event->object == object) return of_event->open;
  }
  return {};
}

// Of a mutex. What is done inside a step may come after an unlock there.
bool HappensBefore::FreeBefore(const Entry& entry) {
  if (entry.inside) return false;
  return entry.kind == OpKind::kLock || (entry.kind == OpKind::kConditionWake && entry.mode == Mode::kChange);
}

HappensBefore::Could HappensBefore::CouldPrecedeEntry(uint32_t task, uint32_t previous, uint32_t index, OpKind kind,
                                                      const Waits& waits) const {
  const Entry& entry = entries_[index];
  if (kind == OpKind::kConditionWake) return CouldWakeBefore(task, previous, index, waits);
  // Before a lock succeeds, the mutex is free for all.
  if (FreeBefore(entry)) return Could::kYes;
  if (kind == OpKind::kLock && entry.kind == OpKind::kLockShared && ReadersGiveBackBeside(index, waits)) {
    return Could::kYes;
  }
  // Each count is taken while the latch is closed.
  if (kind == OpKind::kWait && entry.kind == OpKind::kCountDown) return Could::kNo;
  Could could = CouldPrecede(task, previous, entry.event);
  if (waits.counts || kind == OpKind::kLock) {
    if (const Openings open = OpenBefore(entry.event, entry.object); open.known()) {
      could = (kind == OpKind::kSend ? open.put() : open.take()) ? Could::kYes : Could::kNo;
      if (could == Could::kNo && OpenedBeside(index)) return Could::kYes;
    }
  }
  // What is given beside it stays before the operation, and may be enough for it.
  if (could == Could::kNo && GivenBeside(entry.object, entry.event)) return Could::kMaybe;
  return could;
}

// Whatever was held at first, as much is unlocked after this entry as is locked, itself and what is held at the end
// apart; so what is beside it need not be counted. Readers of which none gives back without the other are in the way of
// a writer together, each of them beside the other: that is not told here.
bool HappensBefore::ReadersGiveBackBeside(uint32_t index, const Waits& waits) const {
  const Entry& entry = entries_[index];
  if (entry.inside) return false;
  int64_t held = 1;
  // What a step may have done inside it, and whether a try succeeded, is not known here.
  const auto is_known = [](const Entry& other) { return !other.inside && other.kind != OpKind::kTryLockShared; };
  const auto taken_by = [](const Entry& other) {
    return other.kind == OpKind::kLockShared ? 1 : other.kind == OpKind::kUnlockShared ? -1 : 0;
  };
  for (uint32_t i = chains_[entry.object].last; i != index; i = entries_[i].previous) {
    const Entry& other = entries_[i];
    if (other.event != entry.event && !Before(entry.event, other.event)) continue;
    if (!is_known(other)) return false;
    held += taken_by(other);
  }
  for (uint32_t i = waits.pends ? chains_[entry.object].last : kNone; i != kNone; i = entries_[i].previous) {
    if (!is_known(entries_[i])) return false;
    held -= taken_by(entries_[i]);
  }
  return held == 0;
}

// It waits for a notification, and then for its mutex.
HappensBefore::Could HappensBefore::CouldWakeBefore(uint32_t task, uint32_t previous, uint32_t index,
                                                    const Waits& waits) const {
  const Entry& entry = entries_[index];
  const uint32_t event = entry.event;
  const uint32_t by = waits.notified_by;
  if (by != kUnknown) {
    // All that comes before its notification at the condition is ordered, so no other one could have woken it.
    if (by >= size() || (by >= event && (by == event || Before(event, by)))) return Could::kNo;
    if (FreeBefore(entry)) return Could::kYes;
    if (by > event) return Could::kMaybe;
  }
  const Could could = CouldPrecede(task, previous, event);
  if (could != Could::kNo) return could;
  const bool given = by == kUnknown ? SomeBeside(event) : GivenBeside(waits.mutex, event);
  return given ? Could::kMaybe : Could::kNo;
}

bool HappensBefore::OpenedBeside(uint32_t index) const {
  const Entry& entry = entries_[index];
  for (uint32_t i = chains_[entry.object].last; i != index; i = entries_[i].previous) {
    const Entry& other = entries_[i];
    if ((other.kind != OpKind::kRelease && other.kind != OpKind::kSet) || Before(entry.event, other.event)) continue;
    if (OpenBefore(other.event, other.object).known()) return true;
  }
  return false;
}

bool HappensBefore::GivenBeside(uint32_t object, uint32_t event) const {
  if (object >= chain_count_) return false;
  for (uint32_t i = chains_[object].last; i != kNone && entries_[i].event > event; i = entries_[i].previous) {
    if (Gives(entries_[i].kind) && !Before(event, entries_[i].event)) return true;
  }
  return false;
}

bool HappensBefore::Cancelled(const StepFootprint& footprint) const {
  const std::vector<Footprints::Part>& inside = footprints_.inside(footprint);
  return std::any_of(inside.begin(), inside.end(), [&](const Footprints::Part& part) {
    return part.kind == OpKind::kLook && part.object < chain_count_ && chains_[part.object].change != kNone;
  });
}

void HappensBefore::Take(uint32_t task, uint32_t previous, const Footprints::Part& part, const Waits& waits,
                         bool cancelled, Past past, Log<Race>& races) {
  if (part.mode == Mode::kEverything) return TakeFromAll(task, previous, past, races);
  if (part.object >= chain_count_) return;
  for (uint32_t i = chains_[part.object].last; i != kNone; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (!Conflict(part.mode, entry.mode)) continue;
    uint32_t event = entry.event;
    if (Covered(past, event) || events_[event].task == task) {
      if (entry.mode == Mode::kChange) break;
      continue;
    }
    const bool enables = RelationOf(entry.kind, entry.mode, part.kind, part.mode) == Relation::kEnables;
    Could could = enables ? Could::kNo : CouldPrecedeEntry(task, previous, i, part.kind, waits);
    // It could have thrown there.
    if (could == Could::kNo && cancelled && CouldPrecede(task, previous, event) == Could::kYes) could = Could::kMaybe;
    // It would come to stand there, to be let go on by the step that cancels it; if it was born later, it need not be.
    const bool born_later = previous != kNone && previous > event && previous == birth_[task];
    const bool unstarted = born_later || (events_[event].unstarted >> task & 1) != 0;
    if (could == Could::kNo && unstarted && (freed_ >> task & 1) != 0) could = Could::kMaybe;
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kMaybe) continue;
    if (entry.mode == Mode::kChange) break;
    // What comes before this one does not matter any more; others beside it do.
    past = WithEvent(past, event);
  }
}

void HappensBefore::TakeFromAll(uint32_t task, uint32_t previous, Past past, Log<Race>& races) {
  for (uint32_t event = size(); event-- > 0;) {
    if (Covered(past, event) || events_[event].task == task) continue;
    Could could = CouldPrecede(task, previous, event);
    // What is beside the event stays before the operation, and may be enough for it.
    if (could == Could::kNo && SomeBeside(event)) could = Could::kMaybe;
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kMaybe) continue;
    past = WithEvent(past, event);
  }
}

void HappensBefore::TakeFromGlobals(uint32_t task, uint32_t previous, const Past& past, Log<Race>& races) const {
  for (size_t i = all_globals_.size(); i-- > 0;) {
    const uint32_t event = all_globals_[i];
    if (Covered(past, event) || events_[event].task == task) break;
    Could could = CouldPrecede(task, previous, event);
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kYes) break;
  }
}

// Before what enables its first operation the task could have come to stand there, and those born of it go on.
void HappensBefore::TakeFromEnabling(uint32_t task, const Past& mine, const Past& past, Log<Race>& races) const {
  for (uint32_t event = size(); event-- > 0;) {
    if (Covered(mine, event) && !Covered(past, event) && events_[event].task != task) races.push_back({event, true});
  }
}

void HappensBefore::TakeFromCancellations(uint32_t task, uint32_t previous, const StepFootprint& operation,
                                          uint32_t flag, Log<Race>& races) const {
  if (flag >= chain_count_) return;
  const Past past = PastOf(previous);
  for (uint32_t i = chains_[flag].last; i != kNone; i = entries_[i].previous) {
    if (entries_[i].mode != Mode::kChange) continue;
    const uint32_t event = entries_[i].event;
    if (Covered(past, event) || events_[event].task == task) break;
    Could could = CouldPrecede(task, previous, event);
    if (could == Could::kNo && GivenBeside(operation, event)) could = Could::kMaybe;
    if (could == Could::kNo) continue;
    races.push_back({event, could == Could::kMaybe});
    if (could == Could::kYes) break;
  }
}

bool HappensBefore::GivenBeside(const StepFootprint& operation, uint32_t event) const {
  // These wait for something else than what their object says.
  const OpKind kind = operation.kind;
  const bool waits_for_more = kind == OpKind::kSelect || kind == OpKind::kConditionWake;
  if (operation.mode == Mode::kNone || waits_for_more) return SomeBeside(event);
  if (operation.object >= chain_count_) return false;
  for (uint32_t i = chains_[operation.object].last; i != kNone && entries_[i].event > event; i = entries_[i].previous) {
    if (Conflict(operation.mode, entries_[i].mode) && !Before(event, entries_[i].event)) return true;
  }
  return false;
}

bool HappensBefore::SomeBeside(uint32_t event) const {
  for (uint32_t other = event + 1; other < size(); ++other) {
    if (!Before(event, other)) return true;
  }
  return false;
}

}  // namespace fate::sim
