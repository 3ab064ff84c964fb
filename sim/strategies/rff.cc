#include "fate/sim/strategies/rff.h"

#include <algorithm>
#include <utility>

namespace fate::sim {

// --- before an execution ---------------------------------------------------------------------

void Rff::Begin() {
  now_.Restart();
  followed_ = 0;
  object_.assign(groups_.size(), 0);
  pending_.clear();
  choices_ = 1;
  ran_ = Footprint();
  left_.Begin();
  schedule_ = DrawSchedule(prng());
}

Rff::AbstractSchedule Rff::DrawSchedule(Prng& prng) const {
  if (pairs_known_ == 0) return {};
  const uint64_t of_two = 2 * uint64_t{pairs_known_} * pairs_known_;  // sets of two; each may be asked for or against
  if (stale_ > 0 && DrawBelow(prng, stale_ + of_two) < stale_) return {};
  AbstractSchedule schedule = corpus_[SlotAt(DrawBelow(prng, weight_), weights_)].schedule;
  do {
    Mutate(prng, schedule);
  } while (prng.Below(2) == 0);
  return schedule;
}

Rff::Obligation Rff::DrawObligation(Prng& prng) const {
  const Pair pair = pairs_[DrawBelow(prng, pairs_known_)];
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

void Rff::Follow(const Execution& execution) {
  const Log<Step>& steps = execution.trace.steps;
  for (; followed_ < steps.size(); ++followed_) {
    const Step& step = steps[followed_];
    if (step.task < pending_.size()) pending_[step.task].seen = 0;
    if (rest_ == Rest::kUniform) left_.MadeEvent(step.task);
    if (step.object == 0) continue;
    const Site site = sites_.Find(step.place, step.object_kind);
    const Site from = now_.Follow(step, site);
    if (const Site group = GroupOf(site); group != Sites::kUnknown) object_[group] = step.object;
    if (!Reads(step.kind)) continue;
    for (Obligation& obligation : schedule_) {
      if (obligation.pair.read == site && (obligation.pair.write == from) == obligation.positive) {
        obligation.met = true;
      }
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
    auto first = first_.find(task.path_hash);
    if (first == first_.end()) return access;
    kind = first->second.kind;
    access.site = first->second.site;
    if (const Site group = GroupOf(access.site); group != Sites::kUnknown) object = object_[group];
  }
  access.reads = Reads(kind);
  access.writes = Writes(kind);
  access.source = now_.SourceOf(object);
  return access;
}

bool Rff::HeldBack(const Access& access) const {
  for (const auto& [pair, positive, met] : schedule_) {
    if (met) continue;
    if (access.reads && access.site == pair.read) {
      if ((access.source == pair.write) != positive) return true;
      continue;
    }
    if (!access.writes || GroupOf(access.site) != GroupOf(pair.read)) continue;
    // It would take away what must be read, or bring what must not.
    if (positive ? access.source == pair.write
                 : access.site == pair.write && access.source != pair.write)
      return true;
  }
  return false;
}

uint32_t Rff::PriorityOf(const ReadySet::Slot& candidate) {
  const uint32_t task = candidate.task->id;
  if (task == Step::kTimerTask) return prng().Next32();
  if (task >= pending_.size()) pending_.resize(task + 1);
  Pending& pending = pending_[task];
  if (pending.seen + 1 != choices_ || MayConflict(ran_, pending.footprint)) {
    pending.priority = prng().Next32();
  }
  pending.footprint = Footprint(candidate.pending);
  pending.seen = choices_;
  return pending.priority;
}

uint32_t Rff::PickUniformly(const ChoicePoint& point) {
  const auto weight = [&](uint32_t slot) {
    const uint32_t task = point.ready->at(slot).task->id;
    return task == Step::kTimerTask ? TaskCounts::kEvent : std::max(left_.of(task), TaskCounts::kEvent);
  };
  by_slot_.assign(point.options, 0);
  uint64_t total = 0;
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    if (HeldBack(AccessOf(point, *point.ready->at(slot).task))) continue;
    total += by_slot_[slot] = weight(slot);
  }
  if (total == 0) {
    for (uint32_t slot = 0; slot < point.options; ++slot) total += by_slot_[slot] = weight(slot);
  }
  return OptionOf(point, SlotAt(DrawBelow(prng(), total), by_slot_));
}

uint32_t Rff::Pick(const ChoicePoint& point) {
  if (rest_ == Rest::kUniform) left_.Follow(*point.execution, counts_, [](uint32_t, uint32_t, uint32_t) {});
  Follow(*point.execution);
  ++choices_;
  if (rest_ == Rest::kUniform) return PickUniformly(point);
  uint32_t top = 0;
  uint64_t highest = 0;
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    const ReadySet::Slot& candidate = point.ready->at(slot);
    uint64_t bid = uint64_t{PriorityOf(candidate)} + 1;
    if (!HeldBack(AccessOf(point, *candidate.task))) bid += uint64_t{1} << 33;
    if (bid > highest) {
      highest = bid;
      top = slot;
    }
  }
  ran_ = Footprint(point.ready->at(top).pending);
  return OptionOf(point, top);
}

// --- after an execution ----------------------------------------------------------------------

bool Rff::NotePair(Pair pair) {
  auto [at, is_new] = pair_read_.try_emplace(Mix(pair.read, pair.write), false);
  if (is_new) pairs_.push_back(pair);
  return !std::exchange(at->second, true);
}

void Rff::NoteGroup(Site site, Site other) {
  while (groups_noted_[site] != site) site = groups_noted_[site];
  while (groups_noted_[other] != other) other = groups_noted_[other];
  groups_noted_[std::max(site, other)] = std::min(site, other);
}

// The sites that touched one object, in all pairs.
void Rff::NotePossiblePairs() {
  std::sort(touches_.begin(), touches_.end());
  touches_.erase(std::unique(touches_.begin(), touches_.end()), touches_.end());
  for (auto begin = touches_.begin(), end = begin; begin != touches_.end(); begin = end) {
    end = std::find_if(begin, touches_.end(),
                       [&](const Touch& touch) { return touch.object != begin->object; });
    for (auto read = begin; read != end; ++read) {
      NoteGroup(begin->site, read->site);
      if (!read->reads) continue;
      for (auto write = begin; write != end; ++write) {
        const Pair pair{read->site, write->site};
        if (write->writes && pair_read_.try_emplace(Mix(pair.read, pair.write), false).second)
          pairs_.push_back(pair);
      }
      const Pair initial{read->site, Sites::kInitial};
      if (pair_read_.try_emplace(Mix(initial.read, initial.write), false).second)
        pairs_.push_back(initial);
    }
  }
}

void Rff::Learn(const Execution& execution) {
  events_.assign(execution.trace.births.size(), 0);
  for (const Step& step : execution.trace.steps) {
    if (step.task < events_.size()) ++events_[step.task];
  }
  counts_.Note(execution, events_);
  ++executions_;
  const size_t sites_before = sites_.size();
  bool is_new = false;
  learned_.Restart();
  touches_.clear();
  read_.clear();
  std::vector<bool> begun(execution.trace.births.size());
  for (const Step& step : execution.trace.steps) {
    const bool first = step.task < begun.size() && !begun[step.task];
    if (first && step.kind != OpKind::kStart) begun[step.task] = true;
    if (step.object == 0) continue;
    const Site site = sites_.Of(step.place, step.object_kind);
    const Site from = learned_.Follow(step, site);
    const bool reads = Reads(step.kind);
    const bool writes = Writes(step.kind);
    if (!reads && !writes) continue;
    touches_.push_back({step.object, site, reads, writes});
    if (first)
      first_noted_.try_emplace(execution.trace.births[step.task].path_hash,
                               FirstStep{site, step.kind});
    if (!reads) continue;
    is_new |= NotePair({site, from});
    read_.push_back(Mix(site, from));
  }
  if (is_new || sites_.size() != sites_before) {
    for (Site site = static_cast<Site>(groups_noted_.size()); site <= sites_.size(); ++site)
      groups_noted_.push_back(site);
    NotePossiblePairs();
  }
  std::sort(read_.begin(), read_.end());
  read_.erase(std::unique(read_.begin(), read_.end()), read_.end());
  uint64_t combination = 0;
  for (uint64_t pair : read_) combination = Mix(combination, pair);
  if (++combinations_[combination] != 1 && !is_new) return;
  // What this execution obeyed; if another strategy made it, what it would have: a mutation like any other.
  Prng prng = PrngOf(execution.number);
  entries_noted_.push_back({DrawSchedule(prng), combination});
}

void Rff::EndStage() {
  counts_.EndStage();
  if (pairs_known_ != pairs_.size()) grown_at_ = executions_;
  if (obliges_ == Obliges::kWhileNew) stale_ = executions_ - grown_at_;
  pairs_known_ = pairs_.size();
  first_ = first_noted_;
  groups_ = groups_noted_;
  for (Site& group : groups_) group = groups_[group];  // that of an older site is settled
  corpus_.insert(corpus_.end(), entries_noted_.begin(), entries_noted_.end());
  entries_noted_.clear();
  if (corpus_.size() > kMostEntries) corpus_.erase(corpus_.begin(), corpus_.end() - kMostEntries);
  weights_.clear();
  weight_ = 0;
  for (const Entry& entry : corpus_) {
    weights_.push_back(std::max(1u, 256 / combinations_[entry.combination]));
    weight_ += weights_.back();
  }
}

}  // namespace fate::sim
