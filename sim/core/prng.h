// Prng: the random numbers of strategies: small, seeded, the same bits on every compiler.
//
// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a counter and a bijection. Passes BigCrush; one
// stream a seed. Not for programs under test: theirs is fate/runtime/random.h.
#pragma once

#include <cstdint>

#include "fate/base/mix.h"

namespace fate::sim {

class Prng {
 public:
  explicit Prng(uint64_t seed = 0) : state_(seed), next_(Mix(seed)) {}

  // Always one number ahead, so that nobody waits for the multiplications.
  uint64_t Next() {
    uint64_t bits = next_;
    state_ += 0x9e3779b97f4a7c15u;
    next_ = Mix(state_);
    return bits;
  }
  // Uniform in [0, bound). REQUIRES: bound > 0.
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(fate::Below(Next(), bound)); }
  // Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
  uint64_t next_;
};

}  // namespace fate::sim
