// FATE_CHECK: what must hold, in every build; and the voices of our messages.
//
//   FATE_CHECK(!held_, "your program unlocked a Mutex that nobody holds");
//
// In production a failed check prints file:line, the condition and the message, and aborts. In the
// simulator it ends the execution as a finding. It is for misuse; expected failures are
// absl::Status. A message speaks in one of three voices: "your program ...", "our limit ...",
// "this is a bug in fate: ...". The message is evaluated only on failure.
// Tested by tests/runtime/check_test.cc.
#pragma once

#include <source_location>
#include <string_view>

#include "fate/base/place.h"

namespace fate {

// Thrown by the simulator to leave a step after a finding; never in production. Let it pass: an
// execution that swallows it ends at the next scheduling point all the same.
struct ExecutionStopped {};

// Of which code a check is: of the program, or of the library that it uses.
enum class CheckOf : bool { kProgram, kLibrary };

namespace internal {
// By its file: those of the library lie beside the folder of this one.
consteval CheckOf WhoseCheck(std::string_view file) {
  constexpr std::string_view kHere = std::source_location::current().file_name();
  constexpr std::string_view kName = "runtime/check.h";
  static_assert(kHere.ends_with(kName));
  return file.starts_with(kHere.substr(0, kHere.size() - kName.size())) ? CheckOf::kLibrary : CheckOf::kProgram;
}
// No string is made where a check stands: it stands in the middle of what is inlined into programs.
[[noreturn, gnu::cold]] void CheckFailed(const char* condition, std::string_view message, Place place, CheckOf whose);
// The same where nothing may be thrown: the simulator notes the finding and goes on.
[[gnu::cold]] void CheckFailedInDestructor(const char* condition, std::string_view message, Place place, CheckOf whose);
}  // namespace internal

}  // namespace fate

// Where it stands, and whose it is.
#define FATE_INTERNAL_HERE \
  ::std::source_location::current(), ::fate::internal::WhoseCheck(::std::source_location::current().file_name())

#define FATE_CHECK(condition, message)                                          \
  do {                                                                          \
    if (!(condition)) [[unlikely]] {                                            \
      ::fate::internal::CheckFailed(#condition, (message), FATE_INTERNAL_HERE); \
    }                                                                           \
  } while (false)

// For destructors and other code that must not throw.
#define FATE_CHECK_IN_DESTRUCTOR(condition, message)                                        \
  do {                                                                                      \
    if (!(condition)) [[unlikely]] {                                                        \
      ::fate::internal::CheckFailedInDestructor(#condition, (message), FATE_INTERNAL_HERE); \
    }                                                                                       \
  } while (false)
