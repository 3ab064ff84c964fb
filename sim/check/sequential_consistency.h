// CheckSequentialConsistency: whether the operations can be ordered so that the model accepts them, each client's
// in its own order.
//
//   Usage:
//     SequentialConsistencyResult result = CheckSequentialConsistency(history, Register<int>());
//     EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
//
// Example: tests/examples/sequential_consistency_example_test.cc
//
// Lamport, "How to make a multiprocessor computer that correctly executes multiprocess programs", 1979. Weaker than
// linearizability: a read may be stale, as long as its client cannot tell. It cannot be checked key by key (two
// objects may each be consistent and not be so together), so the history is one part. A lost operation may take
// effect at any time, also before it was invoked: no client can tell. Exponential at worst (NP-complete even for
// distinct values, Gibbons and Korach 1997). A history that is linearizable is also sequentially consistent: that is
// looked at first, with half of the steps, and is usually cheap.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fate/sim/check/history.h"
#include "fate/sim/check/judge.h"
#include "fate/sim/check/linearizability.h"
#include "fate/sim/check/model.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim {

struct SequentialConsistencyResult {
  Verdict verdict = Verdict::kOk;
  // For people; empty if kOk.
  std::string text;
  // If kIllegal: the earliest operation that has no place behind the longest order that was found, none if it gave
  // up; and that order.
  std::vector<size_t> unplaced;
  std::vector<size_t> order;
  // Model steps.
  uint64_t steps = 0;
};

namespace internal {

// A model whose states are those of one key, over all keys: a state is the states of all keys.
class AllKeys final : public NumberedModel {
 public:
  // `key_of`: the number of each operation's key, below `keys`.
  AllKeys(NumberedModel& one, std::vector<uint32_t> key_of, size_t keys) : one_(one), key_of_(std::move(key_of)) {
    states_.Of(std::vector<uint32_t>(keys));
  }
  uint32_t Apply(uint32_t state, uint32_t operation) override {
    const uint32_t key = key_of_[operation];
    const uint32_t before = states_[state][key];
    const uint32_t next = one_.Apply(before, operation);
    if (next == kNoState || next == before) return next == kNoState ? kNoState : state;
    std::vector<uint32_t> after = states_[state];
    after[key] = next;
    return states_.Of(after);
  }
  bool OnlyReads(uint32_t operation) const override { return one_.OnlyReads(operation); }
  uint32_t TwinOf(uint32_t operation) const override { return one_.TwinOf(operation); }
  uint64_t bytes() const override { return one_.bytes() + states_.bytes(); }

 private:
  NumberedModel& one_;
  std::vector<uint32_t> key_of_;
  Numbered<std::vector<uint32_t>> states_;
};

// The order of a part, whose model may have keys.
template <class Model>
OrderOutcome SearchSequential(const HistoryOf<Model>& history, const Model& model, Part<Model>& part,
                              CheckBudget& budget) {
  if constexpr (HasKeys<Model>) {
    if constexpr (!IsOptional<decltype(model.KeyOf(history.operations()[0].input))>()) {
      Numbered<std::decay_t<decltype(model.KeyOf(history.operations()[0].input))>> keys;
      std::vector<uint32_t> key_of;
      for (uint32_t i = 0; i < part.spans().size(); ++i) {
        key_of.push_back(keys.Of(model.KeyOf(history.operations()[part.NumberOf(i)].input)));
      }
      AllKeys all(part, std::move(key_of), keys.size());
      OrderOutcome outcome = sim::SearchSequential(part.spans(), all, budget);
      outcome.state = OrderOutcome::kNone;
      return outcome;
    }
  }
  return sim::SearchSequential(part.spans(), part, budget);
}

}  // namespace internal

template <SequentialModel Model>
SequentialConsistencyResult CheckSequentialConsistency(const HistoryOf<Model>& history, const Model& model = Model(),
                                                       const CheckLimits& limits = CheckLimits()) {
  CheckLimits half = limits;
  half.steps /= 2;
  const LinearizabilityResult linearizable = CheckLinearizability(history, model, half);
  CheckBudget budget(limits);
  budget.steps = linearizable.steps;
  SequentialConsistencyResult result;
  result.steps = budget.steps;
  if (linearizable.verdict == Verdict::kOk) return result;
  internal::Part<Model> part(history, model, internal::All<Model>(history));
  internal::PartVerdict verdict;
  verdict.order = internal::SearchSequential<Model>(history, model, part, budget);
  result.verdict = verdict.order.verdict;
  result.steps = budget.steps;
  if (result.verdict == Verdict::kOk) return result;
  if (verdict.order.unplaced != OrderOutcome::kNone) verdict.suspects = {verdict.order.unplaced};
  for (uint32_t i : verdict.suspects) result.unplaced.push_back(part.NumberOf(i));
  for (uint32_t i : verdict.order.order) result.order.push_back(part.NumberOf(i));
  result.text = internal::TellPart(part, part.spans(), verdict, budget, "sequentially consistent");
  return result;
}

}  // namespace fate::sim
