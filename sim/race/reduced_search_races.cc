// What ReducedSearch learns from a finished execution: its order, and its races.
#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

void ReducedSearch::TellBirths(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  // Births are in the order of steps; the last ones are the new ones.
  size_t birth = trace.births.size();
  while (birth > tasks_.roots() && trace.births[birth - 1].step >= event.first_step) --birth;
  for (; birth < trace.births.size() && trace.births[birth].step < event.steps_end; ++birth) {
    order_.Born(tasks_.Of(trace, static_cast<uint32_t>(birth), 0), index);
  }
}

inline void ReducedSearch::AppendEvent(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  const Node& node = nodes_[index];
  const Step& step = trace.steps[event.first_step];
  TaskSet enabled = node.enabled;
  if (enabled == 0 && event.choice == kNone) enabled = Only(event.task);  // nothing else could
  if (!met_seen_ && !bears_seen_ && event.partner == PlannedStep::kNoPartner && event.footprint.inside == 0 &&
      step.kind != OpKind::kJoin && !step.threw) [[likely]] {
    return order_.AppendPlain(event.task, event.footprint, step.open, enabled, node.unstarted, races_);
  }
  AppendRarely(trace, index, enabled);
}

void ReducedSearch::AppendRarely(const Trace& trace, uint32_t index, TaskSet enabled) {
  const PathEvent& event = events_[index];
  const Step& step = trace.steps[event.first_step];
  HappensBefore::NewEvent added;
  added.task = event.task;
  if (event.partner != PlannedStep::kNoPartner) added.partner = event.partner;
  added.footprint = event.footprint;
  added.threw = step.threw;
  added.bears = bears_seen_ && step.kind != OpKind::kSpawn && trace.BearsATask(event.first_step);
  added.stood = event.stood;
  others_.clear();
  for (size_t i = event.first_step + 2; i < event.steps_end; ++i) {
    others_.push_back(tasks_.Of(trace, trace.steps[i].task, trace.steps[i].outcome));
  }
  added.others = others_.data();
  added.other_count = static_cast<uint32_t>(others_.size());
  added.enabled = enabled;
  added.unstarted = nodes_[index].unstarted;
  CollectOpened(trace, index);
  added.waits = WaitsOf(trace, event.task, step.task, event.footprint, step.open, index);
  added.opened = opened_.data();
  added.opened_count = opened_.size();
  if (met_seen_) [[unlikely]] {
    CollectStands(trace, index);
    added.stands = stands_.data();
    added.stand_count = stands_.size();
    added.met = event.meets;
  }
  if (step.kind == OpKind::kJoin && !step.threw) {
    joined_.clear();
    if (step.object_kind == static_cast<uint16_t>(ObjectKind::kTask)) {
      joined_.push_back(tasks_.Of(trace, step.object, 0));
    } else if (const GroupJoin* join = trace.JoinIn(event.first_step); join != nullptr) {
      for (uint32_t id = join->group; id < trace.births.size(); ++id) {
        if (trace.births[id].group == join->group) joined_.push_back(tasks_.Of(trace, id, 0));
      }
    }
    added.joined = joined_.data();
    added.joined_count = static_cast<uint32_t>(joined_.size());
  }
  order_.Append(added, races_);
}

void ReducedSearch::Analyse(const Trace& trace) {
  uint32_t count = std::min(static_cast<uint32_t>(events_.size()), redundant_from_);
  uint32_t first = order_.size();
  while (!found_.empty() && found_.back().index >= first) found_.pop_back();
  uint64_t from = first == 0 ? 0 : events_[first - 1].first_step + 1;
  const auto is_before = [](const ClockMove& move, uint64_t step) { return move.step < step; };
  const ClockMove* move = std::lower_bound(trace.clock_moves.begin(), trace.clock_moves.end(), from, is_before);
  if (cancels_.frees()) [[unlikely]]
    order_.SetFreed(FreedOf(trace));
  const bool bears = trace.births.size() > tasks_.roots();
  const bool disarms = !trace.disarmed.empty();
  for (uint32_t index = first; index < count; ++index) {
    const PathEvent& event = events_[index];
    bool moved = false;
    for (; move != trace.clock_moves.end() && move->step <= event.first_step; ++move) moved = true;
    if (moved) order_.MoveClock();
    AppendEvent(trace, index);
    if (bears) TellBirths(trace, index);
    for (const HappensBefore::Race& race : races_) {
      FoundRace& found = *found_.Append();
      found.index = index;
      found.race = race;
      found.sleeper = kNone;
    }
    if (disarms) [[unlikely]]
      CollectMissed(trace, index);
  }
  FindWakers(trace);
  const bool by_words =
      plans_later() && !met_seen_ && !letters_chosen_ && wakers_.empty() && order_.size() <= HappensBefore::kEarly;
  const size_t found = found_.size();
  size_t kept = 0;
  for (size_t i = 0; i < found; ++i) {
    if (!Settle(found_[i], first, by_words)) found_[kept++] = found_[i];
  }
  found_.Truncate(kept);
  if (letters_chosen_) [[unlikely]]
    TellOthers(count);
  for (uint32_t index = first; index < count && met_seen_; ++index) {
    if (events_[index].partner != PlannedStep::kNoPartner) TellPartners(trace, index);
  }
  for (const Missed& missed : missed_) TellRace(missed.step, missed.first, missed.index, missed.index, true);
  missed_.clear();
  if (redundant_from_ != kNone || !trace.pending.empty()) AnalysePending(trace, count);
}

// What could have come first: the later of the two itself, or who would have met somebody else then. That may do
// inside whatever was seen of either.
PlannedStep ReducedSearch::SecondOf(const HappensBefore::Race& race, const PlannedStep& own) {
  PlannedStep second = own;
  second.doubtful = race.doubtful;
  second.chosen = InsideChoices::kPlain;
  if (race.task != HappensBefore::kNone) {
    const StepFootprint step{0, race.selects ? OpKind::kSelect : OpKind::kSend, Mode::kNone, 0};
    second.footprint = footprints_.Merge(step, own.footprint);
    second.task = race.task;
    second.partner = std::min(race.partner, PlannedStep::kNoPartner);
    second.meets = race.partner != HappensBefore::kNone;
  }
  if (race.other != HappensBefore::kNone) {
    second.footprint = footprints_.Merge(second.footprint, events_[race.other].footprint);
  }
  return second;
}

// What comes after the first of the two, but not because of it: before the second, and later too, or a task that
// sleeps at the first could seem to cover what it is in the way of.
bool ReducedSearch::TellRace(const PlannedStep& second, uint32_t first, uint32_t index, uint32_t count, bool pends) {
  if (!wakers_.empty()) [[unlikely]]
    return TellRaceOfWoken(second, first, index, count, pends);
  steps_.clear();
  moving_ = Only(second.task);
  AddBeside(first, first + 1, index);
  steps_.push_back(second);
  stable_ = steps_.size();
  if (plans_later()) AddBeside(first, index + 1, count);
  return index == first ? Tell(first) : TellSecond(first);
}

inline void ReducedSearch::AddBeside(uint32_t first, uint32_t begin, uint32_t end) {
  for (uint32_t beside = begin; beside < end; ++beside) {
    if (order_.Before(first, beside)) continue;
    const PlannedStep& step = events_[beside];
    steps_.push_back(step);
    moving_ |= Only(step.task);
  }
}

inline bool ReducedSearch::Settle(FoundRace& found, uint32_t begin, bool by_words) {
  if (found.sleeper != kNone && StillCovered(found, begin)) return false;
  bool settled = false;
  const PathEvent& later = events_[found.index];
  if (by_words && !later.stood && found.race.other == HappensBefore::kNone) {
    const uint32_t first = found.race.event;
    const HappensBefore::Early events = order_.Beside(first) | HappensBefore::Only(found.index);
    const uint32_t lowest = static_cast<uint32_t>(std::countr_zero(events));
    if (lowest <= found.index && Asleep(nodes_[first], events_[lowest].task)) return true;
    if (SettleInWords(found, events, settled)) return settled;
  }
  covers_for_now_ = kNone;
  PlannedStep second = SecondOf(found.race, later);
  // Where it comes first its task need not stand: what it does then nobody knows.
  if (later.stood) second.footprint.mode = Mode::kEverything;
  settled = TellRace(second, found.race.event, found.index, order_.size(), false);
  found.sleeper = covers_for_now_;
  return settled;
}

bool ReducedSearch::StillCovered(const FoundRace& found, uint32_t begin) const {
  if (met_seen_ || yields_seen_ || letters_chosen_) return false;
  const StepFootprint& next = sleepers_.NextOf(found.sleeper, found.race.event);
  for (uint32_t event = begin; event < order_.size(); ++event) {
    if (order_.Before(found.race.event, event)) continue;
    if (events_[event].task == found.sleeper) return true;
    if (footprints_.Conflict(events_[event].footprint, next)) return false;
  }
  return true;
}

bool ReducedSearch::Tell(uint32_t index) {
  if (index < expanded_ || index < floor_) return true;
  if (plans_later()) {
    if (const Cover cover = Covered(index); cover != Cover::kNone) return cover == Cover::kForGood;
  }
  return Reverse(index);
}

// Of a set of events: the first of the task, if nothing before that is in the way of its footprint.
inline uint32_t ReducedSearch::FirstInWords(HappensBefore::Early events, uint32_t task,
                                            const StepFootprint& footprint) const {
  const HappensBefore::Early own = events & order_.Of(task);
  const HappensBefore::Early before = events & ~own & (own - 1);  // all if there is none of its own
  if (before != 0 && (order_.Conflicting(footprint) & before) != 0) return kDependent;
  static_assert(std::countr_zero(HappensBefore::Early{0}) == kAbsent);
  return static_cast<uint32_t>(std::countr_zero(own));
}

// As Tell does of the same race, and WakeupTree::InsertWithin.
bool ReducedSearch::SettleInWords(FoundRace& found, HappensBefore::Early events, bool& settled) {
  const uint32_t first = found.race.event;
  const uint32_t index = found.index;
  Node& node = nodes_[first];
  settled = true;
  // Of one event it is known by now.
  const TaskSet asleep_there = (events & (events - 1)) == 0 ? 0 : node.sleep | node.done;
  for (TaskSet sleepers = asleep_there; sleepers != 0; sleepers &= sleepers - 1) {
    const uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(sleepers));
    const HappensBefore::Early own = events & order_.Of(sleeper);
    if (own == 0) continue;
    // Most often it is seen to have something before it.
    const HappensBefore::Early past = order_.UpTo(static_cast<uint32_t>(std::countr_zero(own))) & events;
    if ((past & (past - 1)) != 0) continue;
    if (FirstInWords(events, sleeper, sleepers_.NextOf(sleeper, first)) <= index) return true;
  }
  HappensBefore::Early left = events;
  bool place_known = true;
  const bool may_do_less = tree_.some_may_do_less();
  bool asleep = inside_seen_;  // what was run from the node, below the branches that lead there; see LeavesAsleep
  WakeupTree::Branch parent = WakeupTree::kNone;
  WakeupTree::Branch last = WakeupTree::kNone;
  for (WakeupTree::Branch branch = node.plan; branch != WakeupTree::kNone;) {
    const WakeupTree::Node& planned = tree_.at(branch);
    const uint32_t event = FirstInWords(left, planned.step.task, planned.step.footprint);
    if (event == kDependent) {
      if (may_do_less && WakeupTree::MayDoLess(planned.step)) [[unlikely]]
        return false;
      last = branch;
      branch = planned.next;
      continue;
    }
    place_known = event <= index;
    if (!place_known) break;
    left &= ~HappensBefore::Only(event);
    parent = branch;
    last = WakeupTree::kNone;
    if (asleep) [[unlikely]]
      asleep = tree_.LeavesAsleep(events_[event], events_[first]);
    branch = planned.child;
    if (branch == WakeupTree::kNone && (!asleep || left == 0)) return true;
  }
  if (first < expanded_ || first < floor_) return true;
  const Cover cover = CoveredInWords(first, index, events);
  settled = cover != Cover::kForNow;
  found.sleeper = settled ? kNone : covers_for_now_;
  if (cover != Cover::kNone) return true;
  if (!place_known || !plans_all()) return false;
  steps_.clear();
  for (; left != 0; left &= left - 1) {
    const uint32_t event = static_cast<uint32_t>(std::countr_zero(left));
    PlannedStep& step = *steps_.Append();
    step = events_[event];
    if (event == index) step.doubtful = found.race.doubtful;
  }
  tree_.Add(node.plan, parent, last, Steps());
  return true;
}

ReducedSearch::Cover ReducedSearch::CoveredInWords(uint32_t first, uint32_t index, HappensBefore::Early events) {
  const Node& node = nodes_[first];
  for (TaskSet sleepers = node.sleep | node.done; sleepers != 0; sleepers &= sleepers - 1) {
    const uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(sleepers));
    const uint32_t event = FirstInWords(events, sleeper, sleepers_.NextOf(sleeper, first));
    if (event <= index) return Cover::kForGood;
    if (event == kDependent || (event == kAbsent && (node.above >> sleeper & 1) != 0)) continue;
    // Whoever covers it for good was found before this was asked, or is found when it is told of again.
    covers_for_now_ = sleeper;
    return Cover::kForNow;
  }
  return Cover::kNone;
}

ReducedSearch::Cover ReducedSearch::Covered(uint32_t index) {
  const Node& node = nodes_[index];
  Cover cover = Cover::kNone;
  // What could come before all of them, but is not among them, is covered since a race elsewhere plans what has it
  // later: above this node, where a level that is expanded takes no plans.
  for (TaskSet left = (node.sleep | node.done) & ~(node.above & ~moving_); left != 0; left &= left - 1) {
    const uint32_t sleeper = static_cast<uint32_t>(std::countr_zero(left));
    const StepFootprint& next = sleepers_.NextOf(sleeper, index);
    // The one that raced is the likeliest to be in the way of who is not among them.
    if ((moving_ >> sleeper & 1) == 0 && footprints_.Conflict(steps_[stable_ - 1].footprint, next)) continue;
    const size_t position = tree_.Position(Steps(), 0, sleeper, next);
    if (position == WakeupTree::kDependent) continue;
    if (position < steps_.size() && (steps_[position].meets != 0 || letters_chosen_)) {
      const PlannedStep& step = steps_[position];
      const Letter letter{sleeper, step.meets ? step.partner : PlannedStep::kNoPartner, step.chosen};
      if (!Explored(letter, sleepers_.MetOf(sleeper, index), sleepers_.ExploredOf(sleeper, index))) continue;
    }
    if (position < stable_) return Cover::kForGood;
    cover = Cover::kForNow;
    covers_for_now_ = sleeper;
  }
  return cover;
}

}  // namespace fate::sim
