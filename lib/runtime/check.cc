#include "fate/runtime/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "fate/runtime/context.h"
#include "fate/runtime/simulation.h"

namespace fate::internal {

namespace {

[[noreturn]] void Die(const char* condition, std::string_view message, Place place) {
  std::fprintf(stderr, "%s: FATE_CHECK(%s) failed: %.*s\n", ToString(place).c_str(), condition,
               static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace

void CheckFailed(const char* condition, std::string_view message, Place place, CheckOf whose) {
  if (context.simulation == nullptr) Die(condition, message, place);
  context.simulation->Misuse(condition, std::string(message), place, whose);
  throw ExecutionStopped{};
}

void CheckFailedInDestructor(const char* condition, std::string_view message, Place place, CheckOf whose) {
  if (context.simulation == nullptr) Die(condition, message, place);
  context.simulation->Misuse(condition, std::string(message), place, whose);
}

}  // namespace fate::internal
