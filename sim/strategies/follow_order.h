// FollowOrder: runs tasks in a given order of steps, as far as that can be; then quietly.
//
// A step is named by its task and how many operations that had made, so that the order still means something
// when some of it is no longer possible: at each choice the first step of the list runs that was not made
// and whose task is a candidate. Choices inside a step (a branch, a partner, a draw) are taken from a
// list too, else quietly. So one pair of steps can be turned round and the rest stay as it was. It looks at
// most kReach steps ahead. O(kReach) a choice. Tested by tests/strategies/follow_order_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/step_order.h"
#include "fate/sim/strategies/replay.h"

namespace fate::sim {

class FollowOrder final : public Strategy {
 public:
  // By step and how many there were in it before.
  using Inside = std::map<std::pair<StepOrder::Name, uint32_t>, uint32_t>;

  static constexpr size_t kReach = 1024;

  explicit FollowOrder(std::vector<StepOrder::Name> order, Inside inside = {})
      : order_(std::move(order)), inside_(std::move(inside)) {}

  void BeginExecution(uint64_t number) override;
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution&) override { return false; }
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }

 private:
  void CatchUp(const Trace& trace);
  uint32_t OptionOf(const ChoicePoint& point, uint64_t path) const;

  std::vector<StepOrder::Name> order_;
  Inside inside_;

  // Of the execution.
  size_t seen_ = 0;                    // steps
  size_t first_ = 0;                   // of order_: those before it are made
  std::map<uint64_t, uint64_t> made_;  // operations, by path
  std::map<uint64_t, bool> begun_;     // by path
  StepOrder::Name here_{};
  uint32_t inside_here_ = 0;
};

}  // namespace fate::sim
