#include "fate/sim/explore/job_worker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// Workers need no processes of their own: here they take turns.
TEST(JobWorkerTest, SeveralMakeWhatOneWould) {
  const ground_truth::Row row = ground_truth::Increments(4, 576);
  ExploreOptions options;
  options.settings.record_accesses = true;
  std::vector<std::vector<uint64_t>> canonical(2);
  for (uint32_t jobs : {1u, 3u}) {
    std::unique_ptr<JobBoard> board = *JobBoard::Make(jobs);
    std::vector<std::unique_ptr<Scheduler>> schedulers;
    std::vector<JobWorker> workers;
    for (uint32_t job = 0; job < jobs; ++job) {
      schedulers.push_back(std::make_unique<Scheduler>(options.settings));
    }
    workers.reserve(jobs);
    for (uint32_t job = 0; job < jobs; ++job) {
      workers.emplace_back(*schedulers[job], row.program, options, *board, job);
    }
    for (uint64_t first = 0, number = 0; first < 256; first = EndOfRound(first), ++number) {
      JobRound& round = board->Open(number, first, EndOfRound(first));
      // The first makes only what goes on, as if the others were faster.
      if (jobs > 1) round.taken = 1'000'000;
      workers[0].MakeRound(number);
      if (jobs > 1) round.taken = 0;
      for (uint32_t job = 1; job < jobs; ++job) workers[job].MakeRound(number);
      for (uint64_t i = first; i < round.end; ++i) {
        ASSERT_TRUE(round.Of(i).made) << i;
        canonical[jobs > 1].push_back(round.Of(i).canonical);
      }
    }
  }
  EXPECT_EQ(canonical[0].size(), 256u);
  EXPECT_EQ(canonical[0], canonical[1]);
}

TEST(JobWorkerTest, NothingAfterAFailureIsBegun) {
  const auto program = [](Roots& roots) {
    roots.Add([]() -> Task<> {
      FATE_CHECK(CurrentScheduler()->execution().number != 20, "the twentieth fails");
      co_return;
    }());
  };
  ExploreOptions options;
  options.strategy = "random";
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1);
  Scheduler scheduler;
  JobWorker worker(scheduler, program, options, *board, 0);
  JobRound& round = board->Open(0, 8, 64);
  worker.MakeRound(0);
  EXPECT_EQ(round.last, 20u);
  EXPECT_TRUE(round.Of(20).made);
  EXPECT_EQ(round.Of(20).outcome, OutcomeKind::kAssertionFailed);
  EXPECT_TRUE(round.Of(19).made);
  EXPECT_FALSE(round.Of(21).made);
}

}  // namespace
}  // namespace fate::sim
