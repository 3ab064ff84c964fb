// What ReducedSearch does about tasks that only wait: it holds them back, and plans no order in which they would go on.
#include <algorithm>
#include <bit>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

std::string ReducedSearch::Claim() const {
  if (gave_up()) return "";
  // An execution without any choice: it is the only one, but it shows no order of operations.
  return coarse_ ? Strategy::Claim() : ClaimOf(caveats());
}

std::string ReducedSearch::ClaimOf(const Caveats& caveats) {
  std::string claim = kClaim;
  if (caveats.draws) {
    claim =
        "our limit: all $0 traces that were planned were run, but where a number that is drawn decides what its task "
        "does next, beside a Select or a try form at a rendezvous, others may be missed; sleep_sets and depth_first "
        "miss none";
  }
  if (caveats.held_back) {
    absl::StrAppend(&claim, "; a loop that looked ", SpinWatch::kRounds + 1,
                    " times in vain, and yields, was held back until something changed");
  }
  return claim;
}

ReducedSearch::TaskSet ReducedSearch::WithoutSpinners(const ChoicePoint& point) {
  const TaskSet all = candidates_.set();
  TaskSet others = all;
  spin_watch_.Follow(point.execution->trace, absorbed_);  // in a common prefix no step is absorbed
  for (TaskSet left = all; left != 0; left &= left - 1) {
    const uint32_t task = static_cast<uint32_t>(std::countr_zero(left));
    const TaskRecord& record = candidates_.RecordOf(point, task);
    if (record.pending == nullptr || !record.pending->yields() || record.cancelled) continue;
    if (record.draws != 0) {
      drawing_ |= Only(task);
      continue;
    }
    if (spin_watch_.Spins(record.id, record.frame()->place)) others &= ~Only(task);
  }
  if (others == 0) return all;
  // What could run tells from now on what a yield could have come before.
  if (others != all) held_back_ = takes_seen_ = true;
  return others;
}

void ReducedSearch::FindWakers(const Trace& trace) {
  wakers_.clear();
  if (!yields_seen_) return;
  spin_watch_.Follow(trace, trace.steps.size());
  for (const SpinWatch::Woken& woken : spin_watch_.woken()) {
    const uint32_t yield = EventOf(woken.step);
    if (yield >= order_.size()) return;  // nor is any after it
    if ((drawing_ >> events_[yield].task & 1) != 0) continue;
    for (const SpinWatch::Change& change : spin_watch_.changes()) {
      for (const SpinWatch::Look& look : woken.looks) {
        if (change.object != look.object || change.step <= look.step) continue;
        const uint32_t event = EventOf(change.step);
        if (event < order_.size() && event != yield && !order_.Before(yield, event)) wakers_.push_back({yield, event});
      }
    }
  }
}

bool ReducedSearch::OrderByWakers(const PlannedStep& second, uint32_t first, uint32_t index, bool pends,
                                  std::vector<uint32_t>& events) const {
  for (size_t i = 0; i < wakers_.size();) {
    const uint32_t yield = wakers_[i].yield;
    const auto at = std::find(events.begin(), events.end(), yield);
    bool woken = at == events.end();
    bool later = false;
    for (; i < wakers_.size() && wakers_[i].yield == yield; ++i) {
      const uint32_t change = wakers_[i].change;
      woken = woken || change < first || std::find(events.begin(), at, change) != at;
      later = later || std::find(at, events.end(), change) != events.end();
    }
    if (woken) continue;
    const auto because = [&](uint32_t event) {
      if (event == index && pends) event = order_.LastOf(second.task);
      return event == yield || (event != kNone && event > yield && order_.Before(yield, event));
    };
    // It, and what comes because of it, goes behind all the rest; if nobody wakes it there either, it goes.
    std::vector<uint32_t> behind;
    auto moved = at;
    for (auto event = at; event != events.end(); ++event) {
      if (because(*event)) {
        behind.push_back(*event);
      } else {
        *moved++ = *event;
      }
    }
    std::copy(behind.begin(), behind.end(), moved);
    if (later) continue;
    if (because(index)) return false;
    events.erase(moved, events.end());
  }
  return true;
}

bool ReducedSearch::TellRaceOfWoken(const PlannedStep& second, uint32_t first, uint32_t index, uint32_t count,
                                    bool pends) {
  if (first < expanded_ || first < floor_) return true;
  std::vector<uint32_t> events;
  for (uint32_t event = std::min(first + 1, index); event < std::max(count, index + 1); ++event) {
    if (event == index || !order_.Before(first, event)) events.push_back(event);
  }
  const std::vector<uint32_t> before = events;
  // What is moved for one may leave another without. Of two that would each have to wake the other first neither goes
  // on: then there is no end to it. With other events to come later somebody may wake those that nobody wakes now.
  size_t passes = 0;
  for (std::vector<uint32_t> last; last != events; ++passes) {
    last = events;
    if (passes > wakers_.size() || !OrderByWakers(second, first, index, pends, events)) return false;
  }
  steps_.clear();
  moving_ = Only(second.task);
  for (const uint32_t event : events) {
    const PlannedStep& step = event == index ? second : events_[event];
    steps_.push_back(step);
    moving_ |= Only(step.task);
    if (event != index) continue;
    stable_ = steps_.size();
    if (!plans_later()) break;
  }
  return (index == first ? Tell(first) : TellSecond(first)) && events == before;
}

}  // namespace fate::sim
