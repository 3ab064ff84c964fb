// SplitDepthFirst: plain depth-first search, split after its first choices.
//
// Nothing that is found below one branch concerns another, so a part is the choices at its root. The walk ends each
// execution at its choice number `levels`; see split_reduced.h for how it is used. All it costs is the walk.
// Tested by tests/strategies/split_depth_first_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/strategies/depth_first.h"

namespace fate::sim {

class SplitDepthFirst final : public DepthFirst {
 public:
  // REQUIRES: levels > 0.
  explicit SplitDepthFirst(uint32_t levels) : cut_at_(levels) {}

  void BeginExecution(uint64_t number) override {
    cut_ = false;
    DepthFirst::BeginExecution(number);
  }
  uint32_t Choose(const ChoicePoint& point) override {
    cut_ = depth() == cut_at_;
    return cut_ ? kStop : DepthFirst::Choose(point);
  }

  // After an execution of the walk, before EndExecution: whether it was ended at the root of a part.
  bool at_leaf() const { return cut_; }
  // From here on it is the search of that part alone.
  void Descend() {
    cut_ = false;
    cut_at_ = SIZE_MAX;
    Keep();
  }

 private:
  size_t cut_at_;
  bool cut_ = false;
};

}  // namespace fate::sim
