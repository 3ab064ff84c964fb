// RandomDelay: round-robin without preemption, but for a few random delays.
//
// Delay-bounded scheduling (Emmi, Qadeer, Rakamaric, POPL 2011), randomised as in Coyote's
// DelayBoundingStrategy: a task runs until it blocks, yields or ends, then the next in order of
// creation; at each of up to `bound` points the task whose turn it is loses it to the next. Points
// are drawn among contested steps, whose number k is the most seen in earlier stages.
// Our deviations: the number of delays is uniform in 0..bound, so that the plain round is seen too;
// only contested steps count. Few delays find most bugs of few tasks; creation order matters.
// O(n) a choice that switches, O(1) else. Tested by tests/strategies/random_delay_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/sampling.h"

namespace fate::sim {

class RandomDelay final : public Sampling<RandomDelay> {
 public:
  explicit RandomDelay(uint64_t seed, uint32_t bound = 3) : Sampling(seed), bound_(bound) {}

 private:
  friend class Sampling<RandomDelay>;
  void Begin();
  uint32_t Pick(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage() { contested_known_ = contested_noted_; }
  // The slot of the task after `current_` in the round.
  uint32_t Next(const ChoicePoint& point) const;

  uint32_t bound_;
  uint64_t contested_known_ = 0;  // the most contested steps of an execution
  uint64_t contested_noted_ = 0;
  std::vector<uint64_t> delays_;  // contested steps of this execution, descending
  uint64_t contested_ = 0;        // so far
  uint32_t current_ = 0;          // the task whose turn it is
};

}  // namespace fate::sim
