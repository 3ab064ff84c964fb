// Whether this is built with AddressSanitizer, where a step of a program takes some twenty times as long: what is a
// sample there may be smaller. The whole of it is run by the builds without.
#pragma once

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

}  // namespace fate::sim::test
