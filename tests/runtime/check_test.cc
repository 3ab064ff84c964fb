#include "fate/runtime/check.h"

#include <gtest/gtest.h>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"

namespace fate {
namespace {

TEST(CheckDeathTest, InProductionAFailedCheckSaysWhereAndWhatAndAborts) {
  EXPECT_DEATH(FATE_CHECK(1 == 2, "your program counts oddly"),
               "runtime/check_test.cc:[0-9]+: FATE_CHECK\\(1 == 2\\) failed: your program counts oddly");
}

TEST(CheckDeathTest, UnlockingWhatNobodyHoldsIsMisuse) {
  EXPECT_DEATH(
      {
        Mutex mutex;
        mutex.UnlockNow();
      },
      "your program unlocked a Mutex that nobody holds");
}

TEST(CheckTest, ItIsKnownWhoseACheckIs) {
  static_assert(internal::WhoseCheck("program/main.cc") == CheckOf::kProgram);
  static_assert(internal::WhoseCheck(std::source_location::current().file_name()) == CheckOf::kProgram);
}

TEST(CheckTest, TheMessageIsMadeOnlyOnFailure) {
  int made = 0;
  auto message = [&made] {
    ++made;
    return "never";
  };
  FATE_CHECK(true, message());
  EXPECT_EQ(made, 0);
}

TEST(CheckTest, InTheSimulatorAFailedCheckIsAFinding) {
  auto program = []() -> Task<> {
    co_await Yield();
    FATE_CHECK(false, "your program did it");
  };
  sim::Report report = sim::Explore(program);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_EQ(report.outcome.message, "FATE_CHECK(false) failed: your program did it");
  EXPECT_EQ(ToString(report.outcome.place), "runtime/check_test.cc:" + std::to_string(__LINE__ - 5));
}

TEST(CheckTest, AProgramThatSwallowsTheStopFailsAllTheSame) {
  auto program = []() -> Task<> {
    try {
      FATE_CHECK(false, "your program did it");
    } catch (const ExecutionStopped&) {
    }
    co_await Yield();
  };
  EXPECT_EQ(sim::Explore(program).outcome.kind, sim::OutcomeKind::kAssertionFailed);
}

TEST(CheckTest, UnlockingWhatNobodyHoldsEndsTheExecution) {
  auto program = []() -> Task<> {
    Mutex mutex;
    co_await mutex.Unlock();
  };
  sim::Report report = sim::Explore(program);
  EXPECT_NE(report.outcome.message.find("your program unlocked a Mutex that nobody holds"), std::string::npos);
}

}  // namespace
}  // namespace fate
