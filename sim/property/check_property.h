// CheckProperty: looks for arguments and a schedule on which a program fails, and makes both small together.
//
//   Usage:
//     auto keeps_money = [](std::vector<Transfer> transfers, int clients) -> Task<> {
//       Bank bank;
//       co_await bank.RunAll(transfers, clients);
//       RC_ASSERT(bank.Total() == 500);
//     };
//     sim::PropertyReport report = sim::CheckProperty(keeps_money);
//     if (!report.passed()) std::cerr << report.ToText();
//
// Example: tests/examples/check_property_example_test.cc
//
// rapidcheck makes the arguments, with its generators (rc::Arbitrary<T>) and as RC_PARAMS says: how many
// cases, of what size, from which seed; without a seed there it is PropertyOptions::seed. Arguments are taken
// by value. For each case the explorer runs schedules; what does not pass is a failure: exceptions, RC_ASSERT,
// assertions of GoogleTest if they are held by its binding (fate/sim/testing/property.h), deadlocks and all
// other outcomes. RC_PRE discards the case. To draw from a generator while the program runs is misuse, and
// fails.
//
// A failure is shrunk (JointShrinker), and keeps its identity: kind, place. The report has the arguments, the
// interleaving, and the line that brings both back: RC_PARAMS=reproduce=... and --fate_replay=...
// With `replay` set and RC_PARAMS=reproduce, that is all that is run; with one of them alone: the reproduced
// case is searched; a schedule without its arguments is an error.
//
// The same options and RC_PARAMS give the same report, but for times. Single-threaded.
// Tested by tests/property/check_property_test.cc.
#pragma once

#include <utility>

#include "fate/base/place.h"
#include "fate/sim/property/property_case.h"
#include "fate/sim/property/property_options.h"
#include "fate/sim/property/property_report.h"

namespace fate::sim {

// The same for cases made otherwise.
PropertyReport CheckCases(const rc::Gen<PropertyCase>& cases, const PropertyOptions& options);

template <class Body>
PropertyReport CheckProperty(Body body, const PropertyOptions& options = {}, Place place = Place::current()) {
  return CheckCases(CasesOf(std::move(body), {}, place), options);
}

}  // namespace fate::sim
