#include "fate/sim/explore/part_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

namespace fate::sim::part_workers_test {
namespace {

using ::testing::HasSubstr;

class PartWorkersTest : public testing::Test {
 protected:
  static constexpr uint32_t kJobs = 2;

  // Which part had how many records.
  std::map<uint64_t, size_t> WaitForFewer(size_t most) {
    std::map<uint64_t, size_t> ended;
    const absl::Status status = workers_->WaitForFewer(most, [&](uint64_t part, PartFound found, const PartSlot&) {
      ended[part] = found.records.size();
      if (found.end) end_ = std::move(found.end);
    });
    EXPECT_TRUE(status.ok()) << status;
    return ended;
  }

  ExploreOptions options_;
  CrashGuard guard_{absl::ZeroDuration(), ""};
  std::unique_ptr<PartWorkers> workers_ = *PartWorkers::Make(kJobs, options_, guard_);
  std::optional<JobEnd> end_;
};

TEST_F(PartWorkersTest, EachLeavesItsRecordsAndAnotherTakesItsPlace) {
  std::map<uint64_t, size_t> all;
  for (uint64_t part = 0; part < 7; ++part) {
    all.merge(WaitForFewer(kJobs));
    ASSERT_TRUE(workers_->Start(part, [part](PartSlot& slot, WorkerChannel&) { slot.count = part; }).ok());
    EXPECT_LE(workers_->running(), kJobs);
  }
  all.merge(WaitForFewer(1));
  EXPECT_EQ(workers_->running(), 0u);
  EXPECT_EQ(all, (std::map<uint64_t, size_t>{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}}));
}

TEST_F(PartWorkersTest, ADeathInAnExecutionIsItsEndAndAnIdleOneIsNone) {
  const auto dies_in = [](uint64_t running) {
    return [running](PartSlot& slot, WorkerChannel&) {
      slot.count = 3;
      slot.note.running = running;
      ::_exit(5);
    };
  };
  ASSERT_TRUE(workers_->Start(9, dies_in(4)).ok());
  EXPECT_EQ(WaitForFewer(1), (std::map<uint64_t, size_t>{{9, 4}}));
  ASSERT_TRUE(end_.has_value());
  EXPECT_TRUE(end_->crashed);
  EXPECT_THAT(end_->outcome.message, HasSubstr("ended with exit code 5"));
  ASSERT_TRUE(workers_->Start(9, dies_in(0)).ok());
  const absl::Status status = workers_->WaitForFewer(1, [](uint64_t, PartFound, const PartSlot&) {});
  EXPECT_THAT(std::string(status.message()), HasSubstr("ended with exit code 5"));
}

TEST_F(PartWorkersTest, WhatIsNeedlessIsEndedAtOnce) {
  const auto for_ever = [](PartSlot&, WorkerChannel&) {
    for (;;) ::pause();
  };
  ASSERT_TRUE(workers_->Start(1, for_ever).ok());
  ASSERT_TRUE(workers_->Start(2, [](PartSlot&, WorkerChannel&) {}).ok());
  workers_->KillIf([](uint64_t part) { return part == 1; });
  EXPECT_EQ(WaitForFewer(1), (std::map<uint64_t, size_t>{{2, 0}}));
}

// One that has five records to tell, and room for two: it goes on when they were taken.
TEST_F(PartWorkersTest, AFullSlotWaitsUntilItWasTaken) {
  workers_ = *PartWorkers::Make(kJobs, options_, guard_, 2);
  const auto tells_five = [](PartSlot& slot, WorkerChannel& channel) {
    for (uint64_t i = 0; i < 5; ++i) {
      if (slot.count == slot.room) {
        slot.full = true;
        channel.Done();
        channel.Wait();
      }
      slot.records[slot.count++].canonical = i;
    }
  };
  std::vector<uint64_t> told;
  std::vector<size_t> counts;
  const auto tell = [&](const PartFound& found) {
    counts.push_back(found.records.size());
    for (const PartRecord& record : found.records) told.push_back(record.canonical);
  };
  ASSERT_TRUE(workers_->Start(7, tells_five).ok());
  EXPECT_TRUE(workers_->TakeSoFar(7).records.empty());
  const absl::Status status = workers_->WaitForFewer(
      1, [&](uint64_t, PartFound found, const PartSlot&) { tell(found); },
      [&](uint64_t part) { tell(workers_->TakeSoFar(part)); });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(counts, (std::vector<size_t>{2, 2, 1}));
  EXPECT_EQ(told, (std::vector<uint64_t>{0, 1, 2, 3, 4}));
}

TEST_F(PartWorkersTest, WhoWaitsEndsWithWhatItHasWhenTheSearchIsGivenUp) {
  workers_ = *PartWorkers::Make(kJobs, options_, guard_, 2);
  const auto waits = [](PartSlot& slot, WorkerChannel& channel) {
    slot.count = 2;
    slot.full = true;
    channel.Done();
    channel.Wait();
    ::_exit(1);
  };
  ASSERT_TRUE(workers_->Start(7, waits).ok());
  size_t records = 0;
  const absl::Status status = workers_->WaitForFewer(
      1, [&](uint64_t, PartFound found, const PartSlot&) { records = found.records.size(); },
      [&](uint64_t) { workers_->board().given_up() = true; });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(records, 2u);
  EXPECT_EQ(workers_->running(), 0u);
}

TEST_F(PartWorkersTest, WhatIsCountedComesToTheSumAndItsEndHasItsNumber) {
  PartFound found;
  found.records = {{11, 5, 0, false}, {12, 6, 0, true}};
  found.end.emplace();
  found.end->outcome.kind = OutcomeKind::kDeadlock;
  JobsFound sum;
  sum.executions = 7;
  Coverage coverage;
  found.Count(0, sum, coverage);
  EXPECT_FALSE(sum.end.has_value());
  EXPECT_FALSE(sum.contested);
  found.Count(1, sum, coverage);
  EXPECT_EQ(sum.executions, 9u);
  EXPECT_EQ(sum.steps, 11u);
  EXPECT_TRUE(sum.contested);
  EXPECT_EQ(coverage.traces(), 2u);
  ASSERT_TRUE(sum.end.has_value());
  EXPECT_EQ(sum.end->number, 8u);
}

}  // namespace
}  // namespace fate::sim::part_workers_test
