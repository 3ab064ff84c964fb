// Searches whose report does not depend on how many processes make them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "fate/sim/explore/explorer.h"
#include "tests/explore/report_text.h"

namespace fate::sim::test {

// What one process reports, and more of them do.
template <class AnyProgram>
Report ExpectTheSame(const AnyProgram& program, ExploreOptions options) {
  options.jobs = 1;
  const Report alone = Explore(program, options);
  options.jobs = 3;
  const Report report = Explore(program, options);
  EXPECT_EQ(report.jobs, 3u);
  EXPECT_EQ(WithoutTime(report), WithoutTime(alone));
  return alone;
}

}  // namespace fate::sim::test
