// Pos: partial order sampling: a random priority for each pending operation, redrawn after a race.
//
// Yuan, Yang, Gu, "Partial order aware concurrency sampling" (CAV 2018). The candidate of highest
// priority runs; then its next operation, and every pending operation that may conflict with the
// one that ran, draw anew. Operations that commute need no lucky draws, so it covers partial orders
// far more evenly than a random walk; the lower bound is exponentially better.
//
// Our deviations: a task that had left the candidates (it was disabled) draws anew when it comes
// back: what disabled it conflicts with what it stands before, so the distribution is the same. A
// task that has not begun conflicts with everything but spawns and joins. No parameters, nothing
// learned. O(n) a choice. Tested by tests/strategies/pos_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/conflict.h"
#include "fate/sim/strategies/sampling.h"

namespace fate::sim {

class Pos final : public Sampling<Pos> {
 public:
  explicit Pos(uint64_t seed) : Sampling(seed) {}

 private:
  friend class Sampling<Pos>;
  struct Pending {
    Footprint footprint;
    uint32_t priority;
    uint32_t task;
  };

  void Begin();
  uint32_t Pick(const ChoicePoint& point);
  void Rebuild(const ChoicePoint& point);

  std::vector<Pending> pending_;   // by slot
  std::vector<Pending> before_;    // the same, before the candidates changed
  std::vector<uint32_t> slot_of_;  // by task: where it was in before_, if it was
  uint32_t ran_slot_ = 0;          // of the last choice
  Footprint ran_;                  // what it did
};

}  // namespace fate::sim
