#include "fate/sim/explore/nearest_pass.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/sim/explore/story_words.h"
#include "fate/sim/strategies/anchored.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/follow_order.h"

namespace fate::sim {

namespace {

class Looking {
 public:
  Looking(Reruns& reruns, const Execution& told, const std::vector<NotedChoice>& choices)
      : reruns_(reruns), told_(told), choices_(choices), order_(told, footprints_) {}

  NearestPass Find();

 private:
  using Name = StepOrder::Name;

  // Runs it; keeps it if it passes and is nearer.
  void Try(Strategy& strategy);
  void TurnRound();
  void TakeOut();
  // All steps, with the pair turned round: what does not depend on the earlier one goes before it.
  std::vector<Name> Reversed(const StepOrder::Pair& pair) const;
  FollowOrder::Inside InsideSteps() const;
  std::string WordsOf(const StepOrder::Pair& pair) const;
  bool Near() const { return found_ && pairs_.size() <= 1; }

  Reruns& reruns_;
  const Execution& told_;
  const std::vector<NotedChoice>& choices_;
  Footprints footprints_;
  StepOrder order_;
  bool found_ = false;
  std::string schedule_;
  std::vector<StepOrder::Pair> pairs_;
};

void Looking::Try(Strategy& strategy) {
  if (!reruns_.Left() || Near()) return;
  const Execution& execution = reruns_.Run(strategy);
  strategy.EndExecution(execution);
  if (!execution.outcome.passed()) return;
  const StepOrder other(execution, footprints_);
  std::vector<StepOrder::Pair> pairs = ReversedPairs(order_, other);
  // One without a pair differs in choices inside steps: nearer than any only if nothing else is known.
  const auto distance = [](size_t count) { return count == 0 ? static_cast<size_t>(-1) : count; };
  if (found_ && distance(pairs.size()) >= distance(pairs_.size())) return;
  found_ = true;
  pairs_ = std::move(pairs);
  schedule_ = execution.schedule().ToText();
}

std::vector<StepOrder::Name> Looking::Reversed(const StepOrder::Pair& pair) const {
  const std::vector<StepOrder::Event>& events = order_.events();
  std::vector<Name> names;
  std::vector<Name> after;
  for (size_t i = 0; i < events.size(); ++i) {
    if (i == pair.later) continue;
    const bool depends = i == pair.earlier || (i > pair.earlier && order_.Before(pair.earlier, i));
    const bool stays = i < pair.earlier || (i < pair.later && !depends);
    (stays ? names : after).push_back(events[i].name);
  }
  names.push_back(events[pair.later].name);
  names.insert(names.end(), after.begin(), after.end());
  return names;
}

FollowOrder::Inside Looking::InsideSteps() const {
  // What both partners of a rendezvous choose belongs to the one step.
  std::vector<Name> names = NamesOfSteps(told_.trace);
  for (size_t i = 1; i < names.size(); ++i) {
    if (told_.trace.steps[i].joined) names[i] = names[i - 1];
  }
  FollowOrder::Inside inside;
  std::map<Name, uint32_t> count;
  for (const NotedChoice& noted : choices_) {
    if (noted.choice.choice_kind() == ChoiceKind::kTask || noted.step >= names.size()) continue;
    const Name& name = names[noted.step];
    inside[{name, count[name]++}] = noted.choice.option;
  }
  return inside;
}

void Looking::TurnRound() {
  // What came before the window stays as it was: the first steps of the list.
  const FollowOrder::Inside inside = InsideSteps();
  std::vector<Name> before;
  if (order_.events().size() == StepOrder::kWindow) {
    const std::vector<Name> names = NamesOfSteps(told_.trace);
    for (uint64_t i = 0; i < order_.events().front().step; ++i) {
      if (!told_.trace.steps[i].joined) before.push_back(names[i]);
    }
  }
  for (const StepOrder::Pair& pair : order_.Rivals()) {
    if (!reruns_.Left() || Near()) return;
    std::vector<Name> names = before;
    const std::vector<Name> reversed = Reversed(pair);
    names.insert(names.end(), reversed.begin(), reversed.end());
    FollowOrder strategy(std::move(names), inside);
    Try(strategy);
  }
}

void Looking::TakeOut() {
  if (!reruns_.Left() || Near()) return;
  Anchored record(told_.schedule());
  record.EndExecution(reruns_.Run(record));
  const std::vector<AnchoredDeviation> taken = record.taken();
  for (size_t i = taken.size(); i-- > 0 && reruns_.Left() && !Near();) {
    std::vector<AnchoredDeviation> fewer = taken;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
    Anchored strategy(fewer);
    Try(strategy);
  }
}

std::string Looking::WordsOf(const StepOrder::Pair& pair) const {
  const StoryWords words(told_);
  const StepOrder::Event& earlier = order_.events()[pair.earlier];
  const StepOrder::Event& later = order_.events()[pair.later];
  const auto step_words = [&words](const StepOrder::Event& event) {
    return absl::StrCat("step ", event.step + 1, ", ", words.Task(event.task), " ", words.OperationOf(event.step),
                        words.AtPlaceOf(event.step));
  };
  if (!later.pends) return absl::StrCat(step_words(earlier), ", came before ", step_words(later));
  return absl::StrCat(step_words(earlier), ", came before ", words.Task(later.task), " ", words.PendingOf(later.task),
                      " at ", ToString(told_.trace.pending[later.step].place), ", which never came");
}

NearestPass Looking::Find() {
  const uint64_t before = reruns_.executions();
  Fifo quiet;
  TurnRound();
  TakeOut();
  Try(quiet);
  NearestPass nearest;
  nearest.executions = reruns_.executions() - before;
  nearest.schedule = schedule_;
  for (const StepOrder::Pair& pair : pairs_) {
    const StepOrder::Event& later = order_.events()[pair.later];
    nearest.pairs.push_back({order_.events()[pair.earlier].step, later.step, later.pends, WordsOf(pair)});
  }
  return nearest;
}

}  // namespace

NearestPass FindNearestPass(Reruns& reruns, const Execution& told, const std::vector<NotedChoice>& choices) {
  return Looking(reruns, told, choices).Find();
}

}  // namespace fate::sim
