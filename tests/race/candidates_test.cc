#include "fate/sim/race/candidates.h"

#include <gtest/gtest.h>

#include <vector>

#include "fate/sim/core/execution.h"

namespace fate::sim {
namespace {

// Roots 0, 1, ... in a ready set, in the order in which they are added.
class CandidatesTest : public testing::Test {
 protected:
  CandidatesTest() : records_(70) {
    for (uint32_t id = 0; id < records_.size(); ++id) {
      records_[id].id = id;
      Birth birth{};
      birth.path_hash = id;
      birth.step = Birth::kBeforeSteps;
      execution_.trace.births.push_back(birth);
    }
  }
  void Add(uint32_t id) { ready_.Add(&records_[id]); }
  void Remove(uint32_t id) { ready_.Remove(&records_[id]); }
  ChoicePoint Point() { return {ChoiceKind::kTask, ready_.size(), nullptr, &ready_, &execution_, nullptr}; }
  // The tasks of the set, in the order of their slots.
  std::vector<uint32_t> Collected() {
    candidates_.Collect(Point(), tasks_);
    std::vector<uint32_t> found(ready_.size(), 99);
    for (uint32_t task = 0; task < TaskNumbers::kMax; ++task) {
      if (candidates_.Has(task)) found[candidates_.SlotOf(task)] = task;
    }
    return found;
  }

  using Tasks = std::vector<uint32_t>;
  std::vector<TaskRecord> records_;
  ReadySet ready_;
  Execution execution_;
  TaskNumbers tasks_;
  Candidates candidates_;
};

TEST_F(CandidatesTest, AreTheTasksThatAreReadyEachInItsSlot) {
  for (const uint32_t id : {3, 0, 5}) Add(id);
  EXPECT_EQ(Collected(), (Tasks{3, 0, 5}));
  EXPECT_EQ(candidates_.set(), 0b101001u);
  EXPECT_EQ(&candidates_.RecordOf(Point(), 5), &records_[5]);
}

TEST_F(CandidatesTest, FollowTheReadySet) {
  for (const uint32_t id : {3, 0, 5, 1}) Add(id);
  EXPECT_EQ(Collected(), (Tasks{3, 0, 5, 1}));
  EXPECT_EQ(Collected(), (Tasks{3, 0, 5, 1}));
  Remove(0);  // the last moves into the gap
  EXPECT_EQ(Collected(), (Tasks{3, 1, 5}));
  Remove(5);
  EXPECT_EQ(Collected(), (Tasks{3, 1}));
  Add(7);
  EXPECT_EQ(Collected(), (Tasks{3, 1, 7}));
  Remove(3);
  Remove(7);
  EXPECT_EQ(Collected(), (Tasks{1}));
  // One left and one came: as many as before.
  Remove(1);
  Add(2);
  EXPECT_EQ(Collected(), (Tasks{2}));
}

TEST_F(CandidatesTest, WhatIsNotKeptComesBackAtTheNextChoice) {
  for (const uint32_t id : {0, 1, 2}) Add(id);
  EXPECT_EQ(Collected(), (Tasks{0, 1, 2}));
  candidates_.Keep(0b101);
  EXPECT_FALSE(candidates_.Has(1));
  EXPECT_EQ(Collected(), (Tasks{0, 1, 2}));
  candidates_.Keep(0b001);
  Remove(0);
  EXPECT_EQ(Collected(), (Tasks{2, 1}));
}

TEST_F(CandidatesTest, ThoseWithoutAPendingOperationHaveNotBegun) {
  for (const uint32_t id : {0, 1, 2}) Add(id);
  Collected();
  EXPECT_EQ(candidates_.Unstarted(Point()), 0b111u);
  records_[1].pending = reinterpret_cast<Operation*>(&records_[1]);  // not looked at
  EXPECT_EQ(candidates_.Unstarted(Point()), 0b101u);
}

// More than there are numbers: the search gives up, and nothing is written beyond the end.
TEST_F(CandidatesTest, TooManyTasksAreTold) {
  for (uint32_t id = 0; id < 70; ++id) Add(id);
  candidates_.Collect(Point(), tasks_);
  EXPECT_TRUE(tasks_.overflow());
  Remove(69);
  candidates_.Collect(Point(), tasks_);
  EXPECT_TRUE(tasks_.overflow());
}

}  // namespace
}  // namespace fate::sim
