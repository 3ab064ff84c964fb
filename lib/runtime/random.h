// Random: the random numbers of the current task: the same bits on every compiler and machine.
//
//   Usage:
//     Random random;
//     int die = random.Uniform(1, 6);                     // 1 and 6 included
//     const std::string& tree = random.Choice(trees);
//     bool retry = random.Bernoulli(0.25);
//     random.Shuffle(trees);
//     int delay = random.Uniform(0, 3, kExplorable);  // in the simulator each of the four is tried
//     double wait = absl::Exponential<double>(random.ref(), 2.0);
//
// Example: tests/examples/random_example_test.cc
//
// The bits are a function of (seed of the runtime, path of the task, number of the draw in the
// task): what other tasks draw, and when, moves nothing. A Random holds no state: make one wherever
// it is needed. Draws are not choices of the simulator, but for those asked for as kExplorable.
//
//   Order          nobody ever waits.
//   Scheduling     no draw is a scheduling point.
//   Cancellation   draws do not hear of it.
//   Destruction    nothing to destroy.
//
// REQUIRES, of each draw: a task is running. Not for secrets. O(1) but for Shuffle. absl's own
// distributions (over ref(), or over the Random itself, which is a standard generator) are a
// convenience: their values may differ between versions of absl.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ranges>
#include <type_traits>
#include <utility>

#include "absl/random/bit_gen_ref.h"
#include "absl/types/span.h"
#include "fate/runtime/check.h"

namespace fate {

// Asks for a draw that the simulator explores like a schedule: of at most 16 alternatives, the
// first being the quiet one. In production it is a draw like any other.
struct Explorable {
  static constexpr uint64_t kAlternativesMax = 16;
};
inline constexpr Explorable kExplorable;

// Elements by index that outlive the call: no temporary container, but a temporary span.
template <class Container>
concept RandomContainer =
    std::ranges::random_access_range<Container> &&
    (std::is_lvalue_reference_v<Container> || std::ranges::borrowed_range<Container> ||
     // Debian's absl::Span does not say that it borrows.
     std::is_same_v<std::remove_cvref_t<Container>,
                    absl::Span<std::remove_reference_t<decltype(*std::begin(std::declval<Container&>()))>>>);

class Random {
 public:
  // 64 random bits.
  uint64_t Bits();
  // Uniform over the integers from `low` to `high`, both included, and unbiased (Lemire: "Fast
  // random integer generation in an interval", TOMACS 2019). REQUIRES: low <= high.
  template <std::integral Integer>
  Integer Uniform(Integer low, Integer high);
  // REQUIRES: at most 16 values.
  template <std::integral Integer>
  Integer Uniform(Integer low, Integer high, Explorable);
  // Uniform over the multiples of 2^-53 in [0, 1).
  double UniformDouble();
  // Uniform in [low, high], rounded to nearest. REQUIRES: low <= high, both finite.
  double UniformDouble(double low, double high);
  // True with `probability`. REQUIRES: 0 <= probability <= 1.
  bool Bernoulli(double probability);
  // One of the elements of a vector, array, span, ...; a reference to it. REQUIRES: not empty.
  template <RandomContainer Container>
  decltype(auto) Choice(Container&& container);
  // REQUIRES: at most 16 elements.
  template <RandomContainer Container>
  decltype(auto) Choice(Container&& container, Explorable);
  // Each order equally likely (Fisher and Yates, from the back).
  template <RandomContainer Container>
  void Shuffle(Container&& container);

  // For absl's distributions.
  absl::BitGenRef ref() { return absl::BitGenRef(*this); }

  // A UniformRandomBitGenerator.
  using result_type = uint64_t;
  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return std::numeric_limits<uint64_t>::max(); }
  uint64_t operator()() { return Bits(); }

 private:
  // Uniform below `bound`, 0 standing for 2^64.
  uint64_t Below(uint64_t bound);
  // The same as a choice of the simulator, if there is one.
  uint64_t ChooseBelow(uint64_t bound);
  // How many integers there are from low to high; 0 stands for 2^64.
  template <class Integer>
  static uint64_t Count(Integer low, Integer high) {
    FATE_CHECK(low <= high, "your program asked for a random number between bounds in the wrong order");
    return static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  }
};

// ---------------------------------------------------------------------------------------------

template <std::integral Integer>
Integer Random::Uniform(Integer low, Integer high) {
  return static_cast<Integer>(static_cast<uint64_t>(low) + Below(Count(low, high)));
}

template <std::integral Integer>
Integer Random::Uniform(Integer low, Integer high, Explorable) {
  return static_cast<Integer>(static_cast<uint64_t>(low) + ChooseBelow(Count(low, high)));
}

template <RandomContainer Container>
decltype(auto) Random::Choice(Container&& container) {
  FATE_CHECK(!std::empty(container), "your program asked for a random element of an empty container");
  return std::begin(container)[static_cast<ptrdiff_t>(Below(std::size(container)))];
}

template <RandomContainer Container>
decltype(auto) Random::Choice(Container&& container, Explorable) {
  FATE_CHECK(!std::empty(container), "your program asked for a random element of an empty container");
  return std::begin(container)[static_cast<ptrdiff_t>(ChooseBelow(std::size(container)))];
}

template <RandomContainer Container>
void Random::Shuffle(Container&& container) {
  auto first = std::begin(container);
  for (size_t rest = std::size(container); rest > 1; --rest) {
    using std::swap;
    swap(first[static_cast<ptrdiff_t>(rest - 1)], first[static_cast<ptrdiff_t>(Below(rest))]);
  }
}

}  // namespace fate
