// How large samples are: smaller with AddressSanitizer, where a step of a program takes some twenty times as long (the
// whole of them is run by the builds without), larger in the long tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#if defined(__has_feature)
#define FATE_HAS_FEATURE(name) __has_feature(name)
#else
#define FATE_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || FATE_HAS_FEATURE(address_sanitizer)
#define FATE_SANITIZED 1
#else
#define FATE_SANITIZED 0
#endif

namespace fate::sim::test {

constexpr bool kSanitized = FATE_SANITIZED != 0;

// FATE_LONG_TESTS=1 in the environment runs the long tests.
inline bool LongTests() { return std::getenv("FATE_LONG_TESTS") != nullptr; }

// How many to take, of `usual` for a usual run.
constexpr uint64_t Samples(uint64_t usual) { return kSanitized ? (usual + 7) / 8 : usual; }
inline uint64_t Samples(uint64_t usual, uint64_t in_long_tests) { return LongTests() ? in_long_tests : Samples(usual); }

// Those to take of many that are alike.
template <class T>
std::vector<T> SomeOf(const std::vector<T>& all) {
  std::vector<T> some;
  for (size_t i = 0; i < all.size(); i += kSanitized ? 4 : 1) some.push_back(all[i]);
  return some;
}

}  // namespace fate::sim::test
