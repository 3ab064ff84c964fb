// What a test of ours tells GoogleTest: how to run it again, its properties, its one failure.
// Tested by tests/testing/runner_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fate/base/place.h"
#include "fate/sim/explore/report.h"

namespace fate::sim::internal {

// The command that runs this test alone; empty if flags are not read.
std::string CommandOf(const ::testing::TestInfo& test);

// A schedule is of one test. If several are to be run: false, and a failure that says what to do.
bool RunsAlone(const ::testing::TestInfo& test, Place place);

// Puts what was found, or what the pass is worth, into the properties of the running test.
void RecordProperties(const Report& report);

// One fatal failure: at the first of `failures`, which are those of GoogleTest behind the outcome, else
// where the outcome is, else at `place`.
void GiveFailure(const std::string& text, const Report& report, const std::vector<::testing::TestPartResult>& failures,
                 Place place);

}  // namespace fate::sim::internal
