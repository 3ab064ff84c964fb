#include "fate/sim/strategies/split_depth_first.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/detect/ground_truth.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

// The schedules of `search` to its end; of a walk, those of its parts, each of which a copy explores.
template <class Search>
std::vector<std::string> SchedulesOf(const Program& program, Search& search, Scheduler& scheduler, int& parts) {
  std::vector<std::string> schedules;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(program, search, 0, 1);
    if constexpr (std::is_same_v<Search, SplitDepthFirst>) {
      if (search.at_leaf()) {
        ++parts;
        SplitDepthFirst part = search;
        part.Descend();
        for (std::string& schedule : SchedulesOf(program, part, scheduler, parts)) {
          schedules.push_back(std::move(schedule));
        }
        more = search.EndExecution(execution);
        continue;
      }
    }
    schedules.push_back(execution.schedule().ToText());
    more = search.EndExecution(execution);
  }
  return schedules;
}

TEST(SplitDepthFirstTest, ThePartsRunTheSchedulesOfPlainSearchInItsOrder) {
  for (const ground_truth::Row& row : {ground_truth::Readers(4, 16), ground_truth::Increments(3, 36)}) {
    Scheduler scheduler;
    DepthFirst plain;
    int parts = 0;
    const std::vector<std::string> expected = SchedulesOf(row.program, plain, scheduler, parts);
    for (uint32_t levels = 1; levels <= 4; ++levels) {
      SplitDepthFirst walk(levels);
      EXPECT_EQ(SchedulesOf(row.program, walk, scheduler, parts), expected) << row.name << ", " << levels;
      EXPECT_GT(parts, 1);
    }
  }
}

TEST(SplitDepthFirstTest, APartSaysHowFarTheWholeHasCome) {
  Scheduler scheduler;
  SplitDepthFirst walk(1);
  const ground_truth::Row row = ground_truth::Increments(3, 36);
  const Execution& first = scheduler.Run(row.program, walk, 0, 1);
  EXPECT_EQ(walk.Progress(), 0);
  EXPECT_TRUE(walk.EndExecution(first));
  // Three tasks can come first: one of them has been seen.
  EXPECT_DOUBLE_EQ(walk.Progress(), 1.0 / 3);
  scheduler.Run(row.program, walk, 0, 1);
  walk.Descend();
  const Execution& below = scheduler.Run(row.program, walk, 0, 1);
  EXPECT_TRUE(below.outcome.passed());
  EXPECT_TRUE(walk.EndExecution(below));
  EXPECT_GT(walk.Progress(), 1.0 / 3);
  EXPECT_LT(walk.Progress(), 2.0 / 3);
}

}  // namespace
}  // namespace fate::sim
