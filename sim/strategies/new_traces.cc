#include "fate/sim/strategies/new_traces.h"

#include <algorithm>
#include <utility>

#include "fate/base/mix.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

// --- during an execution ---------------------------------------------------------------------

void NewTraces::BeginExecution(uint64_t number) {
  prng_ = Prng(Mix(seed_, number));
  numbers_.Restart();
  steers_ = !seen_.empty() && prng_.Below(1 + in_vain_) == 0;
  possible_.reset();
  for (size_t i = 0; i < seen_.size(); ++i) possible_.set(i);
  let_be_.reset();
  followed_ = accesses_ = 0;
  made_.clear();
  turning_ = false;
}

void NewTraces::Follow(const Execution& execution) {
  const Trace& trace = execution.trace;
  while (steers_ && followed_ < trace.steps.size()) {
    StepFootprint footprint;
    uint64_t path = 0;
    bool first = true;
    do {
      const Step& step = trace.steps[followed_];
      const size_t begin = accesses_;
      while (accesses_ < trace.accesses.size() && trace.accesses[accesses_].step == followed_) ++accesses_;
      const Access* inside = trace.accesses.data() + begin;
      const uint64_t task = trace.PathOf(step.task, step.outcome);
      made_[task] += step.kind != OpKind::kStart;
      if (std::exchange(first, false)) {
        path = task;
        footprint = footprints_.Of(trace, step, inside, accesses_ - begin);
      } else {
        footprint = footprints_.Join(trace, footprint, step, inside, accesses_ - begin);
      }
    } while (++followed_ < trace.steps.size() && trace.steps[followed_].joined);
    if (!IsEvent(footprint)) continue;
    const auto known = traces_of_.find(numbers_.Next(path, footprint, footprints_));
    if (known == traces_of_.end()) {
      steers_ = false;
    } else {
      possible_ &= known->second;
      steers_ = possible_.any();
    }
  }
}

bool NewTraces::Made(const Name& name) const {
  const auto made = made_.find(name.task);
  return made != made_.end() && made->second >= name.ordinal;
}

bool NewTraces::DrawRace() {
  if (turning_ && possible_.test(trace_) && Open(race_)) return true;
  turning_ = false;
  const size_t from = seen_.empty() ? 0 : prng_.Below(static_cast<uint32_t>(seen_.size()));
  for (size_t n = 0; n < seen_.size() && !turning_; ++n) {
    trace_ = (from + n) % seen_.size();
    if (!possible_.test(trace_) || let_be_.test(trace_)) continue;
    turning_ = DrawRaceOf(seen_[trace_]);
    if (!turning_) let_be_.set(trace_);
  }
  return turning_;
}

bool NewTraces::DrawRaceOf(const Seen& seen) {
  uint32_t open = 0;
  for (const Race& race : seen.races) {
    if (Open(race) && prng_.Below(++open) == 0) race_ = race;
  }
  return open > 0;
}

bool NewTraces::HeldBack(const TaskRecord& task) const {
  if (task.path_hash != race_.earlier.task || task.id == Step::kTimerTask) return false;
  const auto made = made_.find(task.path_hash);
  return (made == made_.end() ? 0 : made->second) + 1 >= race_.earlier.ordinal;
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
    let_be_.set(trace_);
    turning_ = false;
  }
  return option;
}

// --- after an execution ----------------------------------------------------------------------

void NewTraces::Note(const Execution& execution, bool sampled) {
  if (seen_.size() + noted_.size() >= kTraces || execution.trace.steps.size() > kSteps) return;
  const StepOrder order(execution, footprints_);
  const std::vector<StepOrder::Event>& events = order.events();
  EventNumbers numbers;
  Seen& seen = noted_.emplace_back();
  seen.sampled = sampled;
  const auto number = [&](const StepOrder::Event& event) {
    return numbers.Next(event.name.task, event.footprint, footprints_);
  };
  for (const StepOrder::Event& event : events) {
    if (!event.pends && IsEvent(event.footprint)) seen.events.push_back(number(event));
  }
  std::vector<StepOrder::Pair> pairs = order.Rivals();
  std::ranges::sort(pairs, {}, [](const StepOrder::Pair& pair) { return std::pair(pair.earlier, pair.later); });
  for (const StepOrder::Pair& pair : pairs) {
    if (seen.races.size() == kRaces) break;
    if (events[pair.earlier].pends || events[pair.later].pends) continue;  // not known of what others made
    numbers.Restart();
    for (size_t i = 0; i < pair.later; ++i) {
      const bool stays = i != pair.earlier && (i < pair.earlier || !order.Before(pair.earlier, i));
      if (stays && !events[i].pends && IsEvent(events[i].footprint)) number(events[i]);
    }
    seen.races.push_back({events[pair.earlier].name, events[pair.later].name, number(events[pair.later])});
  }
}

void NewTraces::EndRound() {
  if (noted_.empty()) return;
  for (Seen& noted : noted_) {
    Traces same;
    same.set();
    for (const uint64_t event : noted.events) {
      const auto known = traces_of_.find(event);
      same &= known == traces_of_.end() ? Traces() : known->second;
    }
    if (same.any()) {
      in_vain_ += noted.sampled;
      continue;
    }
    in_vain_ = 0;
    for (const uint64_t event : noted.events) traces_of_[event].set(seen_.size());
    noted.events.clear();
    seen_.push_back(std::move(noted));
  }
  noted_.clear();
  for (Seen& seen : seen_) {
    std::erase_if(seen.races, [this](const Race& race) { return traces_of_.contains(race.turned); });
  }
}

}  // namespace fate::sim
