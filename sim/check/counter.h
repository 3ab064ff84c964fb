// Counter: a model: a number to which is added.
//
// Add(n) returns nothing, FetchAdd(n) the number before it, Read() the number.
// Tested by tests/check/models_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fate/sim/check/model.h"

namespace fate::sim {

class Counter {
 public:
  enum class Kind : uint8_t { kRead, kAdd, kFetchAdd };
  struct Input {
    Kind kind;
    int64_t amount;
    bool operator==(const Input&) const = default;
  };
  using Output = std::optional<int64_t>;
  using State = int64_t;

  static Input Read() { return {Kind::kRead, 0}; }
  static Input Add(int64_t amount) { return {Kind::kAdd, amount}; }
  static Input FetchAdd(int64_t amount) { return {Kind::kFetchAdd, amount}; }

  explicit Counter(int64_t initial = 0) : initial_(initial) {}

  State Initial() const { return initial_; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (input.kind != Kind::kAdd && output != nullptr && *output != state) return std::nullopt;
    return state + input.amount;
  }
  bool OnlyReads(const Input& input, const Output*) const { return input.amount == 0; }
  std::string Describe(const Input& input, const Output* output) const {
    static constexpr const char* kNames[] = {"read", "add", "fetch_add"};
    std::string text = kNames[static_cast<int>(input.kind)];
    text += input.kind == Kind::kRead ? "()" : "(" + std::to_string(input.amount) + ")";
    if (output == nullptr) return text + " -> ?";
    return *output ? text + " -> " + std::to_string(**output) : text;
  }
  std::string DescribeState(const State& state) const { return std::to_string(state); }

 private:
  int64_t initial_;
};

}  // namespace fate::sim
