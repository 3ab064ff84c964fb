// RandomWalk: each option with equal probability, at each choice, independently.
//
// The baseline of every study since "Noise makers need to know where to be silent" (Ben-Asher et al.,
// 2006). A schedule with branching b1..bk has probability 1/(b1 ... bk); a program of n tasks that
// never block is seen in any given order of k steps with probability at least n^-k. Fair with
// probability 1. O(1) a choice. Execution i depends on (seed, i) alone.
// Tested by tests/strategies/random_walk_test.cc.
#pragma once

#include "fate/sim/core/prng.h"
#include "fate/sim/strategies/numbered.h"

namespace fate::sim {

class RandomWalk final : public Numbered {
 public:
  explicit RandomWalk(uint64_t seed) : seed_(seed) {}

  void BeginExecution(uint64_t number) override {
    prng_ = Prng(Mix(seed_, number));
    next_of_ = 0;
  }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t options = point.options;
    const uint32_t bits = prng_.Next32();
    const uint32_t option = options == next_of_ ? next_ : Prng::Scale(bits, options);
    // Mostly there are as many options the next time: then the answer stands before the question.
    next_ = Prng::Scale(prng_.next(), options);
    next_of_ = options;
    return option;
  }
  uint32_t Foresee(uint32_t options, uint32_t ahead) const override {
    Prng later = prng_;
    while (ahead-- > 0) later.Next32();
    return later.Below(options);
  }
  void Prepare(uint64_t) override {}
  bool LearnFrom(const Execution&, const Finding&) override { return true; }
  bool learns_from_traces() const override { return false; }

 private:
  uint64_t seed_;
  // What Choose will answer if the options are as many as next_of_ (0: not known). The two stand apart: side by side
  // g++ writes them as one vector, which takes longer.
  uint32_t next_ = 0;
  Prng prng_;
  uint32_t next_of_ = 0;
};

}  // namespace fate::sim
