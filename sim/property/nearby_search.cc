#include "fate/sim/property/nearby_search.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fate/base/mix.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/explore/shrinker.h"
#include "fate/sim/property/rapidcheck_detail.h"
#include "fate/sim/strategies/deviation_bounded.h"
#include "fate/sim/strategies/pos.h"

namespace fate::sim {

namespace {

uint64_t SeedFrom(const std::vector<AnchoredDeviation>& deviations) {
  uint64_t seed = deviations.size();
  for (const AnchoredDeviation& one : deviations) {
    seed = Mix(Mix(Mix(seed, one.at.task), Mix(one.at.steps, one.at.ordinal)), one.target);
  }
  return seed;
}

// Gives the younger children of one task lower numbers.
class Renumbering {
 public:
  // Children of `parent` from number `first` on move down by `by`; so do its steps, if `steps`.
  Renumbering(const KnownFailure& known, uint64_t parent, uint32_t first, uint32_t by, bool steps)
      : known_(known), parent_(parent), first_(first), by_(by), steps_(steps) {}

  uint64_t PathOf(uint64_t path) const {
    auto found = known_.children.find(path);
    if (found == known_.children.end() || found->second.parent == 0) return path;
    const KnownFailure::Child& child = found->second;
    const bool moves = child.parent == parent_ && child.ordinal >= first_ && child.ordinal > by_;
    return PathOfChild(PathOf(child.parent), child.ordinal - (moves ? by_ : 0));
  }
  AnchoredDeviation Of(AnchoredDeviation one) const {
    if (steps_ && one.at.task == parent_ && one.at.steps > by_) one.at.steps -= by_;
    one.at.task = PathOf(one.at.task);
    if (one.kind == static_cast<uint32_t>(ChoiceKind::kTask)) one.target = PathOf(one.target);
    return one;
  }

 private:
  const KnownFailure& known_;
  uint64_t parent_;
  uint32_t first_;
  uint32_t by_;
  bool steps_;
};

}  // namespace

bool NearbySearch::Run(Program program, Strategy& strategy, const KnownFailure& known, uint64_t number) {
  ++executions_;
  const Execution* execution = nullptr;
  internal::RunWithoutDrawing([&] { execution = &scheduler_.Run(program, strategy, number, known.seed); });
  children_.clear();
  child_counts_.clear();
  const Log<Birth>& births = execution->trace.births;
  for (size_t i = 0; i < births.size(); ++i) {
    if (births[i].parent == Step::kTimerTask) continue;
    const uint64_t parent = births[births[i].parent].path_hash;
    children_[births[i].path_hash] = {parent, births[i].ordinal};
    ++child_counts_[parent];
  }
  if (execution->outcome.passed()) return false;
  if (internal::IsDiscard(execution->outcome)) {
    discarded_ = true;
    return false;
  }
  std::string identity = FailureIdentity(*execution);
  if (known.identity.empty() || identity == known.identity) return true;
  ++others_[std::move(identity)];
  return false;
}

void NearbySearch::Take(const Anchored& strategy, KnownFailure& known) {
  known.identity = FailureIdentity(scheduler_.execution());
  known.schedule = scheduler_.execution().schedule();
  known.deviations = strategy.taken();
  known.cost = strategy.cost();
  known.children = std::move(children_);
  known.child_counts = std::move(child_counts_);
}

bool NearbySearch::Try(Program program, const Deviations& deviations, KnownFailure& known) {
  Anchored strategy(deviations);
  const bool fails = Run(program, strategy, known, known.number);
  strategy.EndExecution(scheduler_.execution());
  if (fails) Take(strategy, known);
  return fails;
}

bool NearbySearch::TryStrategy(Program program, Strategy& strategy, uint64_t executions, KnownFailure& known) {
  bool more = true;
  for (uint64_t number = 0; more && number < executions && Left(); ++number) {
    if (Run(program, strategy, known, number)) {
      // Once more, to know it by name.
      const Schedule found = scheduler_.execution().schedule();
      return Note(program, found, known);
    }
    more = strategy.EndExecution(scheduler_.execution());
  }
  return false;
}

bool NearbySearch::Note(Program program, const Schedule& schedule, KnownFailure& known) {
  Anchored record(schedule);
  known.seed = schedule.seed;
  const bool fails = Run(program, record, known, known.number);
  record.EndExecution(scheduler_.execution());
  if (fails) Take(record, known);
  return fails;
}

std::vector<NearbySearch::Deviations> NearbySearch::Renumbered(const KnownFailure& known) const {
  std::vector<Deviations> all;
  std::set<Deviations> seen{known.deviations};
  std::map<uint64_t, std::set<uint32_t>> involved;  // ordinals, by parent
  for (const AnchoredDeviation& one : known.deviations) {
    for (uint64_t path : {one.at.task, one.target}) {
      // With all it descends from.
      for (auto at = known.children.find(path); at != known.children.end();
           at = known.children.find(at->second.parent)) {
        involved[at->second.parent].insert(at->second.ordinal);
      }
    }
  }
  for (const auto& [parent, ordinals] : involved) {
    const auto before = known.child_counts.find(parent);
    const auto after = child_counts_.find(parent);
    const uint32_t now = after == child_counts_.end() ? 0 : after->second;
    if (before == known.child_counts.end() || before->second <= now) continue;
    std::set<uint32_t> firsts = ordinals;
    firsts.insert(before->second + 1);  // none of those involved moves
    for (const uint32_t first : firsts) {
      for (const bool steps : {false, true}) {
        const Renumbering renumbering(known, parent, first, before->second - now, steps);
        Deviations candidate;
        for (const AnchoredDeviation& one : known.deviations) candidate.push_back(renumbering.Of(one));
        if (seen.insert(candidate).second) all.push_back(std::move(candidate));
      }
    }
  }
  return all;
}

bool NearbySearch::Find(Program program, KnownFailure& known) {
  discarded_ = false;
  limit_ = executions_ + executions_max_;
  if (!Left()) return false;
  if (Try(program, known.deviations, known)) return true;
  for (const Deviations& candidate : Renumbered(known)) {
    if (!Left()) return false;
    if (Try(program, candidate, known)) return true;
  }
  DeviationBounded few;
  const uint64_t half = (limit_ - std::min(limit_, executions_)) / 2;
  if (TryStrategy(program, few, half, known)) return true;
  Pos random(SeedFrom(known.deviations));
  return TryStrategy(program, random, executions_max_, known);
}

}  // namespace fate::sim
