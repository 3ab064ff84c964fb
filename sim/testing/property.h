// SIM_PROPERTY: a GoogleTest test whose body is a coroutine with arguments: rapidcheck makes the arguments,
// the explorer the schedules, and a failure shrinks both together.
//
//   Usage:
//     SIM_PROPERTY(Bank, KeepsTheMoney, (std::vector<Transfer> transfers, int clients)) {
//       Accounts accounts(5);
//       co_await accounts.RunAll(transfers, 1 + std::abs(clients % 3));
//       RC_ASSERT(accounts.Total() == 500);
//     }
//
// Example: tests/examples/property_example_test.cc
//
// What CheckProperty (fate/sim/property/check_property.h) says holds; besides, a failing EXPECT_* or
// CO_ASSERT_* is a failure, in coroutines and in plain helpers, and a skip skips the test. The flags of
// fate/sim/testing/flags.h are obeyed: --fate_executions is of each case, --fate_seed gives rapidcheck's seed
// too unless RC_PARAMS has one. A failure prints the smallest arguments, the interleaving, and a line that
// brings both back. At the start of the body, Replay(arguments, schedule) pins it, as the failure prints it: the case
// is run each time before the search, as sim::Replay does in a SIM_TEST. A last argument changes the options of a test:
//
//   SIM_PROPERTY(Suite, Name, (int n), [](PropertyOptions& o) { o.executions = 10; }) { ... }
//
// CheckPropertyInTest is the same inside a test that is written otherwise.
// Tested by tests/testing/property_test.cc.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <string>
#include <utility>

#include "fate/base/place.h"
#include "fate/sim/property/check_property.h"
#include "fate/sim/testing/co_assert.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/task/task.h"

namespace fate::sim {

using AdjustProperty = std::function<void(PropertyOptions&)>;

// Checks cases and gives the running test the one result.
void CheckCasesInTest(const rc::Gen<PropertyCase>& cases, const AdjustProperty& adjust = nullptr,
                      Place place = Place::current());

// Pins a failure of a property: `arguments` is what RC_PARAMS must say to bring them back. The test fails if they are
// no longer generated. To be called in the body, with nothing before it but other calls of Replay.
void Replay(const std::string& arguments, const std::string& schedule, Place place = Place::current());

template <class Body>
void CheckPropertyInTest(Body body, const AdjustProperty& adjust = nullptr, Place place = Place::current()) {
  CheckCasesInTest(CasesOf(std::move(body), {}, place), adjust, place);
}

}  // namespace fate::sim

#define SIM_PROPERTY(Suite, Name, Arguments, ...)                                                           \
  struct Suite##_##Name##_SimProperty {                                                                     \
    using PropertyOptions = ::fate::sim::PropertyOptions;                                                   \
    static void Replay(const std::string& arguments, const std::string& schedule,                           \
                       ::fate::Place place = ::fate::Place::current()) {                                    \
      ::fate::sim::Replay(arguments, schedule, place);                                                      \
    }                                                                                                       \
    static ::fate::Task<> FateBody Arguments;                                                               \
    static ::fate::sim::AdjustProperty Adjust() { return ::fate::sim::AdjustProperty(__VA_ARGS__); }        \
  };                                                                                                        \
  TEST(Suite, Name) {                                                                                       \
    const ::fate::Place fate_place = ::fate::Place::current();                                              \
    ::fate::sim::CheckCasesInTest(::fate::sim::CasesOf(&Suite##_##Name##_SimProperty::FateBody,             \
                                                       ::fate::sim::ArgumentNames(#Arguments), fate_place), \
                                  Suite##_##Name##_SimProperty::Adjust(), fate_place);                      \
  }                                                                                                         \
  FATE_MUST_BE_A_COROUTINE_                                                                                 \
  ::fate::Task<> Suite##_##Name##_SimProperty::FateBody Arguments
