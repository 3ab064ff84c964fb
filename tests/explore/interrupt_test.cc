#include "fate/sim/explore/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "fate/sim/explore/explorer.h"
#include "fate/task/yield.h"
#include "tests/explore/interruptible.h"

namespace fate::sim {
namespace {

int handled = 0;
void Handle(int) { ++handled; }

TEST(InterruptTest, NotesTheFirstAndLeavesTheSecondToWhoeverWasThere) {
  handled = 0;
  auto before = std::signal(SIGINT, Handle);
  {
    InterruptGuard guard;
    EXPECT_FALSE(guard.interrupted());
    std::raise(SIGINT);
    EXPECT_TRUE(guard.interrupted());
    EXPECT_EQ(handled, 0);
    std::raise(SIGINT);
    EXPECT_EQ(handled, 1);
  }
  std::raise(SIGINT);
  EXPECT_EQ(handled, 2);
  std::signal(SIGINT, before);
}

TEST(InterruptTest, WithoutOneNothingHasChanged) {
  handled = 0;
  auto before = std::signal(SIGINT, Handle);
  {
    InterruptGuard guard;
  }
  std::raise(SIGINT);
  EXPECT_EQ(handled, 1);
  std::signal(SIGINT, before);
}

TEST(InterruptTest, AnIgnoredOneStaysIgnored) {
  auto before = std::signal(SIGINT, SIG_IGN);
  {
    InterruptGuard guard;
    std::raise(SIGINT);
    EXPECT_FALSE(guard.interrupted());
  }
  std::signal(SIGINT, before);
}

TEST(InterruptTest, ASearchThatIsInterruptedReportsWhatItCovered) {
  const test::Interruptible interruptible;
  int executions = 0;
  auto program = [&executions]() -> Task<> {
    if (++executions == 7) std::raise(SIGINT);
    co_await Yield();
  };
  ExploreOptions options;
  options.strategy = "random";
  options.executions = 1000;
  Report report = Explore(program, options);
  EXPECT_TRUE(report.passed());
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(report.executions, 7u);
  EXPECT_THAT(report.ToText(), testing::HasSubstr("; interrupted, 993 executions short of 1000"));
}

TEST(InterruptTest, InTheLastExecutionItIsReportedToo) {
  const test::Interruptible interruptible;
  int executions = 0;
  auto program = [&executions]() -> Task<> {
    if (++executions == 10) std::raise(SIGINT);
    co_await Yield();
  };
  ExploreOptions options;
  options.strategy = "random";
  options.executions = 10;
  EXPECT_TRUE(Explore(program, options).interrupted);
}

}  // namespace
}  // namespace fate::sim
