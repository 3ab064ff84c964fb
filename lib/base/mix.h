// Mix: the one way fate turns numbers into other numbers: hashes of task paths, traces and draws.
//
// The same bits on every compiler and machine. Not for secrets.
#pragma once

#include <cstdint>

namespace fate {

// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", OOPSLA 2014): a bijection on 64 bits in which each input bit moves half the output.
constexpr uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Folds `value` into `hash`; the order of the folds matters.
constexpr uint64_t Mix(uint64_t hash, uint64_t value) { return Mix(hash ^ Mix(value)); }

// A number below `bound`, unbiased enough for choices (Lemire 2019, without the rejection step:
// the bias is below bound / 2^64). REQUIRES: bound > 0.
constexpr uint64_t Below(uint64_t bits, uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(bits) * bound) >> 64);
}

}  // namespace fate
