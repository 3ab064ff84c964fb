// PutAndTake: what the models Queue and Stack have in common: what is put in comes out again, one value at a time.
//
// Traits: whether the oldest comes out first, the shape for the fast algorithms, and what the two operations are
// called. Tested by tests/check/models_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/model.h"

namespace fate::sim::internal {

template <class T, class Traits>
class PutAndTake {
 public:
  struct Input {
    std::optional<T> put;  // none: take
    bool operator==(const Input&) const = default;
  };
  using Output = std::optional<T>;
  using State = std::vector<T>;  // oldest first
  using Value = T;
  static constexpr Shape kShape = Traits::kShape;

  State Initial() const { return {}; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    State next = state;
    if (input.put) {
      next.push_back(*input.put);
      return next;
    }
    if (state.empty()) return output == nullptr || !*output ? std::optional<State>(next) : std::nullopt;
    const auto first = Traits::kOldestFirst ? next.begin() : next.end() - 1;
    if (output != nullptr && *output != *first) return std::nullopt;
    next.erase(first);
    return next;
  }
  bool OnlyReads(const Input& input, const Output* output) const { return !input.put && output != nullptr && !*output; }
  std::string Describe(const Input& input, const Output* output) const {
    if (input.put) return std::string(Traits::kPut) + "(" + InWords(*input.put) + ")" + (output ? "" : " -> ?");
    return std::string(Traits::kTake) + "() -> " + (output == nullptr ? "?" : *output ? InWords(**output) : "nothing");
  }
  std::string DescribeState(const State& state) const {
    std::string text = "[";
    for (const T& value : state) text += (text.size() > 1 ? " " : "") + InWords(value);
    return text + "]";
  }
  Role<T> RoleOf(const Input& input, const Output* output) const {
    if (input.put) return {RoleKind::kPut, input.put};
    if (output == nullptr) return {RoleKind::kTakeUnknown};
    return *output ? Role<T>{RoleKind::kTake, *output} : Role<T>{RoleKind::kTakeNothing};
  }
};

}  // namespace fate::sim::internal
