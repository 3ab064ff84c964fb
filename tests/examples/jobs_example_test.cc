#include <algorithm>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/explore/jobs.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::jobs_example_test {
namespace {

using sim::Explore;
using sim::ExploreOptions;
using sim::Report;

// Reads a slot that nobody has filled, if the reader comes first.
Task<> Fill(std::vector<int>& slots, Atomic<int>& filled) {
  co_await filled.Store(1);
  slots.push_back(7);
}
Task<> Use(std::vector<int>& slots, Atomic<int>& filled) {
  co_await filled.Load();
  if (slots.empty()) __builtin_trap();
}
Task<> Crashes() {
  std::vector<int> slots;
  Atomic<int> filled;
  JoinHandle<> reader = co_await Spawn(Use(slots, filled));
  JoinHandle<> writer = co_await Spawn(Fill(slots, filled));
  co_await reader.Join();
  co_await writer.Join();
}

struct Program {
  Task<> operator()() const { return Crashes(); }
};

TEST(JobsExample, ACrashIsAFindingAndNotTheEnd) {
  ExploreOptions options;
  options.jobs = 0;  // a worker process for each core; in a test: --fate_jobs=0
  options.jobs = std::max<uint64_t>(2, *sim::JobsOf(options.jobs));  // one core has no workers
  Report report = Explore(Program(), options);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kCrashed);
  EXPECT_THAT(report.replay_line, testing::StartsWith("--fate_replay=fate1-operation-"));
}

}  // namespace
}  // namespace fate::jobs_example_test
