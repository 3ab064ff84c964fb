#include "fate/sim/explore/noting.h"

#include <gtest/gtest.h>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/random_walk.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

TEST(NotingTest, TheNoteIsTheScheduleOfTheExecution) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1);
  JobNote& note = board->note(0);
  RandomWalk walk(7);
  Noting noting(walk, note);
  Scheduler scheduler;
  for (uint64_t number = 0; number < 10; ++number) {
    note.seed = number;
    note.choices = 0;
    const Execution& execution = scheduler.Run(ground_truth::Increments(3, 36).program, noting, number, number);
    EXPECT_EQ(NotedSchedule(note, Interleaving::kOperation), execution.schedule());
  }
}

TEST(NotingTest, TooManyChoicesAreNone) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1);
  JobNote& note = board->note(0);
  note.choices = JobNote::kChoicesMost + 1;
  EXPECT_EQ(NotedSchedule(note, Interleaving::kLoop).choices, 0u);
}

}  // namespace
}  // namespace fate::sim
