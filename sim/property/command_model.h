// CommandModel: the commands of a concurrent test as the checker of histories asks for them (order_search.h):
// by number, with states by number.
//
// A state is kept once, found again by ==: commands are few, and their models need nothing more.
// Apply O(states). Tested by tests/property/command_model_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "fate/sim/check/order_search.h"

namespace fate::sim::internal {

template <class Model>
class CommandModel final : public NumberedModel {
 public:
  // Whether the model may let a command take effect with the result it gave; changes the model if so.
  using Allows = std::function<bool(uint32_t command, Model&)>;

  CommandModel(Model initial, Allows allows) : allows_(std::move(allows)), states_{std::move(initial)} {}

  uint32_t Apply(uint32_t state, uint32_t command) override {
    Model next = states_[state];
    if (!allows_(command, next)) return kNoState;
    const auto known = std::find(states_.begin(), states_.end(), next);
    const auto number = static_cast<uint32_t>(known - states_.begin());
    if (known == states_.end()) states_.push_back(std::move(next));
    return number;
  }
  bool OnlyReads(uint32_t) const override { return false; }
  uint32_t TwinOf(uint32_t) const override { return kNoTwin; }
  uint64_t bytes() const override { return states_.size() * sizeof(Model); }

  const Model& state(uint32_t number) const { return states_[number]; }

 private:
  Allows allows_;
  std::vector<Model> states_;
};

// The operations that have no place in `order` though they might come next: called before the first of those
// that are left returned. In the order of their calls.
std::vector<uint32_t> NotNext(const std::vector<Span>& spans, const std::vector<uint32_t>& order);

}  // namespace fate::sim::internal
