// How a program ends on the production loop: results, failures, what is left.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "fate/runtime/event_loop.h"
#include "fate/runtime/random.h"
#include "fate/sync/event.h"
#include "fate/task/cancel.h"
#include "fate/task/run_blocking.h"
#include "fate/task/run_task.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "tests/runtime/manual_port.h"

namespace fate {
namespace {

using test::ManualPort;

class EventLoopEndTest : public testing::Test {
 protected:
  Task<> SleepsThenSays(absl::Duration duration, std::string word) {
    try {
      co_await Sleep(duration);
      log += word;
    } catch (const Cancelled&) {
      log += word + "-cancelled ";
      throw;
    }
  }
  Task<> Fails() {
    co_await Yield();
    throw std::runtime_error("the disk is gone");
  }
  // Runs a main that spawns `task` and ends, after a turn.
  void RunAndLeave(Task<> task, SpawnOptions options) {
    auto main = [&]() -> Task<> {
      JoinHandle<> left = co_await Spawn(std::move(task), options);
      co_await Yield();
      log += "main ";
    };
    RunTask(loop, main());
  }

  ManualPort port;
  EventLoop loop{port, 7, absl::Seconds(3)};
  std::string log;
};

using EventLoopEndDeathTest = EventLoopEndTest;

TEST_F(EventLoopEndTest, TheValueOfTheRootComesBack) {
  auto main = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(42); };
  EXPECT_EQ(*RunTask(loop, main()), 42);
}

TEST_F(EventLoopEndTest, TheExceptionOfTheRootComesBack) { EXPECT_THROW(RunTask(loop, Fails()), std::runtime_error); }

TEST_F(EventLoopEndTest, ALoopCanRunAnotherTaskAfterwards) {
  auto draw = []() -> Task<uint64_t> {
    co_await Sleep(absl::Seconds(1));
    Random random;
    co_return random.Bits();
  };
  uint64_t first = RunTask(loop, draw());
  EXPECT_THROW(RunTask(loop, Fails()), std::runtime_error);
  EXPECT_EQ(RunTask(loop, draw()), first);  // the seed is the loop's
  EXPECT_EQ(port.now_ns(), 2'000'000'000);
}

TEST_F(EventLoopEndTest, AStoppedLoopCanRunAnotherTask) {
  port.on_idle = [&] { loop.Stop(); };
  EXPECT_THROW(RunTask(loop, SleepsThenSays(absl::InfiniteDuration(), "a")), Cancelled);
  RunTask(loop, SleepsThenSays(absl::Seconds(1), "b"));
  EXPECT_EQ(log, "a-cancelled b");
}

TEST_F(EventLoopEndTest, ScopedTasksThatAreLeftAreCancelledAndRunToTheirEnd) {
  RunAndLeave(SleepsThenSays(absl::Seconds(9), "left"), {});
  EXPECT_EQ(log, "main left-cancelled ");
  EXPECT_EQ(port.now_ns(), 0);
}

TEST_F(EventLoopEndTest, DaemonsAreCancelledAtTheEnd) {
  RunAndLeave(SleepsThenSays(absl::Seconds(9), "left"), {.lifetime = Lifetime::kDaemon});
  EXPECT_EQ(log, "main left-cancelled ");
}

TEST_F(EventLoopEndTest, ProgramTasksAreWaitedFor) {
  RunAndLeave(SleepsThenSays(absl::Hours(9), "left"), {.lifetime = Lifetime::kProgram});
  EXPECT_EQ(log, "main left");
}

TEST_F(EventLoopEndTest, BlockingAndPostedWorkAreWaitedFor) {
  auto main = [&]() -> Task<> {
    CurrentRuntime().Post([&] { log += "posted "; });
    CurrentRuntime().RunBlocking([&] { log += "work "; }, [&] { log += "done "; });
    log += "main ";
    co_return;
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "main work done posted ");
}

TEST_F(EventLoopEndTest, AFailedRootDoesNotWaitForProgramTasks) {
  auto main = [&]() -> Task<> {
    SpawnOptions options;
    options.lifetime = Lifetime::kProgram;
    JoinHandle<> left = co_await Spawn(SleepsThenSays(absl::Seconds(9), "left"), options);
    co_await Fails();
  };
  EXPECT_THROW(RunTask(loop, main()), std::runtime_error);
  EXPECT_EQ(log, "left-cancelled ");
}

TEST_F(EventLoopEndTest, StopCancelsTheRootAndAllOthers) {
  port.on_idle = [&] { loop.Stop(); };
  auto main = [&]() -> Task<> {
    SpawnOptions options;
    options.lifetime = Lifetime::kProgram;
    JoinHandle<> other = co_await Spawn(SleepsThenSays(absl::InfiniteDuration(), "other"), options);
    co_await SleepsThenSays(absl::InfiniteDuration(), "main");
  };
  EXPECT_THROW(RunTask(loop, main()), Cancelled);
  EXPECT_EQ(log, "main-cancelled other-cancelled ");
}

TEST_F(EventLoopEndTest, ARootThatSurvivesItsCancellationGivesItsValue) {
  port.on_idle = [&] { loop.Stop(); };
  auto main = [&]() -> Task<int> {
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
    }
    co_return 42;
  };
  EXPECT_EQ(RunTask(loop, main()), 42);
}

TEST_F(EventLoopEndTest, ACleanupThatIsShieldedIsWaitedFor) {
  auto left = [&]() -> Task<> {
    try {
      co_await Sleep(absl::InfiniteDuration());
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
    co_await Shield(SleepsThenSays(absl::Seconds(2), "cleaned up"));
  };
  RunAndLeave(left(), {});
  EXPECT_EQ(log, "main cancelled cleaned up");
}

TEST_F(EventLoopEndTest, WhatIgnoresItsCancellationIsNamedAndDestroyedAfterTheGrace) {
  struct Witness {
    std::string& log;
    ~Witness() { log += "destroyed"; }
  };
  auto left = [&]() -> Task<> {
    Witness witness{log};
    co_await Shield(SleepsThenSays(absl::Hours(9), "never"));
  };
  testing::internal::CaptureStderr();
  RunAndLeave(left(), {.name = "stubborn"});
  std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(log, "main destroyed");
  EXPECT_EQ(port.now_ns(), 3'000'000'000);
  EXPECT_NE(said.find("your program: task \"stubborn\" (spawned at runtime/event_loop_end_test.cc:"), std::string::npos)
      << said;
  EXPECT_NE(said.find("has not ended 3s after its cancellation and is destroyed at"), std::string::npos) << said;
}

TEST_F(EventLoopEndTest, ATaskThatKeepsYieldingWhileItIgnoresItsCancellationIsDestroyedToo) {
  auto left = [&]() -> Task<> {
    auto yields = [&]() -> Task<> {
      for (;;) {
        port.Advance(absl::Milliseconds(1));
        co_await Yield();
      }
    };
    co_await Shield(yields());
  };
  testing::internal::CaptureStderr();
  RunAndLeave(left(), {});
  EXPECT_NE(testing::internal::GetCapturedStderr().find("has not ended"), std::string::npos);
}

TEST_F(EventLoopEndTest, WorkThatIsPostedTooLateIsDroppedWithWhatItHolds) {
  auto held = std::make_shared<int>(0);
  auto main = [&]() -> Task<> {
    auto left = [&]() -> Task<> {
      try {
        co_await Sleep(absl::InfiniteDuration());
      } catch (const Cancelled&) {
        CurrentRuntime().Post([this, held] { log += "late"; });
      }
    };
    JoinHandle<> handle = co_await Spawn(left());
    co_await Yield();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "");
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(EventLoopEndTest, NoFrameIsLeftBehind) {
  RunAndLeave(SleepsThenSays(absl::Seconds(9), "left"), {});
  EXPECT_EQ(loop.frames().live(), 0u);
  EXPECT_EQ(loop.live_tasks(), 0u);
  EXPECT_TRUE(loop.timers().empty());
}

TEST_F(EventLoopEndDeathTest, AFailureNobodyCanSeeEndsTheProcessAndNamesTheTask) {
  EXPECT_DEATH(RunAndLeave(Fails(), {.name = "writer"}),
               "your program: task \"writer\" .*spawned at runtime/event_loop_end_test.cc:[0-9]+\\) "
               "ended with an exception nobody joined: the disk is gone");
}

TEST_F(EventLoopEndDeathTest, AnExceptionOfPostedWorkEndsTheProcess) {
  auto main = [&]() -> Task<> {
    CurrentRuntime().Post([] { throw std::runtime_error("posted in vain"); });
    co_await Sleep(absl::Seconds(1));
  };
  EXPECT_DEATH(RunTask(loop, main()), "posted in vain");
}

// Though main has failed, and however little grace there is.
TEST_F(EventLoopEndTest, WhatBlockingWorkRefersToLivesUntilItHasEnded) {
  EventLoop hasty(port, 7, absl::ZeroDuration());
  bool alive = false;
  struct Local {
    explicit Local(bool& flag) : alive(flag) { alive = true; }
    ~Local() { alive = false; }
    bool& alive;
  };
  auto blocks = [&]() -> Task<> {
    Local local(alive);
    co_await RunBlocking([&] { log += alive ? "alive " : "gone "; });
  };
  auto main = [&]() -> Task<> {
    JoinHandle<> left = co_await Spawn(blocks());
    co_await Yield();
    log += "main ";
    throw std::runtime_error("no patience");
  };
  testing::internal::CaptureStderr();  // that it has not ended in time is told
  EXPECT_THROW(RunTask(hasty, main()), std::runtime_error);
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(log, "main alive ");
  EXPECT_FALSE(alive);
}

TEST_F(EventLoopEndTest, WhatIsSpawnedWhileAllIsDestroyedIsDestroyedToo) {
  auto counted = std::make_shared<int>(0);
  auto never = [](std::shared_ptr<int>) -> Task<> { co_return; };
  struct Spawns {
    std::function<void()> at_end;
    ~Spawns() { at_end(); }
  };
  auto sleeps = [&]() -> Task<> {
    Spawns spawns{[&] { SpawnNow(never(counted)); }};
    co_await Sleep(absl::InfiniteDuration());
  };
  auto main = [&]() -> Task<> {
    SpawnNow(Shield(sleeps()));
    co_await Yield();
  };
  EventLoop hasty(port, 7, absl::ZeroDuration());
  testing::internal::CaptureStderr();
  RunTask(hasty, main());
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(counted.use_count(), 1);
}

}  // namespace
}  // namespace fate
