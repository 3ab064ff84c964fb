#include "fate/task/spawn.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate::spawn_test {
namespace {

Task<int> Square(int i) {
  co_await Yield();
  co_return i* i;
}

Task<> Forever() {
  for (;;) co_await Yield();
}

Task<int> Fails() {
  co_await Yield();
  throw std::runtime_error("no");
}

TEST(SpawnTest, JoinGivesTheResult) {
  Everywhere([]() -> Task<> {
    JoinHandle<int> handle = co_await Spawn(Square(7));
    EXPECT_TRUE(static_cast<bool>(handle));
    int result = co_await handle.Join();
    EXPECT_EQ(result, 49);
    EXPECT_FALSE(static_cast<bool>(handle));
  });
}

TEST(SpawnTest, ParentContinuesAndChildrenStartInOrder) {
  auto program = [](std::string& log) -> Task<> {
    auto child = [&log](char name) -> Task<> {
      log += name;
      co_return;
    };
    JoinHandle<> a = co_await Spawn(child('a'));
    JoinHandle<> b = SpawnNow(child('b'));
    log += 'p';
    co_await a.Join();
    co_await b.Join();
  };
  std::string log;
  InProduction([&] { return program(log); });
  EXPECT_EQ(log, "pab");
  log.clear();
  sim::Report report = sim::Explore([&] { return program(log); }, OptionsOf(sim::Interleaving::kFifo, "fifo", 1));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_EQ(log, "pab");
}

TEST(SpawnTest, JoinRethrowsWhatTheTaskThrew) {
  Everywhere([]() -> Task<> {
    JoinHandle<int> handle = co_await Spawn(Fails());
    std::string caught;
    try {
      co_await handle.Join();
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
  });
}

TEST(SpawnTest, WaitLeavesTheResultInPlace) {
  Everywhere([]() -> Task<> {
    JoinHandle<int> handle = co_await Spawn(Square(3));
    co_await handle.Wait();
    EXPECT_TRUE(handle.ended());
    EXPECT_FALSE(handle.failed());
    EXPECT_FALSE(handle.cancelled());
    int result = co_await handle.Join();
    EXPECT_EQ(result, 9);
  });
}

TEST(SpawnTest, CancelMakesThePendingAwaitThrow) {
  Everywhere([]() -> Task<> {
    JoinHandle<> handle = co_await Spawn(Forever());
    co_await Yield();
    co_await handle.Cancel();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_FALSE(handle.failed());
    bool thrown = false;
    try {
      co_await handle.Join();
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST(SpawnTest, ATaskCancelledBeforeItsFirstStepRunsUpToItsFirstAwait) {
  Everywhere([]() -> Task<> {
    bool began = false;
    bool went_on = false;
    auto child = [&]() -> Task<> {
      began = true;
      co_await Yield();
      went_on = true;
    };
    JoinHandle<> handle = SpawnNow(child());
    handle.CancelNow();
    co_await handle.Wait();
    EXPECT_TRUE(began);
    EXPECT_FALSE(went_on);
  });
}

TEST(SpawnTest, CancellingAJoinLeavesTheTaskRunning) {
  Everywhere([]() -> Task<> {
    bool finished = false;
    bool stop = false;
    auto work = [&]() -> Task<> {
      while (!stop) co_await Yield();
      finished = true;
    };
    JoinHandle<> worker = co_await Spawn(work());
    auto join = [&]() -> Task<> { co_await worker.Join(); };
    JoinHandle<> joiner = co_await Spawn(join());
    co_await Yield();
    co_await joiner.Cancel();
    co_await joiner.Wait();
    EXPECT_TRUE(joiner.cancelled());
    EXPECT_FALSE(finished);
    stop = true;
    co_await worker.Join();
    EXPECT_TRUE(finished);
  });
}

TEST(SpawnTest, JoiningFromTwoPlacesIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    JoinHandle<> shared = SpawnNow(Forever(), {.lifetime = Lifetime::kDaemon});
    auto join = [&]() -> Task<> { co_await shared.Wait(); };
    JoinHandle<> a = SpawnNow(join());
    JoinHandle<> b = SpawnNow(join());
    co_await a.Join();
    co_await b.Join();
  });
  EXPECT_NE(report.outcome.message.find("joins a task from two places at once"), std::string::npos)
      << report.outcome.message;
}

TEST(SpawnTest, AnEmptyHandleIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    JoinHandle<int> handle = co_await Spawn(Square(1));
    co_await handle.Join();
    co_await handle.Join();
  });
  EXPECT_NE(report.outcome.message.find("your program used an empty JoinHandle"), std::string::npos);
}

TEST(SpawnTest, AScopedTaskThatOutlivesTheRootIsALeak) {
  sim::Report report = Failing([]() -> Task<> {
    SpawnNow(Forever(), {.name = "left"});
    co_return;
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kLeakedTask);
  EXPECT_NE(report.outcome.message.find("task \"left\""), std::string::npos);
}

TEST(SpawnTest, TheProgramWaitsForProgramTasksAndCancelsDaemons) {
  std::string log;
  auto program = [&log]() -> Task<> {
    log.clear();
    auto daemon = []() -> Task<> { return Forever(); };
    auto work = [](std::string& out) -> Task<> {
      for (int i = 0; i < 3; ++i) co_await Yield();
      out += "done";
    };
    SpawnNow(daemon(), {.lifetime = Lifetime::kDaemon});
    SpawnNow(work(log), {.lifetime = Lifetime::kProgram});
    co_return;
  };
  InSimulator(program);
  EXPECT_EQ(log, "done");
  InProduction(program);
  EXPECT_EQ(log, "done");
}

TEST(SpawnTest, AFailureNobodyCanJoinEndsTheProgram) {
  auto program = []() -> Task<> {
    {
      JoinHandle<int> dropped = SpawnNow(Fails());
    }
    for (int i = 0; i < 10; ++i) co_await Yield();
  };
  sim::Report report = Failing(program);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kUncaughtException);
  EXPECT_NE(report.outcome.message.find(": no"), std::string::npos) << report.outcome.message;
  EXPECT_DEATH(InProduction(program), "ended with an exception nobody joined: no");
}

TEST(SpawnTest, DroppingTheHandleOfAFailureThatHappenedEndsTheProgramToo) {
  sim::Report report = Failing([]() -> Task<> {
    JoinHandle<int> handle = SpawnNow(Fails());
    co_await handle.Wait();
    EXPECT_TRUE(handle.failed());
    handle.Detach();
    co_await Yield();
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kUncaughtException);
}

TEST(SpawnTest, MoveAssignmentDetachesTheOldTask) {
  Everywhere([]() -> Task<> {
    JoinHandle<int> handle = SpawnNow(Square(2), {.lifetime = Lifetime::kProgram});
    handle = co_await Spawn(Square(5));
    int result = co_await handle.Join();
    EXPECT_EQ(result, 25);
  });
}

TEST(SpawnTest, PathsAreOfSpawnSitesNotOfTheSchedule) {
  std::vector<uint64_t> first;
  Everywhere([&first]() -> Task<> {
    std::vector<uint64_t> paths(3);
    auto child = [&paths](size_t i) -> Task<> {
      paths[i] = context.task->Path();
      co_return;
    };
    JoinHandle<> a = co_await Spawn(child(0));
    JoinHandle<> b = co_await Spawn(child(1));
    co_await a.Join();
    co_await b.Join();
    paths[2] = context.task->Path();
    EXPECT_NE(paths[0], paths[1]);
    if (first.empty()) first = paths;
    EXPECT_EQ(paths, first);
  });
}

}  // namespace
}  // namespace fate::spawn_test
