#include "fate/sim/strategies/new_traces.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "fate/base/mix.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

size_t NewTraces::Traces::FirstFrom(size_t from) const {
  for (size_t i = from / 64; i < words_.size(); ++i, from = 0) {
    const uint64_t left = words_[i] >> from % 64 << from % 64;
    if (left != 0) return i * 64 + static_cast<size_t>(std::countr_zero(left));
  }
  return kTraces;
}

NewTraces::Traces NewTraces::Traces::Without(const Traces& others) const {
  Traces left;
  for (size_t i = 0; i < words_.size(); ++i) left.words_[i] = words_[i] & ~others.words_[i];
  return left;
}

// --- during an execution ---------------------------------------------------------------------

void NewTraces::BeginExecution(uint64_t number) {
  prng_ = Prng(Mix(seed_, number));
  steers_ = !seen_.empty() && prng_.Below(1 + in_vain_) == 0;
  if (!steers_) return;
  numbers_.Restart();
  possible_ = all_;
  let_be_ = Traces();
  followed_ = accesses_ = 0;
  made_.assign(paths_.size() + 1, 0);
  turning_ = false;
}

void NewTraces::Follow(const Execution& execution) {
  const Trace& trace = execution.trace;
  while (steers_ && followed_ < trace.steps.size()) {
    StepFootprint footprint;
    const uint32_t task = trace.steps[followed_].task;
    const uint64_t path = trace.PathOf(task, trace.steps[followed_].outcome);
    bool first = true;
    do {
      const Step& step = trace.steps[followed_];
      const size_t begin = accesses_;
      while (accesses_ < trace.accesses.size() && trace.accesses[accesses_].step == followed_) ++accesses_;
      const Access* inside = trace.accesses.data() + begin;
      uint32_t& made = made_[paths_.Find(trace.PathOf(step.task, step.outcome))];
      made = std::max(made, 1u) + (step.kind != OpKind::kStart);
      if (std::exchange(first, false)) {
        footprint = footprints_.Of(trace, step, inside, accesses_ - begin);
      } else {
        footprint = footprints_.Join(trace, footprint, step, inside, accesses_ - begin);
      }
    } while (++followed_ < trace.steps.size() && trace.steps[followed_].joined);
    if (!IsEvent(footprint)) continue;
    const auto known = traces_of_.find(numbers_.Next(task, path, footprint, footprints_));
    if (known == traces_of_.end()) {
      steers_ = false;
    } else {
      possible_.KeepOnly(known->second);
      steers_ = !possible_.empty();
    }
  }
}

bool NewTraces::DrawRace() {
  if (turning_ && possible_.Has(trace_) && Open(race_)) return true;
  const size_t from = prng_.Below(static_cast<uint32_t>(seen_.size()));
  for (;;) {
    const Traces left = possible_.Without(let_be_);
    trace_ = left.FirstFrom(from);
    if (trace_ == kTraces) trace_ = left.FirstFrom(0);
    turning_ = trace_ != kTraces && DrawRaceOf(seen_[trace_]);
    if (turning_ || trace_ == kTraces) return turning_;
    let_be_.Add(trace_);
  }
}

bool NewTraces::DrawRaceOf(Seen& seen) {
  if (std::exchange(seen.looked_at, seen_.size()) != seen_.size()) {
    std::erase_if(seen.races, [this](const Race& race) { return traces_of_.contains(race.turned); });
  }
  uint32_t open = 0;
  const Race* drawn = nullptr;
  for (const Race& race : seen.races) {
    if (Open(race) && prng_.Below(++open) == 0) drawn = &race;
  }
  if (drawn != nullptr) race_ = *drawn;
  return drawn != nullptr;
}

bool NewTraces::HeldBack(const TaskRecord& task) const {
  if (task.id == Step::kTimerTask || paths_.Find(task.path_hash) != race_.earlier.path) return false;
  return std::max(made_[race_.earlier.path], 1u) >= race_.earlier.ordinal;
}

uint32_t NewTraces::Choose(const ChoicePoint& point, Numbered& sampler) {
  const uint32_t option = sampler.Choose(point);
  const uint32_t steered = Steer(point, option);
  if (steered != option) sampler.Overruled();
  return steered;
}

uint32_t NewTraces::Steer(const ChoicePoint& point, uint32_t option) {
  if (!steers_ || point.kind != ChoiceKind::kTask) return option;
  Follow(*point.execution);
  while (steers_ && DrawRace()) {
    if (!HeldBack(point.task(option))) return option;
    uint32_t count = 0;
    for (uint32_t other = 0; other < point.options; ++other) {
      if (!HeldBack(point.task(other)) && prng_.Below(++count) == 0) option = other;
    }
    if (count > 0) return option;
    let_be_.Add(trace_);
    turning_ = false;
  }
  return option;
}

// --- after an execution ----------------------------------------------------------------------

NewTraces::Name NewTraces::NameOf(const StepOrder::Name& name) {
  return {paths_.Of(name.task), static_cast<uint32_t>(name.ordinal)};
}

void NewTraces::Note(const Execution& execution, bool sampled) {
  if (seen_.size() + noted_.size() >= kTraces || execution.trace.steps.size() > kSteps) return;
  const StepOrder order(execution, footprints_);
  const std::vector<StepOrder::Event>& events = order.events();
  const auto counts = [&](size_t i) { return !events[i].pends && IsEvent(events[i].footprint); };
  const auto add = [&](EventNumbers& numbers, size_t i) {
    return numbers.Next(events[i].task, events[i].name.task, events[i].footprint, footprints_);
  };
  Seen& seen = noted_.emplace_back();
  seen.sampled = sampled;
  EventNumbers all;
  for (size_t i = 0; i < events.size(); ++i) {
    if (counts(i)) seen.events.push_back(add(all, i));
  }
  std::vector<StepOrder::Pair> pairs = order.Rivals();
  std::ranges::sort(pairs, {}, [](const StepOrder::Pair& pair) { return std::pair(pair.earlier, pair.later); });
  EventNumbers before;  // of what comes before the earlier one
  EventNumbers turned;  // and of what does not come after it
  size_t begin = 0;
  for (const auto& [earlier, later] : pairs) {
    if (seen.races.size() == kRaces) break;
    if (events[earlier].pends || events[later].pends) continue;  // not known of what others made
    for (; begin < earlier; ++begin) {
      if (counts(begin)) add(before, begin);
    }
    turned = before;
    for (size_t i = earlier + 1; i < later; ++i) {
      if (counts(i) && !order.Before(earlier, i)) add(turned, i);
    }
    seen.races.push_back({NameOf(events[earlier].name), NameOf(events[later].name), add(turned, later)});
  }
}

void NewTraces::EndRound() {
  if (noted_.empty()) return;
  for (Seen& noted : noted_) {
    Traces same = all_;
    for (const uint64_t event : noted.events) {
      const auto known = traces_of_.find(event);
      same.KeepOnly(known == traces_of_.end() ? Traces() : known->second);
    }
    if (noted.events.empty() || !same.empty()) {
      in_vain_ += noted.sampled;
      continue;
    }
    in_vain_ = 0;
    all_.Add(seen_.size());
    for (const uint64_t event : noted.events) traces_of_[event].Add(seen_.size());
    noted.events.clear();
    seen_.push_back(std::move(noted));
  }
  noted_.clear();
}

}  // namespace fate::sim
