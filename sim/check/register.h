// Register: a model: one value that is written, read, and compared and swapped.
//
//   Usage:
//     HistoryOf<Register<int>> history;
//     history.Invoke(1, Register<int>::Write(5));
//     history.Respond(1);
//     history.Invoke(2, Register<int>::Read());
//     history.Respond(2, 5);
//
// Example: tests/examples/sequential_consistency_example_test.cc
//
// Read returns the value. CompareAndSwap(expected, desired) returns the value that was there: it was swapped if
// that is `expected`. Near-linear if no value is written twice and nothing is swapped.
// Tested by tests/check/models_test.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/model.h"

namespace fate::sim {

template <class T>
class Register {
 public:
  enum class Kind : uint8_t { kRead, kWrite, kCompareAndSwap };
  struct Input {
    Kind kind;
    T value;     // to be written
    T expected;  // if swapping
    bool operator==(const Input&) const = default;
  };
  using Output = std::optional<T>;
  using State = T;
  using Value = T;
  static constexpr Shape kShape = Shape::kRegister;

  static Input Read() { return {Kind::kRead, T(), T()}; }
  static Input Write(T value) { return {Kind::kWrite, std::move(value), T()}; }
  static Input CompareAndSwap(T expected, T desired) {
    return {Kind::kCompareAndSwap, std::move(desired), std::move(expected)};
  }

  explicit Register(T initial = T()) : initial_(std::move(initial)) {}

  State Initial() const { return initial_; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (input.kind == Kind::kWrite) return input.value;
    if (output != nullptr && *output != state) return std::nullopt;
    return input.kind == Kind::kCompareAndSwap && state == input.expected ? input.value : state;
  }
  bool OnlyReads(const Input& input, const Output* output) const {
    return input.kind == Kind::kRead ||
           (input.kind == Kind::kCompareAndSwap && output != nullptr && *output != input.expected);
  }
  std::string Describe(const Input& input, const Output* output) const {
    const std::string value = InWords(input.value);
    if (input.kind == Kind::kWrite) return "write(" + value + ")" + (output ? "" : " -> ?");
    const std::string result = output == nullptr ? "?" : *output ? InWords(**output) : "nothing";
    if (input.kind == Kind::kRead) return "read() -> " + result;
    return "compare_and_swap(" + InWords(input.expected) + ", " + value + ") -> " + result;
  }
  std::string DescribeState(const State& state) const { return InWords(state); }

  std::optional<T> InitialValue() const { return initial_; }
  Role<T> RoleOf(const Input& input, const Output* output) const {
    if (input.kind == Kind::kWrite) return {RoleKind::kPut, input.value};
    if (input.kind == Kind::kCompareAndSwap) return {RoleKind::kOther};
    if (output == nullptr) return {RoleKind::kNothing};
    return {RoleKind::kTake, *output};
  }

 private:
  T initial_;
};

}  // namespace fate::sim
