#include "fate/sim/explore/shrinker.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "fate/sim/explore/join_runs.h"
#include "fate/sim/strategies/deviation_bounded.h"
#include "fate/sim/strategies/follow_order.h"
#include "fate/sim/strategies/preemption_bounded.h"

namespace fate::sim {

namespace {

// "file:line" at the beginning of a message, if it begins so: GoogleTest's failures.
std::string PlaceIn(const std::string& message) {
  size_t colon = message.find(':');
  if (colon == std::string::npos) return "";
  size_t end = message.find_first_not_of("0123456789", colon + 1);
  if (end == std::string::npos || end == colon + 1 || message[end] != ':') return "";
  return message.substr(0, end);
}

// How far a deviation is moved.
constexpr uint64_t kReach = 4;

}  // namespace

std::string FailureIdentity(const Execution& execution) {
  const Outcome& outcome = execution.outcome;
  std::string identity = ToString(outcome.kind);
  // Known if footprints were recorded.
  if (outcome.kind == OutcomeKind::kDeadlock) {
    std::set<std::string> stuck;
    for (const Pending& pending : execution.trace.pending) stuck.insert(ToString(pending.place));
    for (const std::string& place : stuck) absl::StrAppend(&identity, " ", place);
    return identity;
  }
  if (outcome.place.line() != 0) return absl::StrCat(identity, " ", ToString(outcome.place));
  std::string place = PlaceIn(outcome.message);
  return absl::StrCat(identity, " ", place.empty() ? outcome.message : place);
}

bool Shrinker::Run(Anchored& strategy) {
  ++executions_;
  const Execution& execution = scheduler_.Run(program_, strategy, number_, seed_);
  strategy.EndExecution(execution);
  if (execution.outcome.passed()) return false;
  std::string identity = FailureIdentity(execution);
  if (identity == identity_) return true;
  ++others_[std::move(identity)];
  return false;
}

bool Shrinker::Try(const Deviations& candidate) {
  Anchored strategy(candidate);
  if (!Run(strategy) || strategy.cost() >= cost_) return false;
  best_ = strategy.taken();
  cost_ = strategy.cost();
  schedule_ = scheduler_.execution().schedule();
  return true;
}

// In chunks, from large to small; those at the end first, since they mean least.
bool Shrinker::TakeOut() {
  bool any = false;
  for (size_t chunk = std::max<size_t>(best_.size(), 1); chunk >= 1; chunk /= 2) {
    for (size_t end = best_.size(); end > 0 && Left();) {
      size_t begin = end > chunk ? end - chunk : 0;
      Deviations candidate = best_;
      candidate.erase(candidate.begin() + static_cast<ptrdiff_t>(begin),
                      candidate.begin() + static_cast<ptrdiff_t>(end));
      any |= Try(candidate);
      // What was kept may be shorter by more than the chunk.
      end = std::min(begin, best_.size());
    }
    if (chunk == 1) break;
  }
  return any;
}

// What is left where it stops anyway costs no preemption.
bool Shrinker::LetGoOn() {
  bool any = false;
  for (size_t i = 0; i < best_.size() && Left(); ++i) {
    if (!best_[i].preempts) continue;
    Deviations candidate = best_;
    candidate[i].when_it_stops = true;
    if (!Try(candidate)) continue;
    any = true;
    i = static_cast<size_t>(-1);  // all the others once more
  }
  return any;
}

// To an earlier or later step of the same task.
bool Shrinker::Move() {
  bool any = false;
  for (size_t i = 0; i < best_.size(); ++i) {
    for (uint64_t distance = 1; distance <= kReach && i < best_.size(); ++distance) {
      for (bool later : {true, false}) {
        if (!Left() || i >= best_.size()) return any;
        Deviations candidate = best_;
        uint64_t& steps = candidate[i].at.steps;
        if (!later && steps <= distance) continue;
        steps = later ? steps + distance : steps - distance;
        candidate[i].at.ordinal = 0;
        any |= Try(candidate);
      }
    }
  }
  return any;
}

// In another order of the same trace, and without what has no path to the failure.
bool Shrinker::LetRunsJoin() {
  if (!Left()) return false;
  Anchored best(schedule_);
  if (!Run(best)) return false;
  Footprints footprints;
  const JoinedRuns joined = JoinRuns(scheduler_.execution(), footprints);
  if (joined.order.empty() || !Left()) return false;
  if (joined.left_out == 0 && joined.switches >= cost_.switches) return false;
  FollowOrder follow(joined.order);
  ++executions_;
  const Schedule found = scheduler_.Run(program_, follow, number_, seed_).schedule();
  return Left() && Take(found);
}

// Runs it, and keeps it as Try does.
bool Shrinker::Take(const Schedule& found) {
  Anchored record(found);
  if (!Run(record) || record.cost() >= cost_) return false;
  best_ = record.taken();
  cost_ = record.cost();
  schedule_ = found;
  return true;
}

Schedule Shrinker::Shrink(const Execution& execution) {
  number_ = execution.number;
  seed_ = execution.seed;
  identity_ = FailureIdentity(execution);
  schedule_ = execution.schedule();
  Anchored record(schedule_);
  if (!Run(record)) return schedule_;
  best_ = record.taken();
  cost_ = first_cost_ = record.cost();
  if (Left()) Try({});
  bool more = !best_.empty();
  while (more && Left()) {
    more = LetGoOn();
    more |= TakeOut();
    if (!more) more = Move();
    if (!more) more = LetRunsJoin();
  }
  // Near the quiet schedule first: there are few schedules with few deviations.
  DeviationBounded near;
  SearchBelow(near, &ScheduleCost::deviations);
  PreemptionBounded all;
  SearchBelow(all, &ScheduleCost::preemptions);
  return schedule_;
}

void Shrinker::SearchBelow(BoundedSearch& search, uint64_t ScheduleCost::* cost) {
  while (search.bound() < cost_.*cost) {
    if (!Left()) return;
    ++executions_;
    const Execution& execution = scheduler_.Run(program_, search, number_, seed_);
    std::string identity = execution.outcome.passed() ? "" : FailureIdentity(execution);
    bool same = identity == identity_;
    if (!same && !identity.empty()) ++others_[std::move(identity)];
    Schedule found = execution.schedule();
    bool more = search.EndExecution(execution);
    if (same) Take(found);
    if (!more) return;
  }
}

}  // namespace fate::sim
