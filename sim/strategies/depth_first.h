// DepthFirst: every schedule, once: plain depth-first search of the tree of choices.
//
// Stateless, as in VeriSoft (Godefroid, POPL 1997), without reduction: n tasks of k steps each have
// (nk)!/(k!)^n schedules. For small programs, and to count. The draws of the program stay the same.
// Tested by tests/strategies/depth_first_test.cc.
#pragma once

#include <vector>

#include "fate/sim/core/schedule.h"
#include "fate/sim/core/strategy.h"

namespace fate::sim {

class DepthFirst : public Strategy {
 public:
  void BeginExecution(uint64_t) override { depth_ = 0; }
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution& execution) override;
  bool fixed_draws() const override { return true; }
  double Progress() const override;
  std::string StopReason() const override;

 protected:
  // Choices made in this execution.
  size_t depth() const { return depth_; }
  // What was chosen in the last execution stays as it is: the search is that of what is below.
  void Keep() { floor_ = depth_; }

 private:
  std::vector<Choice> path_;  // what to choose next time, to the depth explored
  size_t depth_ = 0;
  size_t floor_ = 0;  // choices that stay
};

}  // namespace fate::sim
