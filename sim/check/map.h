// Map: a model: values by key; a key-value store.
//
// Get(key) returns the value, or nothing if there is none; Put(key, value) and Erase(key) return nothing;
// Swap(key, value) puts the value and returns what was there. Checked key by key; near-linear for the keys to
// which no value is put twice, and which are neither erased nor swapped. Tested by tests/check/models_test.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fate/sim/check/distinct_values.h"
#include "fate/sim/check/model.h"

namespace fate::sim {

template <class K, class V>
class Map {
 public:
  enum class Kind : uint8_t { kGet, kPut, kErase, kSwap };
  struct Input {
    Kind kind;
    K key;
    std::optional<V> value;  // to be put
    bool operator==(const Input&) const = default;
  };
  using Output = std::optional<V>;
  using State = std::optional<V>;  // of one key
  using Value = V;
  static constexpr Shape kShape = Shape::kRegister;

  static Input Get(K key) { return {Kind::kGet, std::move(key), std::nullopt}; }
  static Input Put(K key, V value) { return {Kind::kPut, std::move(key), std::move(value)}; }
  static Input Erase(K key) { return {Kind::kErase, std::move(key), std::nullopt}; }
  static Input Swap(K key, V value) { return {Kind::kSwap, std::move(key), std::move(value)}; }

  const K& KeyOf(const Input& input) const { return input.key; }
  State Initial() const { return std::nullopt; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    const bool returns = input.kind == Kind::kGet || input.kind == Kind::kSwap;
    if (returns && output != nullptr && *output != state) return std::nullopt;
    return input.kind == Kind::kGet ? state : input.value;
  }
  bool OnlyReads(const Input& input, const Output*) const { return input.kind == Kind::kGet; }
  std::string Describe(const Input& input, const Output* output) const {
    static constexpr const char* kNames[] = {"get", "put", "erase", "swap"};
    std::string text = kNames[static_cast<int>(input.kind)] + ("(" + InWords(input.key));
    if (input.value) text += ", " + InWords(*input.value);
    text += ")";
    if (output == nullptr) return text + " -> ?";
    if (input.kind == Kind::kPut || input.kind == Kind::kErase) return text;
    return text + " -> " + DescribeState(*output);
  }
  std::string DescribeState(const State& state) const { return state ? InWords(*state) : "nothing"; }

  std::optional<V> InitialValue() const { return std::nullopt; }
  Role<V> RoleOf(const Input& input, const Output* output) const {
    if (input.kind == Kind::kPut) return {RoleKind::kPut, input.value};
    if (input.kind != Kind::kGet) return {RoleKind::kOther};
    if (output == nullptr) return {RoleKind::kNothing};
    return {RoleKind::kTake, *output};
  }
};

}  // namespace fate::sim
