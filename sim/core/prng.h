// Prng: the random numbers of strategies: small, seeded, the same bits on every compiler.
//
// PCG XSH-RR 64/32 (O'Neill 2014): a step is one multiplication, off the path to the output. Seeds are
// spread by Mix, so that neighbouring ones give unrelated streams. Not for programs under test: theirs is
// fate/runtime/random.h.
#pragma once

#include <bit>
#include <cstdint>

#include "fate/base/mix.h"

namespace fate::sim {

class Prng {
 public:
  explicit Prng(uint64_t seed = 0) : state_(Mix(seed)) { Next32(); }

  // One number ahead, so that a choice does not wait for the output function.
  uint32_t Next32() {
    uint32_t bits = next_;
    uint64_t old = state_;
    state_ = old * 6364136223846793005u + 1442695040888963407u;
    next_ = std::rotr(static_cast<uint32_t>(((old >> 18) ^ old) >> 27), static_cast<int>(old >> 59));
    return bits;
  }
  uint64_t Next() {
    uint64_t high = Next32();
    return high << 32 | Next32();
  }
  // Uniform in [0, bound), but for a bias below bound / 2^32. REQUIRES: bound > 0.
  uint32_t Below(uint32_t bound) { return Scale(Next32(), bound); }
  // What Next32 will give.
  uint32_t next() const { return next_; }
  static uint32_t Scale(uint32_t bits, uint32_t bound) { return static_cast<uint32_t>((uint64_t{bits} * bound) >> 32); }
  // Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
  uint32_t next_ = 0;
};

}  // namespace fate::sim
