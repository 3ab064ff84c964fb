#include "fate/sim/race/step_order.h"

#include <algorithm>
#include <bit>
#include <map>

namespace fate::sim {

std::vector<StepOrder::Name> NamesOfSteps(const Trace& trace) {
  std::vector<uint64_t> made(trace.births.size());  // operations, by task
  std::map<uint64_t, uint64_t> made_by_timers;      // by path
  std::vector<StepOrder::Name> names;
  names.reserve(trace.steps.size());
  for (const Step& step : trace.steps) {
    const uint64_t path = trace.PathOf(step.task, step.outcome);
    uint64_t& so_far = step.task < made.size() ? made[step.task] : made_by_timers[path];
    names.push_back({path, step.kind == OpKind::kStart ? 0 : ++so_far});
  }
  return names;
}

namespace {

// Whether one task takes part in both.
bool ShareATask(const StepOrder::Event& a, const StepOrder::Event& b) {
  const auto in_b = [&b](uint32_t task) { return task != Step::kTimerTask && (task == b.task || task == b.partner); };
  return a.name.task == b.name.task || in_b(a.task) || in_b(a.partner);
}

}  // namespace

StepOrder::StepOrder(const Execution& execution, Footprints& footprints) : footprints_(footprints) {
  const std::vector<Name> names = NamesOfSteps(execution.trace);
  AddSteps(execution.trace, names);
  AddPending(execution.trace, names);
  // What is not looked at is let go, so that a row has few bits.
  if (events_.size() > kWindow) events_.erase(events_.begin(), events_.end() - kWindow);
  Order(execution);
}

void StepOrder::AddSteps(const Trace& trace, const std::vector<Name>& names) {
  events_.reserve(trace.steps.size() + trace.pending.size());
  size_t access = 0;
  for (uint64_t i = 0; i < trace.steps.size(); ++i) {
    const Step& step = trace.steps[i];
    const size_t first = access;
    while (access < trace.accesses.size() && trace.accesses[access].step == i) ++access;
    const Access* inside = trace.accesses.data() + first;
    if (step.joined && !events_.empty()) {
      events_.back().partner = step.task;
      events_.back().footprint = footprints_.Join(trace, events_.back().footprint, step, inside, access - first);
      continue;
    }
    const StepFootprint footprint = footprints_.Of(trace, step, inside, access - first);
    events_.push_back({names[i], step.task, Step::kTimerTask, i, false, footprint});
  }
}

void StepOrder::AddPending(const Trace& trace, const std::vector<Name>& names) {
  std::vector<uint64_t> made(trace.births.size());
  for (size_t i = 0; i < names.size(); ++i) {
    if (trace.steps[i].task < made.size()) made[trace.steps[i].task] = names[i].ordinal;
  }
  for (size_t i = 0; i < trace.pending.size(); ++i) {
    const Pending& pending = trace.pending[i];
    if (pending.kind == OpKind::kStart) continue;
    const uint64_t path = trace.births[pending.task].path_hash;
    const StepFootprint footprint = footprints_.OfOperation(trace, pending.kind, pending.object, pending.object_kind);
    events_.push_back({{path, made[pending.task] + 1}, pending.task, Step::kTimerTask, i, true, footprint});
  }
}

void StepOrder::Join(size_t of, size_t earlier) {
  uint64_t* row = &before_[of * words_];
  const uint64_t* added = &before_[earlier * words_];
  for (size_t i = 0; i <= earlier / 64; ++i) row[i] |= added[i];
  row[earlier / 64] |= uint64_t{1} << earlier % 64;
}

size_t StepOrder::LastUnordered(size_t of, size_t end) const {
  const uint64_t* row = &before_[of * words_];
  while (end > 0) {
    const size_t i = (end - 1) / 64;
    const size_t last = (end - 1) % 64;
    const uint64_t left = ~row[i] << (63 - last);  // those below `end`, at the top
    if (left != 0) return end - 1 - static_cast<size_t>(std::countl_zero(left));
    end = i * 64;
  }
  return kNone;
}

void StepOrder::Order(const Execution& execution) {
  const Trace& trace = execution.trace;
  const size_t count = events_.size();
  words_ = (count + 63) / 64;
  before_.assign(count * words_, 0);
  previous_.assign(count, kNone);
  size_t barrier = 0;  // events before it are before the clock's last move
  size_t move = 0;
  for (size_t later = 0; later < count; ++later) {
    const Event& event = events_[later];
    for (; move < trace.clock_moves.size() && (event.pends || trace.clock_moves[move].step <= event.step); ++move) {
      if (!event.pends) barrier = later;
    }
    uint64_t birth = Birth::kBeforeSteps;
    uint32_t joined = Step::kTimerTask;
    if (event.task < trace.births.size()) birth = trace.births[event.task].step;
    if (!event.pends) {
      const Step& step = trace.steps[event.step];
      const bool joins = static_cast<ObjectKind>(step.object_kind) == ObjectKind::kTask;
      if (joins && step.kind == OpKind::kJoin && !step.threw) joined = step.object;
    }
    for (size_t i = LastUnordered(later, later); i != kNone; i = LastUnordered(later, i)) {
      const Event& earlier = events_[i];
      const bool same_task = ShareATask(earlier, event);
      if (same_task && previous_[later] == kNone) previous_[later] = i;
      if (same_task || i < barrier || (!earlier.pends && earlier.step == birth) || earlier.task == joined) {
        Join(later, i);
      } else if (Conflict(i, later)) {
        if (!earlier.pends) direct_.push_back({i, later});
        Join(later, i);
      }
    }
  }
}

std::vector<StepOrder::Pair> StepOrder::Rivals() const {
  std::vector<Pair> rivals(direct_.rbegin(), direct_.rend());
  std::vector<std::pair<size_t, size_t>> known;
  for (const Pair& pair : direct_) known.push_back({pair.earlier, pair.later});
  std::ranges::sort(known);
  for (size_t later = events_.size(); later-- > 0;) {
    if (!Takes(events_[later].footprint.kind)) continue;
    const size_t previous = previous_[later];
    for (size_t i = later; i-- > 0;) {
      if (events_[i].pends || ShareATask(events_[i], events_[later]) || !Conflict(i, later)) continue;
      if (previous != kNone && (i == previous || (i < previous && Before(i, previous)))) continue;
      if (!std::ranges::binary_search(known, std::pair(i, later))) rivals.push_back({i, later});
    }
  }
  return rivals;
}

std::vector<StepOrder::Pair> ReversedPairs(const StepOrder& order, const StepOrder& other) {
  std::map<StepOrder::Name, size_t> places;
  for (size_t i = 0; i < other.events().size(); ++i) {
    if (!other.events()[i].pends) places[other.events()[i].name] = i;
  }
  const std::vector<StepOrder::Event>& events = order.events();
  std::vector<StepOrder::Pair> reversed;
  for (size_t later = 0; later < events.size(); ++later) {
    for (size_t i = 0; i < later; ++i) {
      if (events[i].pends || ShareATask(events[i], events[later]) || !order.Conflict(i, later)) continue;
      const auto a = places.find(events[i].name);
      const auto b = places.find(events[later].name);
      if (a != places.end() && b != places.end() && b->second < a->second) reversed.push_back({i, later});
    }
  }
  // So many are far away: which of them others imply is not worth its square.
  constexpr size_t kMany = 256;
  if (reversed.size() > kMany) return reversed;
  // One that follows from another and the order of the execution says nothing new.
  const auto comes_to = [&order](size_t a, size_t b) { return a == b || (a < b && order.Before(a, b)); };
  std::vector<StepOrder::Pair> own;
  for (const StepOrder::Pair& pair : reversed) {
    const bool implied = std::any_of(reversed.begin(), reversed.end(), [&](const StepOrder::Pair& inner) {
      const bool same = inner.earlier == pair.earlier && inner.later == pair.later;
      return !same && comes_to(pair.earlier, inner.earlier) && comes_to(inner.later, pair.later);
    });
    if (!implied) own.push_back(pair);
  }
  return own;
}

}  // namespace fate::sim
