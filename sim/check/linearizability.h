// CheckLinearizability: whether a history could have come from an object that does one thing at a time.
//
//   Usage:
//     LinearizabilityResult result = CheckLinearizability(history, Map<std::string, int>());
//     EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
//
// Example: tests/examples/linearizability_example_test.cc
//
// kOk: each operation can be given a moment between its invocation and its response, such that in the order of these
// moments the model accepts them all (Herlihy and Wing, "Linearizability", 1990). Pending operations may have
// had their effect, or not. kIllegal: it cannot; `text` says which operation has no place. kUnknown: our limit was
// reached; it is never to be read as kOk.
//
// A model with keys is checked key by key. Each part is decided by the order in which operations took effect,
// if the history tells it (History::TookEffect) and it is right; else, in models of registers, queues, stacks and
// sets in which no value is put in twice, in near-linear time (distinct_values.h); else by search
// (order_search.h). O(n c) model steps at best, for c operations open at once; exponential at worst.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/history.h"
#include "fate/sim/check/judge.h"
#include "fate/sim/check/model.h"
#include "fate/sim/check/order_search.h"
#include "fate/sim/check/verdict.h"

namespace fate::sim {

struct LinearizabilityResult {
  Verdict verdict = Verdict::kOk;
  // For people; empty if kOk.
  std::string text;
  // If kIllegal: the operations that cannot be placed, by their numbers in the history, the main suspect first;
  // never empty.
  std::vector<size_t> unplaced;
  // If kIllegal: the longest linearizable prefix of the history: how many events come before the first response
  // that no order can pass, given what the operations that are open then return later; and an order of the
  // operations on its key that comes that far. The search for it is limited, too: if it gave up, this is the
  // longest that was found, and `prefix_is_longest` is false.
  uint32_t prefix_events = 0;
  bool prefix_is_longest = true;
  std::vector<size_t> prefix;
  // Model steps.
  uint64_t steps = 0;
};

// REQUIRES: nothing of the history; one that is still going on has pending operations.
template <SequentialModel Model>
LinearizabilityResult CheckLinearizability(const HistoryOf<Model>& history, const Model& model = Model(),
                                           const CheckLimits& limits = CheckLimits());

// ---------------------------------------------------------------------------------------------------------

template <SequentialModel Model>
LinearizabilityResult CheckLinearizability(const HistoryOf<Model>& history, const Model& model,
                                           const CheckLimits& limits) {
  CheckBudget budget(limits);
  LinearizabilityResult unknown;
  LinearizabilityResult result;
  for (std::vector<uint32_t>& part : internal::PartsOf(history, model)) {
    internal::Part<Model> judged(history, model, std::move(part));
    LinearizabilityResult found;
    internal::PartVerdict verdict =
        internal::JudgePart(judged.spans(), judged.roles(), internal::ShapeOf<Model>(), judged, budget);
    if (verdict.order.verdict == Verdict::kOk) continue;
    found.verdict = verdict.order.verdict;
    found.prefix_is_longest = verdict.prefix_is_longest;
    found.prefix_events = verdict.order.unplaced == OrderOutcome::kNone
                              ? history.events()
                              : judged.spans()[verdict.order.unplaced].responded - 1;
    for (uint32_t i : verdict.order.order) found.prefix.push_back(judged.NumberOf(i));
    for (uint32_t i : verdict.suspects) found.unplaced.push_back(judged.NumberOf(i));
    found.text = internal::Tell(judged, verdict, budget);
    LinearizabilityResult& kept = found.verdict == Verdict::kUnknown ? unknown : result;
    if (kept.verdict == Verdict::kOk || found.prefix_events < kept.prefix_events) kept = std::move(found);
  }
  if (result.verdict == Verdict::kOk) {
    result = std::move(unknown);
  } else if (unknown.verdict == Verdict::kUnknown) {
    result.prefix_is_longest = false;
  }
  result.steps = budget.steps;
  return result;
}

}  // namespace fate::sim
