#include "fate/sim/core/crash.h"

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/time/time.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

// Two tasks, of which the second does what kills it in its second step: after two choices.
template <class Crash>
void RunToTheCrash(Crash crash, absl::Duration step_timeout = absl::ZeroDuration()) {
  CrashGuard guard(step_timeout, "./program");
  Scheduler scheduler;
  Fifo fifo;
  auto task = [](Crash* crash) -> Task<> {
    co_await Yield();
    if (crash != nullptr) (*crash)();
    co_await Yield();
  };
  scheduler.Run(
      [&](Roots& roots) {
        roots.Add(task(nullptr));
        roots.Add(task(&crash));
      },
      fifo, 0, 0xabc);
}

constexpr char kScheduleSoFar[] = "\n  ./program --fate_replay=fate1-operation-sabc-n4-c[0-9a-f]+\n";

std::string Expected(const std::string& what) {
  return "fate: Crashed: your program " + what + "\\. Replay it:" + kScheduleSoFar;
}

TEST(CrashDeathTest, AnAbortPrintsTheScheduleSoFar) {
  EXPECT_EXIT(RunToTheCrash([] { std::abort(); }), testing::KilledBySignal(SIGABRT), Expected("aborted"));
}

TEST(CrashDeathTest, ABadAccessPrintsTheScheduleSoFarAndTakesItsCourse) {
  EXPECT_DEATH(RunToTheCrash([] { raise(SIGSEGV); }), Expected("accessed memory it may not .SIGSEGV."));
}

TEST(CrashDeathTest, AnyFatalSignalPrintsTheScheduleSoFar) {
  EXPECT_DEATH(RunToTheCrash([] { raise(SIGFPE); }), Expected("got a fatal signal"));
}

// Recurses until there is no stack left.
uint64_t Recurse(volatile uint64_t* depth, bool further) {
  volatile uint64_t here[64] = {*depth};
  here[1] = *depth + 1;
  return further ? Recurse(&here[1], here[1] != 0) + here[0] : here[1];
}

TEST(CrashDeathTest, AStackThatOverflowsIsNoObstacle) {
  EXPECT_DEATH(RunToTheCrash([] {
                 volatile uint64_t depth = 0;
                 Recurse(&depth, true);
               }),
               kScheduleSoFar);
}

TEST(CrashDeathTest, AStepWithoutEndIsEndedWithTheSchedule) {
  EXPECT_EXIT(RunToTheCrash(
                  [] {
                    for (volatile bool forever = true; forever;) {
                    }
                  },
                  absl::Milliseconds(50)),
              testing::KilledBySignal(SIGABRT),
              Expected("did not reach a scheduling point within --fate_step_timeout: a step blocks or "
                       "loops for ever"));
}

TEST(CrashDeathTest, ACrashOutsideAnExecutionIsNotOurs) {
  EXPECT_EXIT(
      {
        CrashGuard guard(absl::ZeroDuration(), "./program");
        std::fputs("nothing else\n", stderr);
        std::abort();
      },
      testing::KilledBySignal(SIGABRT), "^nothing else\n$");
}

// It would be all that is heard of the failure that is told.
TEST(CrashDeathTest, WhatWasFoundBeforeIsPrintedToo) {
  const auto crash = [] {
    CrashGuard guard(absl::ZeroDuration(), "./program");
    guard.NoteFinding("Deadlock: nobody wakes it\n  ./program --fate_replay=fate1-fifo");
    RunToTheCrash([] { std::abort(); });
  };
  EXPECT_EXIT(crash(), testing::KilledBySignal(SIGABRT),
              "aborted\\. Replay it:\n  [^\n]*\nThat was while a failure, which was found before, was run again [^\n]*"
              "The failure:\n  Deadlock: nobody wakes it\n  ./program --fate_replay=fate1-fifo\n");
}

struct sigaction ActionOf(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return action;
}

TEST(CrashTest, TheHandlersOfOthersAreBackAfterwards) {
  const auto before = ActionOf(SIGSEGV).sa_handler;
  {
    CrashGuard guard(absl::Seconds(10), "./program");
    EXPECT_NE(ActionOf(SIGSEGV).sa_handler, before);
    CrashGuard inner(absl::Seconds(10), "./inner");
  }
  EXPECT_EQ(ActionOf(SIGSEGV).sa_handler, before);
}

TEST(CrashTest, AGuardInsideAnotherChangesNothing) {
  CrashGuard outer(absl::ZeroDuration(), "./outer");
  const auto handler = ActionOf(SIGABRT).sa_handler;
  {
    CrashGuard inner(absl::ZeroDuration(), "./inner");
  }
  EXPECT_EQ(ActionOf(SIGABRT).sa_handler, handler);
}

}  // namespace
}  // namespace fate::sim
