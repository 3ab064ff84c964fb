// Stack: a model: what is put in comes out again, what was pushed last before the rest.
//
// Push(value) returns nothing, Pop() the value, or nothing if it finds it empty. Its capacity is
// unlimited. Near-linear if no value is put in twice; else a state is as long as the stack.
// Tested by tests/check/models_test.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/model.h"

namespace fate::sim {

template <class T>
class Stack {
 public:
  struct Input {
    std::optional<T> put;  // none: take
    bool operator==(const Input&) const = default;
  };
  using Output = std::optional<T>;
  using State = std::vector<T>;
  using Value = T;
  static constexpr Shape kShape = Shape::kStack;

  static Input Push(T value) { return {std::move(value)}; }
  static Input Pop() { return {}; }

  State Initial() const { return {}; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (input.put) {
      State next = state;
      next.push_back(*input.put);
      return next;
    }
    if (state.empty() && (output == nullptr || !*output)) return state;
    if (!state.empty() && (output == nullptr || *output == state.back())) {
      return State(state.begin(), state.end() - 1);
    }
    return std::nullopt;
  }
  bool OnlyReads(const Input& input, const Output* output) const {
    return !input.put && output != nullptr && !*output;
  }
  std::string Describe(const Input& input, const Output* output) const {
    if (input.put) return "push(" + InWords(*input.put) + ")" + (output ? "" : " -> ?");
    return "pop() -> " + (output == nullptr ? "?" : *output ? InWords(**output) : "nothing");
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

}  // namespace fate::sim
