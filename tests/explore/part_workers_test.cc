#include "fate/sim/explore/part_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>

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
    ASSERT_TRUE(workers_->Start(part, [part](PartSlot& slot) { slot.count = part; }).ok());
    EXPECT_LE(workers_->running(), kJobs);
  }
  all.merge(WaitForFewer(1));
  EXPECT_EQ(workers_->running(), 0u);
  EXPECT_EQ(all, (std::map<uint64_t, size_t>{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}}));
}

TEST_F(PartWorkersTest, ADeathInAnExecutionIsItsEndAndAnIdleOneIsNone) {
  const auto dies_in = [](uint64_t running) {
    return [running](PartSlot& slot) {
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
  const auto for_ever = [](PartSlot&) {
    for (;;) ::pause();
  };
  ASSERT_TRUE(workers_->Start(1, for_ever).ok());
  ASSERT_TRUE(workers_->Start(2, [](PartSlot&) {}).ok());
  workers_->KillIf([](uint64_t part) { return part == 1; });
  EXPECT_EQ(WaitForFewer(1), (std::map<uint64_t, size_t>{{2, 0}}));
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
