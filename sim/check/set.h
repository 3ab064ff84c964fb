// Set: a model: elements that are added, removed and looked for.
//
// Add(x) returns whether it was not there, Remove(x) and Contains(x) whether it was. Checked element by element;
// near-linear for those that are added and removed at most once. Tested by tests/check/models_test.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/model.h"

namespace fate::sim {

template <class T>
class Set {
 public:
  enum class Kind : uint8_t { kAdd, kRemove, kContains };
  struct Input {
    Kind kind;
    T element;
    bool operator==(const Input&) const = default;
  };
  using Output = bool;
  using State = bool;  // of one element: whether it is there
  using Value = T;
  static constexpr Shape kShape = Shape::kSet;

  static Input Add(T element) { return {Kind::kAdd, std::move(element)}; }
  static Input Remove(T element) { return {Kind::kRemove, std::move(element)}; }
  static Input Contains(T element) { return {Kind::kContains, std::move(element)}; }

  const T& KeyOf(const Input& input) const { return input.element; }
  State Initial() const { return false; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (output != nullptr && *output != (input.kind == Kind::kAdd ? !state : state)) return std::nullopt;
    return input.kind == Kind::kContains ? state : input.kind == Kind::kAdd;
  }
  bool OnlyReads(const Input& input, const Output* output) const {
    return input.kind == Kind::kContains || (output != nullptr && !*output);
  }
  std::string Describe(const Input& input, const Output* output) const {
    static constexpr const char* kNames[] = {"add", "remove", "contains"};
    return kNames[static_cast<int>(input.kind)] + ("(" + InWords(input.element) + ") -> ") +
           (output == nullptr ? "?"
            : *output         ? "true"
                              : "false");
  }
  std::string DescribeState(const State& state) const { return state ? "there" : "not there"; }

  Role<T> RoleOf(const Input& input, const Output* output) const {
    switch (input.kind) {
      case Kind::kAdd:
        return {output == nullptr ? RoleKind::kMayAdd : *output ? RoleKind::kAdded : RoleKind::kPresent};
      case Kind::kRemove:
        return {output == nullptr ? RoleKind::kMayRemove : *output ? RoleKind::kRemoved : RoleKind::kAbsent};
      case Kind::kContains:
        break;
    }
    return {output == nullptr ? RoleKind::kNothing : *output ? RoleKind::kPresent : RoleKind::kAbsent};
  }
};

}  // namespace fate::sim
