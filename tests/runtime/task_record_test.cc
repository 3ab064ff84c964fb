#include "fate/runtime/task_record.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace fate {
namespace {

TEST(TaskRecordTest, FitsTwoCacheLines) {
  EXPECT_EQ(sizeof(TaskRecord), 128u);
  EXPECT_EQ(alignof(TaskRecord), 64u);
}

TEST(TaskRecordTest, APoolHandsOutTheLastFreedFirstAndAsNew) {
  TaskRecordPool pool;
  TaskRecord* a = pool.New();
  a->id = 7;
  a->cancelled = true;
  pool.Free(a);
  TaskRecord* b = pool.New();
  EXPECT_EQ(a, b);
  EXPECT_EQ(b->id, 0u);
  EXPECT_FALSE(b->cancelled);
  pool.Free(b);
}

TEST(TaskRecordTest, APoolNeverHandsOutOneTwice) {
  TaskRecordPool pool;
  std::set<TaskRecord*> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(pool.New()).second);
  for (TaskRecord* record : seen) pool.Free(record);
}

}  // namespace
}  // namespace fate
