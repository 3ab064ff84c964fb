// Searches whose report does not depend on how many processes make them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "fate/sim/explore/explorer.h"
#include "tests/explore/report_text.h"

namespace fate::sim::test {

// What any number of processes reports.
template <class AnyProgram>
Report ExpectTheSame(const AnyProgram& program, ExploreOptions options) {
  options.jobs = 1;
  const Report alone = Explore(program, options);
  for (const uint64_t jobs : {2u, 4u}) {
    options.jobs = jobs;
    const Report report = Explore(program, options);
    EXPECT_EQ(report.jobs, jobs);
    EXPECT_EQ(WithoutTime(report), WithoutTime(alone));
  }
  return alone;
}

}  // namespace fate::sim::test
