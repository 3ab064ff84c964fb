#include "fate/sim/strategies/bounded_search.h"

#include <algorithm>
#include <iterator>

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
  if (order_ == Order::kRacesFirst) Judge(execution);
  Keep();
  if (NextFree()) return true;
  if (alone_) return false;
  do {
    if (NextBranch()) return true;
  } while (NextBound());
  return false;
}

uint32_t BoundedSearch::MostOf(const Turn& turn) {
  switch (static_cast<Price>(turn.price)) {
    case Price::kFree: return 0;
    case Price::kLast:
    case Price::kOne: return 1;
    case Price::kRank: break;
  }
  return turn.options - 1;
}

uint32_t BoundedSearch::FreeOf(const Turn& turn) {
  switch (static_cast<Price>(turn.price)) {
    case Price::kFree: return turn.options;
    case Price::kLast: return turn.options - 1;
    case Price::kOne:
    case Price::kRank: break;
  }
  return 1;
}

uint32_t BoundedSearch::NextRank(const Turn& turn, uint32_t cost, uint32_t tried) {
  if (cost > MostOf(turn)) return 0;
  if (static_cast<Price>(turn.price) == Price::kRank) return tried == 0 ? cost : 0;
  const uint32_t next = std::max(tried + 1, FreeOf(turn));
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
void BoundedSearch::Keep() {
  uint32_t reach = 0;
  size_t end = 0;
  for (size_t i = planned_; i < path_.size(); ++i) {
    const uint32_t most = MostOf(path_[i]);
    reach = std::max(reach, most);
    if (most > 0) end = i + 1;
  }
  if (reach == 0) return;
  const auto begin = path_.begin();
  runs_.push_back({{begin, begin + static_cast<std::ptrdiff_t>(end)}, planned_, bound_, reach});
}

// The deepest choice with a free option left is the next to change.
bool BoundedSearch::NextFree() {
  for (size_t i = path_.size(); i-- > floor_;) {
    if (path_[i].rank + 1 >= FreeOf(path_[i])) continue;
    path_.resize(i + 1);
    ++path_.back().rank;
    return true;
  }
  return false;
}

bool BoundedSearch::NextBranch() {
  for (; dull_ < 2; ++dull_, run_ = 0) {
    for (; run_ < earlier_; ++run_, at_ = 0) {
      const Run& run = runs_[run_];
      for (at_ = std::max(at_, run.from); at_ < run.path.size(); ++at_, tried_ = 0) {
        if (run.path[at_].dull != dull_) continue;
        tried_ = NextRank(run.path[at_], bound_ - run.cost, tried_);
        if (tried_ == 0) continue;
        floor_ = at_ + 1;
        path_.assign(run.path.begin(), run.path.begin() + static_cast<std::ptrdiff_t>(floor_));
        path_.back().rank = tried_;
        return true;
      }
    }
  }
  return false;
}

bool BoundedSearch::NextBound() {
  std::erase_if(runs_, [next = bound_ + 1](const Run& run) { return run.cost + run.reach < next; });
  // What costs more has, at the same choice, an option that costs one less: a bound without a
  // schedule is the end.
  if (runs_.empty()) return false;
  ++bound_;
  earlier_ = runs_.size();
  dull_ = 0;
  run_ = at_ = 0;
  return true;
}

// --- in several processes --------------------------------------------------------------------

std::optional<BoundedSearch::Part> BoundedSearch::NextPart() {
  if (!NextBranch()) return std::nullopt;
  return Rest();
}

void BoundedSearch::Descend(const Part& part) {
  alone_ = true;
  path_ = part.path;
  floor_ = part.floor;
  earlier_ = runs_.size();
}

std::optional<BoundedSearch::Run> BoundedSearch::Leave() {
  if (runs_.size() == earlier_) return std::nullopt;
  Run run = std::move(runs_.back());
  runs_.pop_back();
  return run;
}

std::vector<BoundedSearch::Part> BoundedSearch::Cut(const Part& part) {
  constexpr size_t kApart = 8;
  std::vector<Part> apart;  // those that branch off soonest, which are the last ones
  size_t floor = part.floor;
  for (; floor < part.path.size() && apart.size() < kApart; ++floor) {
    if (part.path[floor].rank + 1 >= FreeOf(part.path[floor])) continue;
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
      depth_,
      "; look for state that outlives an execution, real clocks, addresses and real randomness");
}

}  // namespace fate::sim
