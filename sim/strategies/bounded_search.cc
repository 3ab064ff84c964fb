#include "fate/sim/strategies/bounded_search.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/step_order.h"

namespace fate::sim {

// --- during an execution ---------------------------------------------------------------------

uint32_t BoundedSearch::Choose(const ChoicePoint& point) {
  const bool of_tasks = point.kind == ChoiceKind::kTask;
  const Price price = of_tasks ? PriceOf(point) : Price::kFree;
  if (depth_ == path_.size()) path_.push_back({0, point.options, static_cast<uint32_t>(price), 0});
  if (order_ == Order::kRacesFirst) step_of_.push_back(point.execution->trace.steps.size());
  const Turn& turn = path_[depth_];
  if (turn.options != point.options || turn.price != static_cast<uint32_t>(price)) return kStop;
  ++depth_;
  return of_tasks ? OptionAt(point, turn.rank) : turn.rank;
}

// --- between executions ----------------------------------------------------------------------

bool BoundedSearch::EndExecution(const Execution& execution) {
  path_.resize(depth_);
  // One that is made again has left it.
  if (!runs_again()) Keep(execution);
  if (NextBelow()) return true;
  if (alone_) return false;
  do {
    if (NextBranch()) return true;
  } while (NextBound());
  return false;
}

uint32_t BoundedSearch::CostOf(const Turn& turn, uint32_t rank) {
  switch (static_cast<Price>(turn.price)) {
    case Price::kFree:
      return 0;
    case Price::kLast:
      return rank + 1 == turn.options ? 1 : 0;
    case Price::kOne:
      return rank > 0 ? 1 : 0;
    case Price::kRank:
      break;
  }
  return rank;
}

uint32_t BoundedSearch::NextRank(const Turn& turn, uint32_t least, uint32_t most, uint32_t tried) {
  if (least > CostOf(turn, turn.options - 1)) return 0;
  uint32_t next = tried + 1;
  if (static_cast<Price>(turn.price) == Price::kRank) {
    next = std::max(next, least);
    if (next > most) return 0;
  }
  if (static_cast<Price>(turn.price) == Price::kLast) next = std::max<uint32_t>(next, turn.options - 1);
  return next < turn.options ? next : 0;
}

void BoundedSearch::Judge(const Execution& execution) {
  if (execution.trace.steps.size() > StepOrder::kWindow) return;
  const StepOrder order(execution, footprints_);
  const std::vector<StepOrder::Event>& events = order.events();
  std::vector<bool> races(execution.trace.steps.size());
  for (size_t i = 0; i < events.size(); ++i) {
    for (size_t later = i + 1; later < events.size() && !events[i].pends && !races[events[i].step]; ++later) {
      races[events[i].step] = events[i].task != events[later].task && order.Conflict(i, later);
    }
  }
  for (size_t i = planned_; i < path_.size(); ++i) {
    path_[i].dull = step_of_[i] < races.size() && !races[step_of_[i]];
  }
}

// The choices that are new took what is free; what they did not take is left for later bounds.
void BoundedSearch::Keep(const Execution& execution) {
  made_.reach = 0;
  size_t end = 0;
  for (size_t i = planned_; i < path_.size(); ++i) {
    const uint32_t most = CostOf(path_[i], path_[i].options - 1);
    made_.reach = std::max(made_.reach, most);
    if (most > 0) end = i + 1;
  }
  if (made_.reach == 0) return;
  const bool kept = runs_.whole() == KeptRuns::kAllWhole;
  if (kept && order_ == Order::kRacesFirst) Judge(execution);
  made_.path.assign(path_.begin(), path_.begin() + static_cast<std::ptrdiff_t>(kept ? end : 0));
  made_.from = kept ? planned_ : 0;
  made_.cost = bound_;
  leaves_ = alone_;
  if (!alone_) BringBack(made_);
}

// The deepest choice with an option left that the bound allows is the next to change.
bool BoundedSearch::NextBelow() {
  for (size_t i = path_.size(); i-- > floor_;) {
    Turn& turn = path_[i];
    cost_ -= CostOf(turn, turn.rank);
    if (turn.rank + 1 == turn.options || cost_ + CostOf(turn, turn.rank + 1) > bound_) continue;
    cost_ += CostOf(turn, ++turn.rank);
    path_.resize(i + 1);
    return true;
  }
  return false;
}

bool BoundedSearch::NextRun() {
  in_run_ = runs_.Next(reader_, bound_);
  at_ = reader_.run().from;
  tried_ = 0;
  return in_run_;
}

bool BoundedSearch::NextBranch() {
  if (std::exchange(from_root_, false)) {
    path_.clear();
    floor_ = cost_ = 0;
    return true;
  }
  // What costs less than that is a run of its own.
  const uint32_t least = std::min(runs_.whole(), bound_);
  for (;;) {
    for (; in_run_ || NextRun(); in_run_ = false) {
      const Run& run = reader_.run();
      for (; at_ < run.path.size(); ++at_, tried_ = 0) {
        const Turn& turn = run.path[at_];
        if (turn.dull != (dull_ ? 1 : 0)) continue;
        tried_ = NextRank(turn, least - run.cost, bound_ - run.cost, tried_);
        if (tried_ == 0) continue;
        floor_ = at_ + 1;
        path_.assign(run.path.begin(), run.path.begin() + static_cast<std::ptrdiff_t>(floor_));
        path_.back().rank = tried_;
        cost_ = run.cost + CostOf(turn, tried_);
        return true;
      }
    }
    if (dull_ || order_ == Order::kInTurn) return false;
    dull_ = true;
    reader_ = {};
  }
}

bool BoundedSearch::NextBound() {
  // What costs more has, at the same choice, an option that costs one less: a bound without a
  // schedule is the end.
  if (dearest_ <= bound_) return false;
  ++bound_;
  runs_.ForgetBelow(std::min(runs_.whole(), bound_));
  from_root_ = runs_.whole() == 0;
  dull_ = in_run_ = false;
  reader_ = {};
  return true;
}

// --- in several processes --------------------------------------------------------------------

std::optional<BoundedSearch::Part> BoundedSearch::NextPart() {
  if (!NextBranch()) return std::nullopt;
  return Rest();
}

void BoundedSearch::BringBack(const Run& run) {
  dearest_ = std::max(dearest_, run.cost + run.reach);
  runs_.Add(run);
}

uint32_t BoundedSearch::CostOf(const std::vector<Turn>& path, size_t end) {
  uint32_t cost = 0;
  for (size_t i = 0; i < end; ++i) cost += CostOf(path[i], path[i].rank);
  return cost;
}

void BoundedSearch::Descend(const Part& part) {
  alone_ = true;
  path_ = part.path;
  floor_ = part.floor;
  cost_ = CostOf(path_, path_.size());
}

std::optional<BoundedSearch::Run> BoundedSearch::Leave() {
  if (!std::exchange(leaves_, false)) return std::nullopt;
  return made_;
}

std::vector<BoundedSearch::Part> BoundedSearch::Cut(const Part& part, uint32_t bound) {
  constexpr size_t kApart = 8;
  std::vector<Part> apart;  // those that branch off soonest, which are the last ones
  size_t floor = part.floor;
  uint32_t cost = CostOf(part.path, floor);
  for (; floor < part.path.size() && apart.size() < kApart; ++floor) {
    const Turn& turn = part.path[floor];
    const bool branches = turn.rank + 1 < turn.options && cost + CostOf(turn, turn.rank + 1) <= bound;
    cost += CostOf(turn, turn.rank);
    if (!branches) continue;
    const auto begin = part.path.begin();
    apart.push_back({{begin, begin + static_cast<std::ptrdiff_t>(floor) + 1}, floor});
    ++apart.back().path.back().rank;
  }
  apart.push_back({part.path, floor});
  std::reverse(apart.begin(), apart.end());
  return apart;
}

std::string BoundedSearch::StopReason() const {
  return absl::StrCat(
      "your program is not deterministic: the same choices led to another set of options at "
      "choice ",
      depth_, "; look for state that outlives an execution, real clocks, addresses and real randomness");
}

}  // namespace fate::sim
