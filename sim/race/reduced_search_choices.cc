// Where ReducedSearch goes where nothing is to be repeated: which task, and whom it meets.
#include <algorithm>
#include <array>
#include <bit>

#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

uint32_t ReducedSearch::TaskBehind(const ChoicePoint& point, uint32_t option) {
  const TaskRecord& task = point.task(option);
  return tasks_.Of(point.execution->trace, task.id, task.path_hash);
}

uint32_t ReducedSearch::PickTask(const ChoicePoint& point) {
  Node& node = nodes_.back();
  candidates_.Collect(point, tasks_);
  if (yields_seen_) [[unlikely]]
    candidates_.Keep(WithoutSpinners(point));
  wanted_ = {};
  if (met_seen_ || letters_chosen_) [[unlikely]] {
    for (TaskSet left = candidates_.set() & node.sleep; left != 0; left &= left - 1) {
      const uint32_t task = static_cast<uint32_t>(std::countr_zero(left));
      if (PartlyAwake(point, candidates_.RecordOf(point, task), task)) node.partly |= Only(task);
    }
  }
  if (wants_enabled()) {
    // Again if a task has begun since: that is no event, and may have let others go on.
    node.enabled |= candidates_.set();
    node.unstarted |= candidates_.Unstarted(point);
    Reached(node);
  }
  if (!HasPlan(node)) return Unplanned(point, node);
  // In their order, or what is said to be covered by an earlier one is not. What sleeps is covered, and
  // must not be in the way of a search from here: steps that were taken to conflict may not.
  Letter planned = Planned(node, 0);
  for (uint32_t nth = 0; planned.task != kNone; planned = Planned(node, ++nth)) {
    if (Asleep(node, planned) && planned.task != node.again) continue;
    if (!candidates_.Has(planned.task)) continue;
    const uint32_t option = point.ready->OptionOf(candidates_.SlotOf(planned.task), point.preferred);
    if (planned.partner < kTasksMax && !Meets(point, option, planned.partner)) continue;
    wanted_ = planned;
    wanted_at_ = events_.size();
    return option;
  }
  // What it waits for may be a task that has nothing to do before its end, or before it receives.
  for (uint32_t option = 0; option < point.options; ++option) {
    if (point.task(option).pending == nullptr && !Asleep(node, TaskBehind(point, option))) return option;
  }
  return Unplanned(point, node);
}

bool ReducedSearch::Meets(const ChoicePoint& point, uint32_t option, uint32_t partner) {
  const Operation* pending = point.task(option).pending;
  if (pending == nullptr) return true;
  bool found = false;
  pending->ForEachPartner([&](const TaskRecord& other) {
    found = found || tasks_.Of(point.execution->trace, other.id, other.path_hash) == partner;
  });
  return found;
}

bool ReducedSearch::PartlyAwake(const ChoicePoint& point, const TaskRecord& task, uint32_t number) {
  bool found = inside_choices_.HasLeft(sleepers_.explored(number));
  if (found || task.pending == nullptr) return found;
  task.pending->ForEachPartner([&](const TaskRecord& other) {
    found = found || (sleepers_.met(number) >> tasks_.Of(point.execution->trace, other.id, other.path_hash) & 1) == 0;
  });
  return found;
}

// Whom the step was planned to meet; else the first whom it has not met while it slept.
uint32_t ReducedSearch::PickPartner(const ChoicePoint& point) {
  inside_chosen_ = true;
  const Trace& trace = point.execution->trace;
  size_t first = trace.steps.size() - 1;
  while (trace.steps[first].joined) --first;
  Absorb(trace, first);
  const Node& node = nodes_.back();
  const uint32_t task = tasks_.Of(trace, trace.steps[first].task, trace.steps[first].outcome);
  const uint32_t options = std::min(point.options, 64u);
  std::array<uint32_t, 64> partners;
  uint64_t awake = 0;
  for (uint32_t option = 0; option < options; ++option) {
    const TaskRecord& partner = (*point.partner)(option);
    partners[option] = tasks_.Of(trace, partner.id, partner.path_hash);
    if (point.tries || !Asleep(node, Letter{task, partners[option]})) awake |= uint64_t{1} << option;
  }
  uint32_t pick = awake == 0 ? 0 : static_cast<uint32_t>(std::countr_zero(awake));
  Letter planned = point.tries ? Letter() : Planned(node, 0);
  for (uint32_t nth = 0; planned.task != kNone; planned = Planned(node, ++nth)) {
    if (planned.task != task || planned.partner >= kTasksMax || Asleep(node, planned)) continue;
    const auto option = std::find(partners.begin(), partners.begin() + options, planned.partner);
    if (option == partners.begin() + options) continue;
    pick = static_cast<uint32_t>(option - partners.begin());
    break;
  }
  Decision decision{pick, point.options, static_cast<uint32_t>(first), 1, true, meets_by_races()};
  // Of a select each branch is tried with each.
  const bool selects = !point.tries && trace.steps[first].kind == OpKind::kSelect;
  if (!chooses_by_races()) {
    decision.left = awake & ~(uint64_t{1} << pick);
    for (uint32_t option = 0; option < options && decision.by_races && !point.tries && !selects; ++option) {
      if (partners[option] != partners[pick]) decision.left &= ~(uint64_t{1} << option);
    }
  } else {
    RankPartners(decision, {partners.data(), options}, point.tries, trace);
  }
  choices_.push_back(decision);
  return decision.option;
}

uint32_t ReducedSearch::MeetingPlanned(uint32_t index) const {
  const PathEvent& event = events_[index];
  uint32_t choice = index == 0 ? 0 : events_[index - 1].choices_end;
  while (choice < event.choices_end && !choices_[choice].meets && choices_[choice].ranks == 0) ++choice;
  if (choice >= event.choices_end) return kNone;
  const Node& node = nodes_[index];
  Letter planned = Planned(node, 0);
  for (uint32_t nth = 0; planned.task != kNone && planned.task != event.task;) planned = Planned(node, ++nth);
  return planned.task == event.task ? choice : kNone;
}

bool ReducedSearch::PlansMore(const Node& node, uint32_t task) const {
  Letter planned = Planned(node, 0);
  for (uint32_t nth = 0; planned.task != kNone; planned = Planned(node, ++nth)) {
    if (planned.task == task && !Asleep(node, planned)) return true;
  }
  return false;
}

uint32_t ReducedSearch::Unplanned(const ChoicePoint& point, const Node& node) {
  if ((node.sleep | node.done) == 0 && !yields_seen_) return 0;
  for (uint32_t option = 0; option < point.options; ++option) {
    const uint32_t task = TaskBehind(point, option);
    if (CouldRun(task) && !Asleep(node, task)) return option;
  }
  for (uint32_t option = 0; option < point.options; ++option) {
    if (CouldRun(TaskBehind(point, option))) return option;
  }
  return 0;
}

uint32_t ReducedSearch::Cut(const ChoicePoint& point) {
  cut_ = true;
  cut_blocked_ = true;
  candidates_.Collect(point, tasks_);
  if (yields_seen_) candidates_.Keep(WithoutSpinners(point));
  for (uint32_t option = 0; option < point.options && redundant_from_ == kNone; ++option) {
    const uint32_t task = TaskBehind(point, option);
    if (!CouldRun(task)) continue;
    cut_blocked_ = cut_blocked_ && Asleep(nodes_.back(), task) && !PartlyAwake(point, point.task(option), task);
  }
  return Strategy::kStop;
}

}  // namespace fate::sim
