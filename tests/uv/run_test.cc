// Programs on libuv, with real time: the one room of tests that may wait, a few milliseconds at a time.
#include "fate/uv/run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

#include "fate/runtime/random.h"
#include "fate/sync/event.h"
#include "fate/task/callback.h"
#include "fate/task/dump.h"
#include "fate/task/run_blocking.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "fate/uv/signals.h"

namespace fate {
namespace {

TEST(RunTest, GivesTheValueOfTheProgram) {
  auto main = []() -> Task<int> { co_return 42; };
  EXPECT_EQ(fate::Run(main()), 42);
}

TEST(RunTest, ThrowsTheExceptionOfTheProgram) {
  auto main = []() -> Task<> {
    co_await Yield();
    throw std::runtime_error("no");
  };
  EXPECT_THROW(fate::Run(main()), std::runtime_error);
}

TEST(RunTest, ASleepIsNeverShortAndTheClockMovesWithIt) {
  auto main = []() -> Task<absl::Duration> {
    absl::Time start = Now();
    co_await Sleep(absl::Milliseconds(3));
    co_return Now() - start;
  };
  EXPECT_GE(fate::Run(main()), absl::Milliseconds(3));
}

TEST(RunTest, SleepersWakeInOrderOfTheirDeadlines) {
  std::string log;
  auto sleeper = [](std::string& log, int ms, char name) -> Task<> {
    co_await Sleep(absl::Milliseconds(ms));
    log += name;
  };
  auto main = [&]() -> Task<> { co_await WhenAll(sleeper(log, 6, 'c'), sleeper(log, 2, 'a'), sleeper(log, 4, 'b')); };
  fate::Run(main());
  EXPECT_EQ(log, "abc");
}

TEST(RunTest, PostBringsWorkOfAnotherThreadIn) {
  auto main = []() -> Task<bool> {
    Event event;
    Runtime* runtime = &CurrentRuntime();
    std::thread::id here = std::this_thread::get_id();
    bool same_thread = false;
    std::thread other([&] {
      runtime->Post([&] {
        same_thread = std::this_thread::get_id() == here;
        event.SetNow();
      });
    });
    co_await event.Wait();
    other.join();
    co_return same_thread;
  };
  EXPECT_TRUE(fate::Run(main()));
}

TEST(RunTest, BlockingWorkRunsElsewhereAndItsResultComesBack) {
  auto main = []() -> Task<bool> {
    std::thread::id here = std::this_thread::get_id();
    auto work = [here] { return std::this_thread::get_id() != here; };
    co_return co_await RunBlocking(work);
  };
  EXPECT_TRUE(fate::Run(main()));
}

TEST(RunTest, ASignalCancelsTheProgram) {
  auto main = []() -> Task<> {
    std::raise(SIGTERM);
    co_await Sleep(absl::InfiniteDuration());
  };
  EXPECT_THROW(fate::Run(main()), Cancelled);
}

TEST(RunTest, ASignalStreamDeliversWhatArrives) {
  auto main = []() -> Task<int> {
    SignalStream stream({SIGUSR1});
    std::raise(SIGUSR1);
    co_return co_await stream.Next();
  };
  EXPECT_EQ(fate::Run(main()), SIGUSR1);
}

TEST(RunTest, WhatIsLeftAtTheEndIsCancelledAndRunsToItsEnd) {
  std::string log;
  auto left = [](std::string& log) -> Task<> {
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
    log += "ended";
  };
  auto main = [&]() -> Task<> {
    JoinHandle<> handle = co_await Spawn(left(log), {.lifetime = Lifetime::kDaemon});
    co_await Yield();
  };
  fate::Run(main());
  EXPECT_EQ(log, "cancelled ended");
}

TEST(RunTest, AProgramTaskKeepsTheProgramGoing) {
  bool ended = false;
  auto last = [](bool& ended) -> Task<> {
    co_await Sleep(absl::Milliseconds(1));
    ended = true;
  };
  auto main = [&]() -> Task<> { JoinHandle<> handle = co_await Spawn(last(ended), {.lifetime = Lifetime::kProgram}); };
  fate::Run(main());
  EXPECT_TRUE(ended);
}

TEST(RunTest, AHundredThousandTasksSleepAtOnce) {
  auto main = []() -> Task<int> {
    int awake = 0;
    auto sleeper = [](int& awake) -> Task<> {
      co_await Sleep(absl::Milliseconds(20));
      ++awake;
    };
    std::vector<Task<>> tasks;
    for (int i = 0; i < 100000; ++i) tasks.push_back(sleeper(awake));
    co_await WhenAll(std::move(tasks));
    co_return awake;
  };
  EXPECT_EQ(fate::Run(main()), 100000);
}

TEST(RunTest, AMillionStepsWork) {
  auto main = []() -> Task<int> {
    int steps = 0;
    for (; steps < 1'000'000; ++steps) co_await Yield();
    co_return steps;
  };
  EXPECT_EQ(fate::Run(main()), 1'000'000);
}

TEST(RunTest, ASignalLetsTheProgramCleanUpAndGiveItsValue) {
  auto main = []() -> Task<int> {
    std::raise(SIGINT);
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
    }
    co_return 42;
  };
  EXPECT_EQ(fate::Run(main()), 42);
}

TEST(RunTest, ASignalThatIsNotInTheOptionsIsTheProgramsOwn) {
  auto main = []() -> Task<int> {
    SignalStream stream({SIGTERM});
    std::raise(SIGTERM);
    co_return co_await stream.Next();
  };
  RunOptions options;
  options.signals = {SIGINT};
  EXPECT_EQ(fate::Run(main(), options), SIGTERM);
}

TEST(RunTest, ASeedGivesTheSameDrawsAndNoneGivesOthers) {
  auto main = []() -> Task<uint64_t> {
    Random random;
    co_return random.Bits();
  };
  RunOptions options;
  options.seed = 7;
  EXPECT_EQ(fate::Run(main(), options), fate::Run(main(), options));
  EXPECT_NE(fate::Run(main()), fate::Run(main()));
}

TEST(RunTest, MainHasTheNameOfTheOptions) {
  auto main = []() -> Task<std::string> { co_return DumpTasks(); };
  RunOptions options;
  options.name = "server";
  EXPECT_NE(fate::Run(main(), options).find("task \"server\""), std::string::npos);
}

TEST(RunMainTest, GivesTheExitCode) {
  auto nothing = []() -> Task<> { co_return; };
  auto number = []() -> Task<int> { co_return 3; };
  EXPECT_EQ(RunMain(nothing()), 0);
  EXPECT_EQ(RunMain(number()), 3);
}

TEST(RunMainTest, CountsASignalAsShellsDo) {
  auto main = []() -> Task<> {
    std::raise(SIGTERM);
    co_await Sleep(absl::InfiniteDuration());
  };
  EXPECT_EQ(RunMain(main()), 128 + SIGTERM);
}

TEST(RunMainTest, PrintsAnException) {
  auto main = []() -> Task<> {
    co_await Yield();
    throw std::runtime_error("the disk is gone");
  };
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunMain(main()), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "your program: main ended with an exception: the disk is gone\n");
}

TEST(RunDeathTest, ASecondSignalEndsTheProcessThoughTheStepNeverEnds) {
  auto main = []() -> Task<> {
    std::raise(SIGTERM);
    std::raise(SIGTERM);
    ADD_FAILURE() << "it lives";
    co_return;
  };
  EXPECT_EXIT(fate::Run(main()), testing::KilledBySignal(SIGTERM), "");
}

TEST(RunDeathTest, ASecondSignalOfAnotherKindEndsTheProcessToo) {
  auto main = []() -> Task<> {
    std::raise(SIGTERM);
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
      std::raise(SIGINT);
    }
  };
  EXPECT_EXIT(fate::Run(main()), testing::KilledBySignal(SIGINT), "");
}

TEST(RunDeathTest, AnExceptionNobodyCanSeeEndsTheProcessAndNamesTheTask) {
  auto fails = []() -> Task<> {
    co_await Yield();
    throw std::runtime_error("the disk is gone");
  };
  auto main = [&]() -> Task<> {
    {
      JoinHandle<> dropped = co_await Spawn(fails(), {.name = "writer"});
    }
    co_await Sleep(absl::Seconds(1));
  };
  EXPECT_DEATH(fate::Run(main()), "writer.*the disk is gone");
}

TEST(RunDeathTest, ARuntimeInsideARuntimeIsMisuse) {
  auto inner = []() -> Task<> { co_return; };
  auto main = [&]() -> Task<> {
    fate::Run(inner());
    co_return;
  };
  EXPECT_DEATH(fate::Run(main()), "your program started a runtime inside a runtime");
}

TEST(RunDeathTest, APrimitiveUsedFromASecondThreadIsMisuse) {
  auto main = []() -> Task<> {
    Event event;
    auto waits = [](Event& event) -> Task<> { co_await event.Wait(); };
    JoinHandle<> waiter = co_await Spawn(waits(event));
    co_await Yield();
    std::thread([&event] { event.SetNow(); }).join();
    co_await waiter.Join();
  };
  EXPECT_DEATH(fate::Run(main()), "from a thread other than that of the runtime");
}

}  // namespace
}  // namespace fate
