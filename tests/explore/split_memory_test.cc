// What a split search finds is the same however little its processes may remember, and however far they may run ahead.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "fate/sim/explore/split_bounded.h"
#include "fate/sim/explore/split_search.h"
#include "fate/sim/strategies/delay_bounded.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim::split_memory_test {
namespace {

constexpr uint64_t kMany = 1'000'000;

Settings SettingsOfSearch() {
  Settings settings;
  settings.record_accesses = true;
  return settings;
}

// All that is found, but for time; `blocked` by itself.
auto FoundBy(const JobsFound& found, const Coverage& coverage) {
  const std::string end = found.end ? found.end->schedule.ToText() + " " + std::to_string(found.end->number) : "";
  return std::tuple(found.executions, found.again, found.steps, found.contested, found.progress, found.claim, end,
                    coverage.traces());
}

auto SplitWithRoom(Program program, const std::string& strategy, uint32_t jobs, uint64_t room, uint64_t executions) {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = executions;
  Scheduler scheduler(SettingsOfSearch());
  CrashGuard guard(absl::ZeroDuration(), "");
  Coverage coverage;
  const absl::StatusOr<JobsFound> found = SplitSearch(scheduler, program, options, jobs, guard, coverage, room);
  EXPECT_TRUE(found.ok()) << found.status();
  // Of a part that is cut off in the middle it is not known how many would have been.
  return std::tuple(FoundBy(*found, coverage), executions == kMany ? found->blocked : 0);
}

void ExpectTheSameWithLessRoom(Program program, const std::string& strategy, uint64_t executions) {
  const auto plenty = SplitWithRoom(program, strategy, 2, PartSlot::kRecordsMost, executions);
  EXPECT_EQ(SplitWithRoom(program, strategy, 4, 3, executions), plenty) << strategy;
}

// More in a part than there is room for: 2520 interleavings, 576 traces; with sanitizers 90 and 36.
ground_truth::Row ManyTraces() {
  return test::kSanitized ? ground_truth::Increments(3, 36) : ground_truth::Increments(4, 576);
}

TEST(SplitMemoryTest, WhoHasNoRoomWaitsForThoseBefore) {
  const ground_truth::Row row = ManyTraces();
  ExpectTheSameWithLessRoom(row.program, "depth_first", kMany);
  ExpectTheSameWithLessRoom(row.program, "optimal_dpor", row.traces - 1);
}

TEST(SplitMemoryTest, AFailureIsTheSameWithLessRoom) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    if (program.interleavings < 1000) ExpectTheSameWithLessRoom(program.run, "depth_first", kMany);
  }
}

template <class Search>
auto SplitWithLess(Program program, uint32_t jobs, size_t kept_bytes, uint64_t executions) {
  ExploreOptions options;
  options.executions = executions;
  Scheduler scheduler(SettingsOfSearch());
  CrashGuard guard(absl::ZeroDuration(), "");
  Coverage coverage;
  Search search(BoundedSearch::Order::kInTurn, kept_bytes);
  const std::unique_ptr<PartWorkers> workers = *PartWorkers::Make(jobs, options, guard);
  const absl::StatusOr<JobsFound> found = SplitBounded(search, scheduler, program, options, jobs, *workers, coverage);
  EXPECT_TRUE(found.ok()) << found.status();
  return FoundBy(*found, coverage);
}

// As one process does.
template <class Search>
auto AloneWithLess(Program program, size_t kept_bytes, uint64_t executions) {
  Scheduler scheduler(SettingsOfSearch());
  Search search(BoundedSearch::Order::kInTurn, kept_bytes);
  Coverage coverage;
  JobsFound found;
  for (bool more = true; more && found.executions < executions; ++found.executions) {
    found.again += search.runs_again();
    const Execution& execution = scheduler.Run(program, search, 0);
    found.steps += execution.steps;
    found.contested |= execution.contested;
    coverage.Note(execution, false);
    more = search.EndExecution(execution);
    if (!more) found.claim = search.Claim();
  }
  return FoundBy(found, coverage);
}

template <class Search>
void ExpectTheSameInParts(Program program) {
  for (const auto& [kept_bytes, executions] : {std::pair{0, uint64_t{1000}}, std::pair{1000, kMany}}) {
    const auto alone = AloneWithLess<Search>(program, kept_bytes, executions);
    EXPECT_EQ(SplitWithLess<Search>(program, 3, kept_bytes, executions), alone) << kept_bytes;
  }
}

TEST(SplitMemoryTest, WhatIsMadeAgainIsSplitToo) {
  ExpectTheSameInParts<PreemptionBounded>(ManyTraces().program);
  ExpectTheSameInParts<DelayBounded>(ground_truth::LastZero(3, 24).program);
}

}  // namespace
}  // namespace fate::sim::split_memory_test
