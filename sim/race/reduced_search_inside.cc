// What ReducedSearch does about what steps choose inside them: numbers that are drawn, branches of selects, whom try
// forms meet.
#include <algorithm>
#include <bit>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

uint32_t ReducedSearch::PickRank(const Trace& trace, size_t first, uint32_t ranks) {
  const Node& node = nodes_.back();
  const uint32_t task = tasks_.Of(trace, trace.steps[first].task, trace.steps[first].outcome);
  std::vector<uint32_t> before;
  for (size_t choice = events_.empty() ? 0 : events_.back().choices_end; choice < choices_.size(); ++choice) {
    if (choices_[choice].ranks > 0 && choices_[choice].step == first) before.push_back(choices_[choice].rank);
  }
  const auto rank_in = [&](uint32_t chosen) {
    bool fits = true;
    for (size_t i = 0; i < before.size(); ++i) fits = fits && inside_choices_.At(chosen, i) == before[i];
    const uint32_t rank = inside_choices_.At(chosen, before.size());
    return fits && rank < ranks ? rank : kNone;
  };
  if (wanted_.task == task && wanted_at_ == events_.size()) {
    if (const uint32_t rank = rank_in(wanted_.chosen); rank != kNone) return rank;
  }
  Letter planned = Planned(node, 0);
  for (uint32_t nth = 0; planned.task != kNone; planned = Planned(node, ++nth)) {
    if (planned.task != task || Asleep(node, planned)) continue;
    if (const uint32_t rank = rank_in(planned.chosen); rank != kNone) return rank;
  }
  if (((node.sleep | node.done) >> task & 1) == 0) return 0;
  for (const InsideChoices::Way& left : inside_choices_.Left(sleepers_.explored(task))) {
    if (const uint32_t rank = rank_in(left.chosen); rank != kNone) return rank;
  }
  return 0;
}

uint32_t ReducedSearch::PickInside(const ChoicePoint& point) {
  inside_chosen_ = true;
  const Trace& trace = point.execution->trace;
  size_t first = trace.steps.size() - 1;
  while (trace.steps[first].joined) --first;
  if (!free_) Absorb(trace, first);
  Decision decision{0, point.options, static_cast<uint32_t>(first), 1};
  decision.by_races = meets_by_races();
  draws_seen_ |= point.kind == ChoiceKind::kDraw;
  if (chooses_by_races()) {
    letters_chosen_ = true;
    decision.ranks = static_cast<uint8_t>(point.options);
    decision.option = free_ ? 0 : PickRank(trace, first, point.options);
    decision.rank = static_cast<uint8_t>(decision.option);
  }
  choices_.push_back(decision);
  return decision.option;
}

// A try form meets any; else the partner is known, and may stand there more than once. Who came first is not told by
// the order of events, so they are ranked by their numbers.
void ReducedSearch::RankPartners(Decision& decision, std::span<const uint32_t> partners, bool tries,
                                 const Trace& trace) {
  std::vector<uint32_t> options;
  for (uint32_t option = 0; option < partners.size(); ++option) {
    if (tries || partners[option] == partners[decision.option]) options.push_back(option);
  }
  std::sort(options.begin(), options.end(),
            [&](uint32_t a, uint32_t b) { return std::pair(partners[a], a) < std::pair(partners[b], b); });
  if (options.size() < 2) return;
  letters_chosen_ = true;
  decision.ranks = static_cast<uint8_t>(options.size());
  decision.rank = static_cast<uint8_t>(PickRank(trace, decision.step, decision.ranks));
  decision.option = options[decision.rank];
}

uint32_t ReducedSearch::ChosenIn(uint32_t begin, uint32_t end) {
  std::vector<uint32_t> ranks;
  for (uint32_t choice = begin; choice < end; ++choice) {
    if (choices_[choice].ranks > 0) ranks.push_back(choices_[choice].rank);
  }
  return inside_choices_.NumberOf(std::move(ranks));
}

// What comes after the other option is not known: the first each time.
std::vector<uint32_t> ReducedSearch::OthersOf(uint32_t index) {
  std::vector<uint32_t> others;
  std::vector<uint32_t> ranks;
  const PathEvent& event = events_[index];
  const uint32_t end = event.choices_end;
  for (uint32_t choice = index == 0 ? 0 : events_[index - 1].choices_end; choice < end; ++choice) {
    const Decision& decision = choices_[choice];
    if (decision.ranks == 0) continue;
    ranks.push_back(0);
    for (; ranks.back() < decision.ranks; ++ranks.back()) {
      if (ranks.back() != decision.rank) others.push_back(inside_choices_.NumberOf(ranks));
    }
    ranks.back() = decision.rank;
  }
  return others;
}

bool ReducedSearch::ChoseInside(size_t step) const {
  if (!inside_chosen_) return false;
  for (size_t choice = events_.empty() ? 0 : events_.back().choices_end; choice < choices_.size(); ++choice) {
    if (choices_[choice].inside != 0 && choices_[choice].step == step) return true;
  }
  return false;
}

bool ReducedSearch::OtherChoiceInside(uint32_t index) {
  const PathEvent& event = events_[index];
  uint32_t begin = index == 0 ? 0 : events_[index - 1].choices_end;
  for (uint32_t choice = event.choices_end; choice-- > begin;) {
    Decision& decision = choices_[choice];
    if (!decision.HasOther()) continue;
    if (decision.meets) {
      decision.option = static_cast<uint32_t>(std::countr_zero(decision.left));
      decision.left &= decision.left - 1;
    } else {
      ++decision.option;
    }
    choices_.Truncate(choice + 1);
    nodes_[index].again = event.task;
    return true;
  }
  return false;
}

void ReducedSearch::NoteExplored(uint32_t index, const PathEvent& event) {
  Node& node = nodes_[index];
  const TaskSet only = Only(event.task);
  if (event.meets && event.chosen == InsideChoices::kPlain) node.met |= Only(event.partner);
  const bool known = ((node.sleep | node.done | node.again_with) & only) != 0;
  const uint32_t task = event.task;
  const uint32_t explored = known ? sleepers_.explored(task) : InsideChoices::kNothing;
  sleepers_.Sleep(index, task, known ? footprints_.Merge(sleepers_.next(task), event.footprint) : event.footprint,
                  known ? sleepers_.met(task) : 0, explored);
  if (explored_.empty() || explored_.back().first != index) explored_.push_back({index, explored});
  explored_.back().second = ExploredWith(explored_.back().second, index);
}

uint32_t ReducedSearch::ExploredWith(uint32_t explored, uint32_t index) {
  const PathEvent& event = events_[index];
  bool each = false;
  bool letters = false;
  for (uint32_t choice = index == 0 ? 0 : events_[index - 1].choices_end; choice < event.choices_end; ++choice) {
    const Decision& decision = choices_[choice];
    each = each || (decision.inside != 0 && !decision.by_races);
    letters = letters || decision.ranks > 0;
  }
  const uint32_t partner = event.meets ? event.partner : InsideChoices::kAlone;
  if (each) return inside_choices_.With(explored, {InsideChoices::kEach, partner});
  if (!letters && (explored == InsideChoices::kNothing || explored == InsideChoices::kPlainOnly)) {
    return InsideChoices::kPlainOnly;
  }
  explored = inside_choices_.With(explored, {event.chosen, partner});
  for (const uint32_t other : OthersOf(index)) explored = inside_choices_.Knowing(explored, {other, partner});
  return explored;
}

// What is planned holds for each choice inside the event; after the first, only as far as it can be done.
void ReducedSearch::KeepForOthers(const Below& followed, Letter letter, uint32_t first_choice, uint32_t choices_end) {
  for (uint32_t choice = first_choice; choice < choices_end; ++choice) {
    if (!choices_[choice].HasOther()) continue;
    kept_end_ = events_.size();
    Below& kept = kept_[{kept_end_ - 1, letter.partner}];
    tree_.FreeAll(kept.plan);
    kept = {tree_.CopyAll(followed.plan), followed.awake};
    return;
  }
}

void ReducedSearch::DropKept(size_t node) {
  kept_end_ = std::min(kept_end_, node);
  while (!kept_.empty() && std::prev(kept_.end())->first.first >= node) {
    tree_.FreeAll(std::prev(kept_.end())->second.plan);
    kept_.erase(std::prev(kept_.end()));
  }
}

void ReducedSearch::DropPlanned(Node& node, uint32_t task) {
  for (WakeupTree::Branch branch = node.plan; branch != WakeupTree::kNone;) {
    const WakeupTree::Branch next = tree_.next(branch);
    if (tree_.task(branch) == task) {
      tree_.FreeAll(tree_.child(branch));
      tree_.Unlink(node.plan, branch);
    }
    branch = next;
  }
}

// If its task sleeps with some of what it could choose there, each of the others is another step.
bool ReducedSearch::TellSecond(uint32_t first) {
  const PlannedStep second = steps_[stable_ - 1];
  const Node& node = nodes_[first];
  if (!letters_chosen_ || ((node.sleep | node.done) >> second.task & 1) == 0) return Tell(first);
  const uint32_t explored = sleepers_.ExploredOf(second.task, first);
  const bool same = inside_choices_.HasLeft(explored) &&
                    tree_.Position(Steps(), 0, second.task, sleepers_.NextOf(second.task, first)) == stable_ - 1;
  if (!same) return Tell(first);
  const Log<PlannedStep> steps = steps_;
  bool settled = Tell(first);
  for (const InsideChoices::Way& left : inside_choices_.Left(explored)) {
    if (left.chosen == InsideChoices::kPlain) continue;
    if (left.partner != (second.meets ? second.partner : InsideChoices::kAlone)) continue;
    steps_ = steps;
    steps_[stable_ - 1].chosen = left.chosen;
    settled = Tell(first) && settled;
  }
  return settled;
}

// Another choice inside conflicts with the one that was made, and would have come in its place. What a choice that
// sleeps leads to is known only from where that was made.
void ReducedSearch::TellOthers(uint32_t count) {
  for (uint32_t index = static_cast<uint32_t>(std::max<size_t>(floor_, expanded_)); index < count; ++index) {
    const PathEvent& event = events_[index];
    if (!event.chose_inside) continue;
    std::vector<uint32_t> others = OthersOf(index);
    if ((nodes_[index].sleep >> event.task & 1) != 0) {
      for (const InsideChoices::Way& left : inside_choices_.Left(sleepers_.ExploredOf(event.task, index))) {
        if (left.partner == (event.meets ? event.partner : InsideChoices::kAlone)) others.push_back(left.chosen);
      }
    }
    for (const uint32_t other : others) {
      if (other == event.chosen) continue;
      PlannedStep instead = event;
      instead.chosen = other;
      if (wakers_.empty() && ((nodes_[index].sleep | nodes_[index].done) & ~Only(event.task)) == 0) {
        // Nobody sleeps whom what comes beside it would have to wake: it alone, with all that may follow.
        steps_.clear();
        steps_.push_back(instead);
        stable_ = 1;
        Tell(index);
        continue;
      }
      TellRace(instead, index, index, count, false);
    }
  }
}

// A wake stands at the mutex; the condition it was notified through is that of its task's step before.
void ReducedSearch::AddNotification(PathEvent& event) {
  for (size_t i = events_.size() - 1; i-- > 0;) {
    if (events_[i].task != event.task) continue;
    const StepFootprint& wait = events_[i].footprint;
    if (wait.kind == OpKind::kConditionWait) {
      event.footprint = footprints_.Add(event.footprint, {wait.object, OpKind::kConditionWake, Mode::kRead});
    }
    return;
  }
}

bool ReducedSearch::MayMeet(const Trace& trace, size_t step) {
  for (const Access* access = trace.accesses.end(); access != trace.accesses.begin() && access[-1].step >= step;) {
    --access;
    if (access->step != step || !access->is_branch()) continue;
    if (access->object_kind == static_cast<uint8_t>(ObjectKind::kRendezvous)) return true;
  }
  return false;
}

}  // namespace fate::sim
