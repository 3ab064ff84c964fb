#include "fate/sim/strategies/rff.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fate/base/mix.h"

namespace fate::sim {

// --- before an execution ---------------------------------------------------------------------

void Rff::Begin() {
  schedule_ = DrawSchedule(prng());
  unmet_ = schedule_.size();
  if (unmet_ > 0) {
    now_.Restart();
    reads_followed_ = 0;
    object_.assign(groups_.size(), 0);
  }
  walk_.Begin();
  pending_.clear();
  tasks_followed_ = 0;
  choices_ = 1;
  ran_ = Footprint();
}

Rff::AbstractSchedule Rff::DrawSchedule(Prng& prng) const {
  if (pairs_known_ == 0) return {};
  const uint64_t of_two = 2 * uint64_t{pairs_known_} * pairs_known_;  // sets of two; each may be asked for or against
  if (stale_ > 0 && DrawBelow(prng, stale_ + of_two) < stale_) return {};
  const auto entry = std::ranges::upper_bound(weights_, DrawBelow(prng, weights_.back()));
  AbstractSchedule schedule = corpus_[static_cast<size_t>(entry - weights_.begin())].schedule;
  do {
    Mutate(prng, schedule);
  } while (prng.Below(2) == 0);
  return schedule;
}

Rff::Obligation Rff::DrawObligation(Prng& prng) const {
  const Pair pair = pairs_[DrawBelow(prng, pairs_known_)].pair;
  return {pair, prng.Below(2) == 0};
}

void Rff::Mutate(Prng& prng, AbstractSchedule& schedule) const {
  enum : uint32_t { kInsert, kRemove, kFlip, kReplace, kMutations };
  const uint32_t mutation = schedule.empty() ? kInsert : prng.Below(kMutations);
  if (mutation == kInsert) {
    if (schedule.size() < kMostObligations) schedule.push_back(DrawObligation(prng));
    return;
  }
  const auto at = schedule.begin() + prng.Below(static_cast<uint32_t>(schedule.size()));
  if (mutation == kRemove) schedule.erase(at);
  if (mutation == kFlip) at->positive = !at->positive;
  if (mutation == kReplace) *at = DrawObligation(prng);
}

// --- during an execution ---------------------------------------------------------------------

void Rff::FollowReads(const Trace& trace) {
  for (; unmet_ > 0 && reads_followed_ < trace.steps.size(); ++reads_followed_) {
    const Step& step = trace.steps[reads_followed_];
    if (step.object == 0) continue;
    const Site site = sites_.Find(step.place, step.object_kind);
    const Site from = now_.Follow(step, site);
    if (const Site group = GroupOf(site); group != Sites::kUnknown) object_[group] = step.object;
    if (!Reads(step.kind)) continue;
    for (Obligation& obligation : schedule_) {
      if (obligation.met || obligation.pair.read != site) continue;
      obligation.met = (obligation.pair.write == from) == obligation.positive;
      unmet_ -= obligation.met;
    }
  }
}

Rff::Access Rff::AccessOf(const ChoicePoint& point, const TaskRecord& task) const {
  Access access;
  uint32_t object = 0;
  OpKind kind;
  if (const Operation* pending = task.pending; pending != nullptr) {
    if (pending->object() == nullptr) return access;
    kind = pending->kind();
    object = point.numbers->Find(*pending->object());
    access.site = sites_.Find(task.frame()->place, static_cast<uint32_t>(pending->object()->kind()));
  } else {
    const uint32_t path = paths_.Find(task.path_hash);
    if (path >= first_.size() || first_[path].site == Sites::kUnknown) return access;
    kind = first_[path].kind;
    access.site = first_[path].site;
    if (const Site group = GroupOf(access.site); group != Sites::kUnknown) object = object_[group];
  }
  access.reads = Reads(kind);
  access.writes = Writes(kind);
  access.source = now_.SourceOf(object);
  return access;
}

bool Rff::HeldByObligations(const ChoicePoint& point, uint32_t slot) const {
  const Access access = AccessOf(point, *point.ready->at(slot).task);
  for (const auto& [pair, positive, met] : schedule_) {
    if (met) continue;
    if (access.reads && access.site == pair.read) {
      if ((access.source == pair.write) != positive) return true;
      continue;
    }
    if (!access.writes || GroupOf(access.site) != GroupOf(pair.read)) continue;
    // It would take away what must be read, or bring what must not.
    if (positive ? access.source == pair.write : access.site == pair.write && access.source != pair.write) return true;
  }
  return false;
}

uint32_t Rff::PickUniformly(const ChoicePoint& point) {
  const bool changed = CandidatesChanged(point);
  walk_.Follow(point, counts_, changed, unseen_step());
  const std::vector<uint32_t>* weights = &walk_.by_slot();
  uint64_t total = walk_.total();
  if (unmet_ > 0) {
    by_slot_.assign(point.options, 0);
    uint64_t free = 0;
    for (uint32_t slot = 0; slot < point.options; ++slot) {
      if (!HeldBack(point, slot)) free += by_slot_[slot] = walk_.by_slot()[slot];
    }
    if (free > 0) weights = &by_slot_, total = free;
  }
  const uint32_t slot = SlotAt(DrawBelow(prng(), total), *weights);
  walk_.Takes(point, slot);
  return OptionOf(point, slot);
}

void Rff::FollowTasks(const Trace& trace) {
  if (pending_.size() < trace.births.size()) [[unlikely]]
    pending_.resize(trace.births.size());
  for (; tasks_followed_ < trace.steps.size(); ++tasks_followed_) {
    const uint32_t task = trace.steps[tasks_followed_].task;
    if (task != Step::kTimerTask) pending_[task].seen = 0;
  }
}

inline uint32_t Rff::PriorityOf(const ReadySet::Slot& candidate, const ConflictsWith& conflicts) {
  const uint32_t task = candidate.task->id;
  if (task == Step::kTimerTask) return prng().Next32();
  Pending& pending = pending_[task];
  const bool stayed = pending.seen + 1 == choices_;
  if (!stayed || conflicts(pending.footprint)) pending.priority = prng().Next32();
  if (!stayed) pending.footprint = Footprint(candidate.task->pending);
  pending.seen = choices_;
  return pending.priority;
}

uint32_t Rff::Pick(const ChoicePoint& point) {
  if (unmet_ > 0) FollowReads(point.execution->trace);
  if (rest_ == Rest::kUniform) return PickUniformly(point);
  FollowTasks(point.execution->trace);
  ++choices_;
  const ConflictsWith conflicts(ran_);
  // With the slot below, so that the highest is found without a branch on chance; of equals the first.
  constexpr int kSlotBits = 31;
  constexpr uint64_t kLast = (uint64_t{1} << kSlotBits) - 1;
  uint64_t highest = 0;
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    const uint64_t priority = PriorityOf(point.ready->at(slot), conflicts);
    const uint64_t free = uint64_t{!HeldBack(point, slot)} << 32;
    highest = std::max(highest, (free | priority) << kSlotBits | (kLast - slot));
  }
  const uint32_t top = static_cast<uint32_t>(kLast - (highest & kLast));
  ran_ = Footprint(point.ready->at(top).task->pending);
  return OptionOf(point, top);
}

// --- after an execution ----------------------------------------------------------------------

void Rff::NoteGroup(Site site, Site other) {
  while (groups_noted_[site] != site) site = groups_noted_[site];
  while (groups_noted_[other] != other) other = groups_noted_[other];
  groups_noted_[std::max(site, other)] = std::min(site, other);
}

// The sites that touched one object, in all pairs.
void Rff::NotePossiblePairs(const Trace& trace) {
  while (groups_noted_.size() <= sites_.size()) groups_noted_.push_back(static_cast<Site>(groups_noted_.size()));
  touches_.clear();
  for (const Step& step : trace.steps) {
    const Touch touch{step.object, sites_.Find(step.place, step.object_kind), Reads(step.kind), Writes(step.kind)};
    if (step.object != 0 && (touch.reads || touch.writes)) touches_.push_back(touch);
  }
  std::sort(touches_.begin(), touches_.end());
  touches_.erase(std::unique(touches_.begin(), touches_.end()), touches_.end());
  for (auto begin = touches_.begin(), end = begin; begin != touches_.end(); begin = end) {
    end = std::find_if(begin, touches_.end(), [&](const Touch& touch) { return touch.object != begin->object; });
    for (auto read = begin; read != end; ++read) {
      NoteGroup(begin->site, read->site);
      if (!read->reads) continue;
      for (auto write = begin; write != end; ++write) {
        if (write->writes) KnownOf({read->site, write->site});
      }
      KnownOf({read->site, Sites::kInitial});
    }
  }
}

void Rff::NoteFirst(const Birth& birth, FirstStep step) {
  const uint32_t path = paths_.Of(birth.path_hash);
  if (path >= first_noted_.size()) first_noted_.resize(path + 1);
  if (first_noted_[path].site == Sites::kUnknown) first_noted_[path] = step;
}

void Rff::Learn(const Execution& execution) {
  const Trace& trace = execution.trace;
  const size_t sites_before = sites_.size();
  ++executions_;
  learned_.Restart();
  events_.assign(trace.births.size(), 0);
  begun_.assign(trace.births.size(), 0);
  bool is_new = false;
  uint64_t combination = 0;  // of the pairs it read
  for (const Step& step : trace.steps) {
    bool first = false;
    if (step.task < events_.size()) {
      ++events_[step.task];
      first = step.kind != OpKind::kStart && std::exchange(begun_[step.task], 1) == 0;
    }
    if (step.object == 0) continue;
    const Site site = sites_.Of(step.place, step.object_kind);
    const Site from = learned_.Follow(step, site);
    const bool reads = Reads(step.kind);
    if (first && (reads || Writes(step.kind))) NoteFirst(trace.births[step.task], {site, step.kind});
    if (!reads) continue;
    KnownPair& pair = KnownOf({site, from});
    if (pair.read == executions_) continue;
    is_new |= pair.read == 0;
    pair.read = executions_;
    combination += Mix(site, from);
  }
  counts_.Note(execution, events_);
  if (is_new || sites_.size() != sites_before) NotePossiblePairs(trace);
  const uint64_t number = combinations_.Add(combination);
  if (combinations_.Of(number) != 1 && !is_new) return;
  // What this execution obeyed; if another strategy made it, what it would have: a mutation like any other.
  Prng prng = PrngOf(execution.number);
  entries_noted_.push_back({DrawSchedule(prng), number});
}

void Rff::EndStage() {
  counts_.EndStage();
  if (pairs_known_ != pairs_.size()) grown_at_ = executions_;
  if (obliges_ == Obliges::kWhileNew) stale_ = executions_ - grown_at_;
  pairs_known_ = pairs_.size();
  first_ = first_noted_;
  groups_ = groups_noted_;
  for (Site& group : groups_) group = groups_[group];  // that of an older site is settled
  std::move(entries_noted_.begin(), entries_noted_.end(), std::back_inserter(corpus_));
  entries_noted_.clear();
  if (corpus_.size() > kMostEntries) corpus_.erase(corpus_.begin(), corpus_.end() - kMostEntries);
  weights_.clear();
  uint64_t weight = 0;
  for (const Entry& entry : corpus_) {
    weights_.push_back(weight += std::max(1u, 256 / std::max(1u, combinations_.Of(entry.combination))));
  }
}

}  // namespace fate::sim
