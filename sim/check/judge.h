// How the parts of a history are judged and told: the common ground of the checkers, not for users.
// Tested by tests/check/linearizability_test.cc.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/history.h"
#include "fate/sim/check/model.h"
#include "fate/sim/check/numbered.h"
#include "fate/sim/check/order_search.h"
#include "fate/sim/check/verdict.h"

namespace fate::sim::internal {

// What a report wants to know of a part.
class Describer {
 public:
  virtual ~Describer() = default;
  // "client 3: get(x) -> 7 [events 12 to 15]".
  virtual std::string Describe(uint32_t operation) const = 0;
  // Empty if the model does not say.
  virtual std::string DescribeState(uint32_t state) const = 0;
};

struct PartVerdict {
  OrderOutcome order;
  bool prefix_is_longest = true;
  // What cannot be placed, the main suspect first, and the rule that says so if a fast algorithm found it.
  std::vector<uint32_t> suspects;
  std::string rule;
};

// Decides one part.
PartVerdict JudgePart(const std::vector<Span>& spans, const std::vector<NumberedRole>& roles, Shape shape,
                      NumberedModel& model, CheckBudget& budget);

// The part's verdict in words. `what`: "linearizable".
std::string TellPart(const Describer& part, const std::vector<Span>& spans, const PartVerdict& verdict,
                     const CheckBudget& budget, const char* what);
std::string Where(const Span& span);

template <class Model>
constexpr Shape ShapeOf() {
  if constexpr (HasShape<Model>) {
    return Model::kShape;
  } else {
    return Shape::kNone;
  }
}

// Some operations of a history, with the states they lead to.
template <class Model>
class Part final : public NumberedModel, public Describer {
 public:
  Part(const HistoryOf<Model>& history, const Model& model, std::vector<uint32_t> numbers)
      : history_(history), model_(model), numbers_(std::move(numbers)) {
    states_.Of(model.Initial());
    for (uint32_t number : numbers_) spans_.push_back(history.operations()[number].span);
    if constexpr (HasShape<Model>) NumberRoles();
    twins_.resize(numbers_.size(), kNoTwin);
    if constexpr (std::equality_comparable<typename Model::Input>) FindTwins();
  }

  const std::vector<Span>& spans() const { return spans_; }
  const std::vector<NumberedRole>& roles() const { return roles_; }
  uint32_t NumberOf(uint32_t operation) const { return numbers_[operation]; }

  uint32_t Apply(uint32_t state, uint32_t operation) override {
    const auto& [span, input, output] = history_.operations()[numbers_[operation]];
    std::optional<typename Model::State> next = model_.Apply(states_[state], input, output ? &*output : nullptr);
    return next ? states_.Of(*next) : kNoState;
  }
  bool OnlyReads(uint32_t operation) const override {
    if constexpr (KnowsReads<Model>) {
      const auto& [span, input, output] = history_.operations()[numbers_[operation]];
      return model_.OnlyReads(input, output ? &*output : nullptr);
    } else {
      return false;
    }
  }
  uint32_t TwinOf(uint32_t operation) const override { return twins_[operation]; }
  uint64_t bytes() const override { return states_.bytes(); }
  std::string Describe(uint32_t operation) const override {
    const auto& [span, input, output] = history_.operations()[numbers_[operation]];
    return "client " + std::to_string(span.client) + ": " + model_.Describe(input, output ? &*output : nullptr) + " " +
           Where(span);
  }
  std::string DescribeState([[maybe_unused]] uint32_t state) const override {
    if constexpr (DescribesStates<Model>) {
      return model_.DescribeState(states_[state]);
    } else {
      return "";
    }
  }

 private:
  // O(pending operations x different ones).
  void FindTwins() {
    std::vector<uint32_t> last;  // of those that ask for the same
    for (uint32_t i = 0; i < numbers_.size(); ++i) {
      const auto& operation = history_.operations()[numbers_[i]];
      if (!operation.span.pending()) continue;
      size_t same = 0;
      while (same < last.size() && !(history_.operations()[numbers_[last[same]]].input == operation.input)) ++same;
      if (same == last.size()) last.push_back(kNoTwin);
      twins_[i] = std::exchange(last[same], i);
    }
  }
  void NumberRoles() {
    Numbered<std::optional<typename Model::Value>> values;
    if constexpr (Model::kShape == Shape::kRegister) values.Of(model_.InitialValue());
    for (uint32_t number : numbers_) {
      const auto& [span, input, output] = history_.operations()[number];
      auto role = model_.RoleOf(input, output ? &*output : nullptr);
      const bool valued = role.kind == RoleKind::kPut || role.kind == RoleKind::kTake;
      roles_.push_back({role.kind, valued ? values.Of(role.value) : 0, span});
    }
  }

  const HistoryOf<Model>& history_;
  const Model& model_;
  std::vector<uint32_t> numbers_;  // in the history
  std::vector<Span> spans_;
  std::vector<uint32_t> twins_;
  std::vector<NumberedRole> roles_;
  Numbered<typename Model::State> states_;
};

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};
template <class T>
constexpr bool IsOptional() {
  return !std::is_same_v<std::decay_t<T>, typename Unwrapped<std::decay_t<T>>::Type>;
}

// All operations that count.
template <class Model>
std::vector<uint32_t> All(const HistoryOf<Model>& history) {
  std::vector<uint32_t> all;
  for (uint32_t i = 0; i < history.size(); ++i) {
    if (!history.operations()[i].span.failed) all.push_back(i);
  }
  return all;
}

// The operations that count, by key, in the order in which the keys first appear.
template <class Model>
std::vector<std::vector<uint32_t>> PartsOf(const HistoryOf<Model>& history, const Model& model) {
  std::vector<uint32_t> all = All<Model>(history);
  if constexpr (HasKeys<Model>) {
    using MaybeKey = decltype(model.KeyOf(history.operations()[0].input));
    Numbered<typename Unwrapped<std::decay_t<MaybeKey>>::Type> keys;
    std::vector<std::vector<uint32_t>> parts;
    for (uint32_t i : all) {
      const std::optional key = model.KeyOf(history.operations()[i].input);
      if (!key) return {std::move(all)};
      const uint32_t number = keys.Of(*key);
      if (number == parts.size()) parts.emplace_back();
      parts[number].push_back(i);
    }
    return parts;
  } else {
    return {std::move(all)};
  }
}

template <class Model>
std::string Tell(const Part<Model>& part, const PartVerdict& verdict, const CheckBudget& budget) {
  return TellPart(part, part.spans(), verdict, budget, "linearizable");
}

}  // namespace fate::sim::internal
