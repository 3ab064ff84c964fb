#include "fate/sim/explore/old_schedule.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fate/base/counted.h"
#include "fate/base/mix.h"
#include "fate/sim/strategies/deviation_bounded.h"
#include "fate/sim/strategies/pos.h"

namespace fate::sim {

namespace {

using By = Match::By;

// The ways to recognise a deviation, the likeliest first.
constexpr Match kMatches[] = {{By::kBefore, 0},    {By::kAfter, 0},    {By::kPosition, 0}, {By::kPosition, 1},
                              {By::kPosition, -1}, {By::kPosition, 2}, {By::kPosition, -2}};

// `path` with the child of `parent` that it is, or descends from, numbered higher by `by` if it is `first` or younger.
std::string Renumbered(const std::string& path, const std::string& parent, uint32_t first, int by) {
  const std::string head = parent + ".";
  if (path.compare(0, head.size(), head) != 0) return path;
  std::vector<std::string> parts = absl::StrSplit(path.substr(head.size()), '.');
  uint32_t ordinal = 0;
  if (!absl::SimpleAtoi(parts[0], &ordinal) || ordinal < first || static_cast<int64_t>(ordinal) + by < 1) return path;
  parts[0] = absl::StrCat(static_cast<int64_t>(ordinal) + by);
  return head + absl::StrJoin(parts, ".");
}

// What is to be tried, each once, in the order in which it was added.
class ToTry {
 public:
  void Add(const Alignment& candidate) {
    std::string text = candidate.through_yields ? "y " : "";
    for (const DeviationToFollow& one : candidate.deviations) {
      const NamedDeviation& deviation = one.deviation;
      absl::StrAppend(&text, deviation.task, "=", deviation.target, "/", static_cast<int>(one.match.by), "/",
                      one.match.shift, " ");
    }
    if (seen_.insert(text).second) all_.push_back(candidate);
  }
  std::vector<Alignment> Take() { return std::move(all_); }

 private:
  std::set<std::string> seen_;
  std::vector<Alignment> all_;
};

}  // namespace

OldSchedule::OldSchedule(Scheduler& scheduler, Program program, const NamedSchedule& schedule, uint64_t executions_max)
    : scheduler_(scheduler), program_(program), schedule_(schedule), executions_max_(executions_max) {
  facts_.schedule = schedule.ToText();
  facts_.deviations = schedule.deviations.size();
}

bool OldSchedule::Run(Strategy& strategy, uint64_t number) {
  ++facts_.executions;
  const Execution& execution = scheduler_.Run(program_, strategy, number, schedule_.seed);
  steps_ += execution.steps;
  return !execution.outcome.passed();
}

bool OldSchedule::Follow(const Alignment& alignment) {
  const std::vector<DeviationToFollow>& deviations = alignment.deviations;
  FollowNames follow(alignment);
  const bool fails = Run(follow, 0);
  if (facts_.executions > 1) return fails;
  facts_.followed = follow.followed();
  for (size_t i = 0; i < deviations.size() && facts_.diverged.empty(); ++i) {
    if (!follow.taken()[i]) facts_.diverged = deviations[i].deviation.ToWords();
  }
  return fails;
}

bool OldSchedule::FollowAll(const std::vector<Alignment>& candidates, uint64_t executions_max) {
  const uint64_t end = facts_.executions + std::min(executions_max, Left());
  for (const Alignment& candidate : candidates) {
    if (facts_.executions >= end) return false;
    if (Follow(candidate)) return true;
  }
  return false;
}

bool OldSchedule::Search(Strategy& strategy, uint64_t executions_max) {
  const uint64_t end = facts_.executions + std::min(executions_max, Left());
  bool more = true;
  for (uint64_t number = 0; more && facts_.executions < end; ++number) {
    if (Run(strategy, number)) return true;
    more = strategy.EndExecution(scheduler_.execution());
  }
  return false;
}

Alignment OldSchedule::ByName() const {
  Alignment all;
  for (const NamedDeviation& deviation : schedule_.deviations) all.deviations.push_back({deviation, kMatches[0]});
  return all;
}

std::vector<Alignment> OldSchedule::Realigned() const {
  const Alignment base = ByName();
  ToTry candidates;
  candidates.Add(base);
  for (const Match& match : kMatches) {
    Alignment all = base;
    for (DeviationToFollow& one : all.deviations) one.match = match;
    candidates.Add(all);
    all.through_yields = true;
    candidates.Add(all);
  }
  std::set<std::string> tasks;
  std::set<std::string> parents;
  std::set<uint32_t> ordinals;
  for (const DeviationToFollow& one : base.deviations) {
    tasks.insert(one.deviation.task);
    for (const std::string& path : {one.deviation.task, one.deviation.target}) {
      for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
        parents.insert(path.substr(0, dot));
      }
    }
  }
  for (const std::string& parent : parents) {
    for (const int by : {1, -1, 2}) {
      for (const uint32_t first : {1u, 2u, 3u}) {
        for (const Match& match : {kMatches[0], kMatches[1], kMatches[3]}) {
          Alignment moved = base;
          for (DeviationToFollow& one : moved.deviations) {
            if (one.deviation.task == parent) one.match = match;  // a spawn is one of its steps
            one.deviation.task = Renumbered(one.deviation.task, parent, first, by);
            one.deviation.target = Renumbered(one.deviation.target, parent, first, by);
          }
          candidates.Add(moved);
        }
      }
    }
  }
  for (const std::string& task : tasks) {
    for (const Match& match : kMatches) {
      Alignment some = base;
      for (DeviationToFollow& one : some.deviations) {
        if (one.deviation.task == task) one.match = match;
      }
      candidates.Add(some);
    }
  }
  for (size_t i = 0; i < base.deviations.size(); ++i) {
    for (const Match& match : kMatches) {
      Alignment one = base;
      one.deviations[i].match = match;
      candidates.Add(one);
    }
  }
  return candidates.Take();
}

std::vector<Alignment> OldSchedule::Near() const {
  const Alignment base = ByName();
  ToTry candidates;
  for (size_t i = 0; i < base.deviations.size(); ++i) {
    for (size_t j = i + 1; j < base.deviations.size(); ++j) {
      for (const Match& first : kMatches) {
        for (const Match& second : kMatches) {
          Alignment pair = base;
          pair.deviations[i].match = first;
          pair.deviations[j].match = second;
          candidates.Add(pair);
        }
      }
    }
  }
  return candidates.Take();
}

bool OldSchedule::Find() {
  facts_.aligned = FollowAll(Realigned(), kAlignments);
  facts_.found = facts_.aligned || FollowAll(Near(), (executions_max_ - std::min(executions_max_, kAlignments)) / 4);
  if (facts_.found || !Left()) return facts_.found;
  DeviationBounded few;
  facts_.found = Search(few, (executions_max_ - facts_.executions) / 2);
  if (facts_.found || !Left()) return facts_.found;
  Pos random(Mix(schedule_.seed, schedule_.deviations.size()));
  return facts_.found = Search(random, executions_max_);
}

std::string OldScheduleFacts::ToText() const {
  if (schedule.empty()) return "";
  std::string text = absl::StrCat("The old schedule: followed ", followed, " of ", Counted(deviations, "deviation"));
  if (!diverged.empty()) absl::StrAppend(&text, "; first not: ", diverged);
  if (!found) {
    return absl::StrCat(text, "; ", Counted(executions, "execution"), " along it and near it pass",
                        executions == 1 ? "es" : "");
  }
  absl::StrAppend(&text, "; it fails again, ");
  if (executions == 1) return absl::StrCat(text, "as it is");
  return absl::StrCat(text, aligned ? "re-aligned" : "near it", ", in execution ", executions);
}

}  // namespace fate::sim
