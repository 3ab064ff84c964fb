// Lock: a model: a mutex that at most one client holds.
//
// Lock(client) and Unlock(client) return true, TryLock(client) whether it now holds. That a client locks what it
// holds, or unlocks what it does not, has no place in any order. Tested by tests/check/models_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fate/sim/check/model.h"

namespace fate::sim {

class LockModel {
 public:
  enum class Kind : uint8_t { kLock, kTryLock, kUnlock };
  struct Input {
    Kind kind;
    uint32_t client;
    bool operator==(const Input&) const = default;
  };
  using Output = bool;
  using State = std::optional<uint32_t>;  // who holds it

  static Input Lock(uint32_t client) { return {Kind::kLock, client}; }
  static Input TryLock(uint32_t client) { return {Kind::kTryLock, client}; }
  static Input Unlock(uint32_t client) { return {Kind::kUnlock, client}; }

  State Initial() const { return std::nullopt; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (input.kind == Kind::kTryLock) {
      if (output != nullptr && *output != !state) return std::nullopt;
      return state ? state : State(input.client);
    }
    const bool can = input.kind == Kind::kLock ? !state : state == input.client;
    if (!can || (output != nullptr && !*output)) return std::nullopt;
    return input.kind == Kind::kLock ? State(input.client) : State();
  }
  bool OnlyReads(const Input& input, const Output* output) const {
    return input.kind == Kind::kTryLock && output != nullptr && !*output;
  }
  std::string Describe(const Input& input, const Output* output) const {
    static constexpr const char* kNames[] = {"lock", "try_lock", "unlock"};
    return kNames[static_cast<int>(input.kind)] + ("(" + std::to_string(input.client) + ")") +
           (output == nullptr ? " -> ?"
            : *output         ? ""
                              : " -> false");
  }
  std::string DescribeState(const State& state) const { return state ? "held by " + std::to_string(*state) : "free"; }
};

}  // namespace fate::sim
