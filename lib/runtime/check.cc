#include "fate/runtime/check.h"

#include <cstdio>
#include <cstdlib>

#include "fate/runtime/context.h"
#include "fate/runtime/simulation.h"

namespace fate::internal {

namespace {

[[noreturn]] void Die(const char* condition, const std::string& message, Place place) {
  std::fprintf(stderr, "%s: FATE_CHECK(%s) failed: %s\n", ToString(place).c_str(), condition,
               message.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace

void CheckFailed(const char* condition, const std::string& message, Place place) {
  if (context.simulation == nullptr) Die(condition, message, place);
  context.simulation->Misuse(condition, message, place);
  throw ExecutionStopped{};
}

void CheckFailed(const char* condition, const char* message, Place place) {
  CheckFailed(condition, std::string(message), place);
}

void CheckFailedInDestructor(const char* condition, const std::string& message, Place place) {
  if (context.simulation == nullptr) Die(condition, message, place);
  context.simulation->Misuse(condition, message, place);
}

void CheckFailedInDestructor(const char* condition, const char* message, Place place) {
  CheckFailedInDestructor(condition, std::string(message), place);
}

}  // namespace fate::internal
