// What HappensBefore knows of tasks that stand before a rendezvous or a select: whom they could have met, and when they
// could have gone on.
#include <utility>

#include "fate/sim/race/happens_before.h"

namespace fate::sim {

// Before the event is there.
void HappensBefore::AppendStands(const NewEvent& added, Log<Race>& races) {
  const size_t older = offers_.size();
  for (size_t i = 0; i < added.stand_count; ++i) {
    const Stand& stand = added.stands[i];
    const uint32_t previous = PreviousOf(stand.task);
    if (stand.selects) TakeBranch(stand, previous, races);
    if (!stand.meets) continue;
    const bool mine = stand.task == added.task;
    const bool threw = mine && added.threw;
    // Until its select throws one that was let go on by the step that cancels it is there to be met.
    const bool goes_on = !threw || (freed_ >> stand.task & 1) != 0;
    const bool live = !mine || added.met || (stand.selects && goes_on && CloseOf(stand.part.object) == kNone);
    const Offer offer{stand.part.object,
                      size(),
                      stand.task,
                      previous,
                      kNone,
                      stand.part.kind == OpKind::kSend,
                      stand.selects,
                      live,
                      threw,
                      added.footprint.inside};
    Meet(offer, races);
    offers_.push_back(offer);
  }
  // More than two may go on in one step; the others could have met instead.
  for (size_t i = older; i < offers_.size(); ++i) {
    for (size_t j = older; j < i; ++j) {
      const Offer& a = offers_[i];
      const Offer& b = offers_[j];
      if (a.object != b.object || a.sends == b.sends || a.task == b.task || !a.live || !b.live) continue;
      const Offer& sender = a.sends ? a : b;
      const Offer& receiver = a.sends ? b : a;
      if (added.met && sender.task == added.task && receiver.task == added.partner) continue;
      AddMeeting(a, b, size(), false, races);
    }
  }
  for (size_t i = older; i < offers_.size(); ++i) {
    const uint32_t object = offers_[i].object;
    if (object >= offer_chains_.size()) offer_chains_.resize(size_t{object} + 16, kNone);
    offers_[i].next = std::exchange(offer_chains_[object], static_cast<uint32_t>(i));
  }
}

uint32_t HappensBefore::CloseOf(uint32_t object) const {
  if (object >= chain_count_) return kNone;
  uint32_t i = chains_[object].last;
  while (i != kNone && entries_[i].kind != OpKind::kClose) i = entries_[i].previous;
  return i == kNone ? kNone : entries_[i].event;
}

void HappensBefore::Meet(const Offer& mine, Log<Race>& races) {
  if (mine.object >= offer_chains_.size()) return;
  const Past past = PastOf(mine.previous);
  uint32_t found = kNone;
  for (uint32_t i = offer_chains_[mine.object]; i != kNone; i = offers_[i].next) {
    const Offer& other = offers_[i];
    if (Covered(past, other.event) || (found != kNone && other.event != found)) break;
    if (other.sends == mine.sends || other.task == mine.task) continue;
    const bool threw = mine.threw || other.threw;
    if (other.live) {
      AddMeeting(mine, other, other.event, threw, races);
      if (!threw) found = other.event;
    }
    if (!other.live || threw) MeetBeforeItWasOver(mine, other, races);
  }
}

void HappensBefore::AddMeeting(const Offer& mine, const Offer& other, uint32_t event, bool doubtful,
                               Log<Race>& races) const {
  const Offer& sender = mine.sends ? mine : other;
  const Offer& receiver = mine.sends ? other : mine;
  races.push_back({event, doubtful, sender.task, receiver.task, other.event, sender.selects});
}

// Before the channel was closed, or one of the two cancelled.
void HappensBefore::MeetBeforeItWasOver(const Offer& mine, const Offer& other, Log<Race>& races) const {
  const Past past = PastOf(mine.previous);
  const Past past_of_other = PastOf(other.previous);
  const bool threw = mine.threw || other.threw;
  const uint32_t close = CloseOf(mine.object);
  if (close < other.event && !Covered(past, close) && !Covered(past_of_other, close)) {
    AddMeeting(mine, other, close, threw, races);
  }
  if (!threw) return;
  for (size_t i = all_globals_.size(); i-- > 0;) {
    const uint32_t event = all_globals_[i];
    if (event >= other.event) continue;
    if (Covered(past, event) || Covered(past_of_other, event)) break;
    AddMeeting(mine, other, event, true, races);
  }
  MeetBeforeCancelled(mine, other, mine, races);
  MeetBeforeCancelled(mine, other, other, races);
}

void HappensBefore::MeetBeforeCancelled(const Offer& mine, const Offer& other, const Offer& looking,
                                        Log<Race>& races) const {
  const Past past = PastOf(mine.previous);
  const Past past_of_other = PastOf(other.previous);
  const StepFootprint looks{0, OpKind::kLook, Mode::kNone, looking.inside};
  for (const Footprints::Part& part : footprints_.inside(looks)) {
    if (part.kind != OpKind::kLook || part.object >= chain_count_) continue;
    for (uint32_t i = chains_[part.object].last; i != kNone; i = entries_[i].previous) {
      const uint32_t event = entries_[i].event;
      if (entries_[i].mode != Mode::kChange || event >= other.event) continue;
      if (Covered(past, event) || Covered(past_of_other, event)) break;
      AddMeeting(mine, other, event, true, races);
    }
  }
}

void HappensBefore::TakeClosed(uint32_t task, const Footprints::Part& part, Past past, Log<Race>& races) {
  if (part.object >= chain_count_) return;
  const uint32_t close = CloseOf(part.object);  // and it may have tried there, too
  for (uint32_t i = chains_[part.object].last; i != kNone && entries_[i].event != close; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (!Conflict(part.mode, entry.mode)) continue;
    if (!Covered(past, entry.event) && events_[entry.event].task != task) {
      races.push_back({entry.event});
      past = WithEvent(past, entry.event);
    }
    // Those that only look, as a start does, are not ordered among themselves.
    if (entry.mode == Mode::kChange) break;
  }
}

void HappensBefore::TakeBranch(const Stand& stand, uint32_t previous, Log<Race>& races) {
  if (stand.part.object >= chain_count_) return;
  const Past past = PastOf(previous);
  for (uint32_t i = chains_[stand.part.object].last; i != kNone; i = entries_[i].previous) {
    const Entry& entry = entries_[i];
    if (!Conflict(stand.part.mode, entry.mode)) continue;
    if (Covered(past, entry.event)) {
      if (entry.mode == Mode::kChange) break;
      continue;
    }
    Could could = CouldPrecede(stand.task, previous, entry.event);
    // What is beside the event stays before the select, and may be enough for it.
    if (could == Could::kNo && SomeBeside(entry.event)) could = Could::kMaybe;
    if (could == Could::kNo) continue;
    // Whom it would meet is not known, and so neither is what that one's step is in the way of.
    races.push_back({entry.event, could == Could::kMaybe || stand.meets, stand.task, kNone, kNone, true});
    if (could == Could::kYes && entry.mode == Mode::kChange) break;
  }
}

}  // namespace fate::sim
