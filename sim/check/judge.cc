#include "fate/sim/check/judge.h"

#include <algorithm>

#include "fate/base/counted.h"

namespace fate::sim::internal {
namespace {

// How many steps, and ten for each operation, the search for a witness may take after a fast algorithm has found
// that there is no order.
constexpr uint64_t kStepsToTell = 1'000'000;
// How many operations of a prefix are told.
constexpr size_t kTold = 8;

bool AllTookEffect(const std::vector<Span>& spans) {
  return !spans.empty() && std::all_of(spans.begin(), spans.end(),
                                       [](const Span& span) { return span.pending() || span.effect != Span::kNever; });
}

// Whether the order in which the operations took effect is right. O(n log n) and n model steps.
bool FollowEffects(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget, OrderOutcome& found) {
  for (uint32_t i = 0; i < spans.size(); ++i) {
    if (spans[i].effect != Span::kNever) found.order.push_back(i);
  }
  std::sort(found.order.begin(), found.order.end(),
            [&](uint32_t a, uint32_t b) { return spans[a].effect < spans[b].effect; });
  for (uint32_t operation : found.order) {
    // Only what the state is matters: the history saw to it that effects lie within their operations.
    if (!budget.MayStep()) return false;
    found.state = model.Apply(found.state, operation);
    if (found.state == NumberedModel::kNoState || !budget.MayHold(model.bytes())) return false;
  }
  return true;
}

}  // namespace

PartVerdict JudgePart(const std::vector<Span>& spans, const std::vector<NumberedRole>& roles, Shape shape,
                      NumberedModel& model, CheckBudget& budget) {
  PartVerdict verdict;
  if (AllTookEffect(spans) && FollowEffects(spans, model, budget, verdict.order)) return verdict;
  verdict.order = OrderOutcome();

  using Kind = DistinctOutcome::Kind;
  DistinctOutcome distinct = DistinctOutcome::DoesNotApply();
  if (shape != Shape::kNone) distinct = CheckDistinct(shape, roles);
  if (distinct.kind == Kind::kOk) return verdict;

  if (distinct.kind == Kind::kDoesNotApply) {
    verdict.order = SearchLinearization(spans, model, budget);
    verdict.prefix_is_longest = verdict.order.verdict == Verdict::kIllegal;
    if (!verdict.prefix_is_longest) return verdict;
    verdict.suspects = {verdict.order.unplaced};
    return verdict;
  }
  CheckBudget to_tell(budget.limits);
  to_tell.limits.steps = std::min(kStepsToTell + 10 * spans.size(), budget.limits.steps - budget.steps);
  verdict.order = SearchLinearization(spans, model, to_tell);
  budget.steps += to_tell.steps;
  verdict.prefix_is_longest = verdict.order.verdict == Verdict::kIllegal;
  verdict.rule = std::move(distinct.rule);
  // The suspects of the rule, those who responded last first; what the search could not place before them.
  verdict.suspects = std::move(distinct.operations);
  std::sort(verdict.suspects.begin(), verdict.suspects.end(), [&](uint32_t a, uint32_t b) {
    return spans[a].responded != spans[b].responded ? spans[a].responded > spans[b].responded : a < b;
  });
  if (verdict.prefix_is_longest) {
    std::erase(verdict.suspects, verdict.order.unplaced);
    verdict.suspects.insert(verdict.suspects.begin(), verdict.order.unplaced);
  }
  verdict.order.verdict = Verdict::kIllegal;
  return verdict;
}

std::string Where(const Span& span) {
  if (span.pending()) return "[from event " + std::to_string(span.invoked) + " on]";
  return "[events " + std::to_string(span.invoked) + " to " + std::to_string(span.responded) + "]";
}

std::string TellPart(const Describer& part, const std::vector<Span>& spans, const PartVerdict& verdict,
                     const CheckBudget& budget, const char* what) {
  const OrderOutcome& order = verdict.order;
  if (order.verdict == Verdict::kUnknown) {
    return std::string("unknown whether it is ") + what + ": " + budget.ReachedText(order.memory) + "\n";
  }
  std::string text = std::string("not ") + what + ": this operation has no place:\n";
  text += "  " + part.Describe(verdict.suspects.front()) + "\n";
  if (!verdict.rule.empty()) {
    text += "since " + verdict.rule + ":\n";
    std::vector<uint32_t> told = verdict.suspects;
    std::sort(told.begin(), told.end());
    for (uint32_t operation : told) text += "  " + part.Describe(operation) + "\n";
  }
  text += verdict.prefix_is_longest ? "the longest prefix that has an order"
                                    : "the longest prefix for which an order was found";
  if (order.order.empty()) return text + " is empty\n";
  const size_t first = order.order.size() - std::min(kTold, order.order.size());
  text += ":\n";
  if (first > 0) text += "  ... " + Counted(first, "operation") + "\n";
  for (size_t i = first; i < order.order.size(); ++i) text += "  " + part.Describe(order.order[i]) + "\n";
  const bool known = order.state != OrderOutcome::kNone;
  const std::string state = known ? part.DescribeState(order.state) : "";
  if (!state.empty()) text += "  which leaves it " + state + "\n";
  std::vector<bool> placed(spans.size());
  for (uint32_t operation : order.order) placed[operation] = true;
  const uint32_t end = order.unplaced == OrderOutcome::kNone ? Span::kNever : spans[order.unplaced].responded;
  size_t left = 0;
  for (uint32_t i = 0; i < spans.size(); ++i) {
    if (placed[i] || i == verdict.suspects.front() || spans[i].invoked >= end) continue;
    if (left == 0) text += "without these, which had begun:\n";
    if (left++ < kTold) text += "  " + part.Describe(i) + "\n";
  }
  if (left > kTold) text += "  ... " + Counted(left - kTold, "operation") + "\n";
  return text;
}

}  // namespace fate::sim::internal
