#include "fate/task/failure.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fate/task/spawn.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(FailureTest, AnExceptionIsDescribedByWhatItSaysOrByItsType) {
  EXPECT_EQ(DescribeException(std::make_exception_ptr(std::runtime_error("disk full"))), "disk full");
  EXPECT_EQ(DescribeException(std::make_exception_ptr(7)), "an exception of type int");
  EXPECT_EQ(DescribeException(std::make_exception_ptr(Cancelled())), "an exception of type fate::Cancelled");
  EXPECT_EQ(DescribeException(nullptr), "no exception");
}

TEST(FailureTest, ATaskIsDescribedByNameNumberAndPlace) {
  Everywhere([]() -> Task<> {
    TaskRecord* child = nullptr;
    auto body = [&child]() -> Task<> {
      child = context.task;
      co_return;
    };
    unsigned line = __LINE__ + 1;
    JoinHandle<> named = SpawnNow(body(), {.name = "worker"});
    co_await named.Wait();
    EXPECT_EQ(DescribeTask(*child),
              "task \"worker\" (#1, spawned at task/failure_test.cc:" + std::to_string(line) + ")");
    JoinHandle<> nameless = SpawnNow(body());
    co_await nameless.Wait();
    // Where there are stories, by the name that it has in them.
    const std::string name = context.simulation == nullptr ? "" : "main.2 ";
    EXPECT_EQ(DescribeTask(*child),
              "task " + name + "(#2, spawned at task/failure_test.cc:" + std::to_string(line + 4) + ")");
  });
}

TEST(FailureTest, LaterFailuresAreHandedOverOrPrinted) {
  auto failures = [] {
    std::vector<TaskFailure> list;
    list.emplace_back("its cleanup", std::make_exception_ptr(std::runtime_error("late")));
    return list;
  };
  std::vector<TaskFailure> kept;
  testing::internal::CaptureStderr();
  internal::HandLaterFailures("task group", Place(), failures(), &kept);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].ToString(), "its cleanup: late");
  testing::internal::CaptureStderr();
  internal::HandLaterFailures("task group", Place(), failures());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "fate: 1 more failed in the task group at ?, after the exception that it throws:\n"
            "  its cleanup: late\n");
}

}  // namespace
}  // namespace fate
