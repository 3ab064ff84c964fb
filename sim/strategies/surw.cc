#include "fate/sim/strategies/surw.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace fate::sim {

namespace {

constexpr uint64_t KeyOf(uint32_t priority, uint32_t slot) { return uint64_t{priority} << 32 | slot; }

}  // namespace

void Surw::DrawObject() {
  object_ = kNobody;
  uint64_t total = 0;
  for (uint32_t touches : interests_.touches()) total += touches;
  if (total == 0) return;
  uint64_t left = DrawBelow(prng(), total);
  object_ = 0;
  while (left >= interests_.touches()[object_]) left -= interests_.touches()[object_++];
}

void Surw::Begin() {
  DrawObject();
  weights_.Begin();
  pending_.clear();
  slot_of_.clear();
  std::fill(std::begin(cache_), std::end(cache_), Cached());
  intended_ = kNobody;
  holding_ = false;
}

bool Surw::OnObject(uint64_t path, const Place& place) {
  uint64_t key = (path ^ Interests::KeyOf(place)) * 0x9e3779b97f4a7c15u;
  Cached& cached = cache_[key >> 58];
  if (cached.key != key) {
    cached.key = key;
    cached.event = interests_.Of(path, place) >> object_ & 1;
  }
  return cached.event;
}

bool Surw::StandsAtObject(const TaskRecord& task) {
  if (object_ == kNobody || task.id == Step::kTimerTask) return false;
  if (task.pending == nullptr) return interests_.OfFirst(task.path_hash) >> object_ & 1;
  return IsEvent(task.pending->kind()) && OnObject(task.path_hash, task.frame()->place);
}

Surw::Pending Surw::Stand(const ReadySet::Slot& candidate, uint32_t slot) {
  uint32_t priority = prng().Next32() | 1;
  return {KeyOf(priority, slot), priority, candidate.task->id, StandsAtObject(*candidate.task)};
}

void Surw::ReleaseAll() {
  intended_ = kNobody;
  if (!std::exchange(holding_, false)) return;
  for (uint32_t slot = 0; slot < pending_.size(); ++slot) {
    pending_[slot].key = KeyOf(pending_[slot].priority, slot);
  }
}

void Surw::MadeEvent(uint32_t task) {
  weights_.MadeEvent(task);
  ReleaseAll();
}

void Surw::Rebuild(const ChoicePoint& point) {
  const Trace& trace = point.execution->trace;
  if (object_ != kNobody && weights_.Behind(*point.execution)) {
    weights_.Follow(*point.execution, counts_[object_], [this](uint32_t parent, uint32_t child, uint32_t before) {
      if (intended_ == parent && DrawBelow(prng(), before + 1) < weights_.of(child)) intended_ = child;
    });
  }
  std::swap(pending_, before_);
  for (uint32_t slot = 0; slot < before_.size(); ++slot) {
    if (before_[slot].task != Step::kTimerTask) slot_of_[before_[slot].task] = slot;
  }
  bool made_event = false;
  for (size_t i = unseen_step(); i < trace.steps.size(); ++i) {
    const Step& step = trace.steps[i];
    if (step.task < slot_of_.size()) slot_of_[step.task] = ReadySet::kNone;
    if (object_ == kNobody || step.task >= trace.births.size() || !IsEvent(step.kind)) continue;
    if (!OnObject(trace.births[step.task].path_hash, step.place)) continue;
    weights_.MadeEvent(step.task);
    made_event = true;
  }
  pending_.clear();
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    const ReadySet::Slot& candidate = point.ready->at(slot);
    uint32_t task = candidate.task->id;
    Pending now = Stand(candidate, slot);
    if (task != Step::kTimerTask) {
      if (task >= slot_of_.size()) slot_of_.resize(task + 1, ReadySet::kNone);
      uint32_t was = slot_of_[task];
      if (was < before_.size() && before_[was].task == task) {
        now = before_[was];
        if (now.key != 0) now.key = KeyOf(now.priority, slot);
      }
    }
    pending_.push_back(now);
  }
  if (made_event) ReleaseAll();
}

uint32_t Surw::DrawIntended() {
  by_slot_.resize(pending_.size());
  uint64_t total = 0;
  for (size_t slot = 0; slot < pending_.size(); ++slot) {
    const Pending& pending = pending_[slot];
    total += by_slot_[slot] = std::max(weights_.of(pending.task), pending.event ? TaskCounts::kEvent : 0);
  }
  return pending_[SlotAt(DrawBelow(prng(), total), by_slot_)].task;
}

uint32_t Surw::Pick(const ChoicePoint& point) {
  if (CandidatesChanged(point)) [[unlikely]] {
    Rebuild(point);
  } else {
    Pending& ran = pending_[ran_slot_];
    if (ran.event) MadeEvent(ran.task);
    ran = Stand(point.ready->at(ran_slot_), ran_slot_);
  }
  for (;;) {
    uint64_t highest = 0;
    for (const Pending& pending : pending_) highest = std::max(highest, pending.key);
    if (highest != 0 && pending_[static_cast<uint32_t>(highest)].event) highest = HoldBack();
    if (highest != 0) {
      ran_slot_ = static_cast<uint32_t>(highest);
      return OptionOf(point, ran_slot_);
    }
    ReleaseAll();
  }
}

uint64_t Surw::HoldBack() {
  if (intended_ == kNobody) intended_ = DrawIntended();
  uint64_t highest = 0;
  for (Pending& pending : pending_) {
    if (pending.event && pending.task != intended_) pending.key = 0;
    highest = std::max(highest, pending.key);
  }
  holding_ = true;
  return highest;
}

void Surw::CountEvents(const Execution& execution) {
  const Trace& trace = execution.trace;
  size_t objects = noted_.touches().size();
  noted_counts_.resize(objects);
  events_.resize(objects);
  for (size_t i = 0; i < objects; ++i) {
    noted_counts_[i].Clear();
    events_[i].assign(trace.births.size(), 0);
  }
  for (const Step& step : trace.steps) {
    if (step.task >= trace.births.size() || !IsEvent(step.kind)) continue;
    uint64_t bits = noted_.Of(trace.births[step.task].path_hash, step.place);
    for (; bits != 0; bits &= bits - 1) ++events_[static_cast<size_t>(std::countr_zero(bits))][step.task];
  }
  for (size_t i = 0; i < objects; ++i) {
    noted_counts_[i].Note(execution, events_[i]);
    noted_counts_[i].EndStage();
  }
}

void Surw::Learn(const Execution& execution) {
  // One that passed is complete; one that failed is better than nothing.
  if (noted_passed_ && !(execution.outcome.passed() && StageOf(execution.number) != StageOf(execution.number + 1))) {
    return;
  }
  if (noted_any_ && !execution.outcome.passed()) return;
  noted_any_ = noted_new_ = true;
  noted_passed_ = execution.outcome.passed();
  noted_.LearnFrom(execution);
  CountEvents(execution);
}

void Surw::EndStage() {
  if (!std::exchange(noted_new_, false)) return;
  std::swap(interests_, noted_);
  std::swap(counts_, noted_counts_);
}

}  // namespace fate::sim
