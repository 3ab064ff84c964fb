#include "fate/task/promise.h"

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "fate/sync/event.h"
#include "fate/task/failure.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate::promise_test {
namespace {

Task<int> Gives(int value, int turns = 1) {
  for (int i = 0; i < turns; ++i) co_await Yield();
  co_return value;
}

Task<int> Throws(std::string what) {
  co_await Yield();
  throw std::runtime_error(what);
}

TEST(PromiseTest, ItRunsWithoutBeingAwaited) {
  bool ran = false;
  Everywhere([&ran]() -> Task<> {
    ran = false;
    // It outlives the frame of the task that starts it, so it refers to nothing there.
    auto run = [](bool& ran) -> Task<> {
      co_await Yield();
      ran = true;
    };
    StartPromise(run(ran));
    co_return;
  });
  EXPECT_TRUE(ran);
}

TEST(PromiseTest, MayBeAwaitedOftenBeforeAndAfterItSettles) {
  Everywhere([]() -> Task<> {
    Promise<std::string> promise = StartPromise([]() -> Task<std::string> {
      co_await Yield();
      co_return "text";
    }());
    Promise<std::string> copy = promise;
    auto wait = [](Promise<std::string> awaited) -> Task<std::string> { co_return co_await awaited; };
    JoinHandle<std::string> other = SpawnNow(wait(copy));
    std::string first = co_await promise;
    EXPECT_TRUE(promise.settled());
    std::string second = co_await promise;
    std::string third = co_await other.Join();
    EXPECT_EQ(first + second + third, "texttexttext");
  });
}

TEST(PromiseTest, ThenFollowsWithTheValue) {
  Everywhere([]() -> Task<> {
    Promise<int> number = StartPromise(Gives(20));
    Promise<std::string> text = number.Then([](int value) { return value + 1; })
                                    .Then([](int value) -> Task<int> { co_return value * 2; })
                                    .Then([](int value) { return StartPromise(Gives(value)); })
                                    .Then([](int value) { return std::to_string(value); });
    std::string shown = co_await text;
    EXPECT_EQ(shown, "42");
  });
}

TEST(PromiseTest, ThenOfNothing) {
  Everywhere([]() -> Task<> {
    int steps = 0;
    auto run = [&steps]() -> Task<> {
      ++steps;
      co_return;
    };
    Promise<int> promise = StartPromise(run()).Then([&] { ++steps; }).Then([&] { return ++steps; });
    int value = co_await promise;
    EXPECT_EQ(value, 3);
  });
}

TEST(PromiseTest, AFailureSkipsThenAndIsCaught) {
  Everywhere([]() -> Task<> {
    bool skipped = true;
    Promise<int> promise =
        StartPromise(Throws("no"))
            .Then([&](int value) {
              skipped = false;
              return value;
            })
            .Catch([](std::exception_ptr exception) { return DescribeException(exception) == "no" ? 7 : 0; });
    int value = co_await promise;
    EXPECT_EQ(value, 7);
    EXPECT_TRUE(skipped);
  });
}

TEST(PromiseTest, CatchIsSkippedByAValueAndMayThrowItself) {
  Everywhere([]() -> Task<> {
    Promise<int> fine = StartPromise(Gives(1)).Catch([](std::exception_ptr) { return 2; });
    int value = co_await fine;
    EXPECT_EQ(value, 1);
    Promise<int> worse =
        StartPromise(Throws("first")).Catch([](std::exception_ptr) -> int { throw std::runtime_error("second"); });
    std::string caught;
    try {
      co_await worse;
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "second");
  });
}

TEST(PromiseTest, CatchAndThenMayBeTasks) {
  Everywhere([]() -> Task<> {
    Promise<int> promise = StartPromise(Throws("no")).Catch([](std::exception_ptr) -> Task<int> {
      co_await Yield();
      co_return 9;
    });
    int value = co_await promise;
    EXPECT_EQ(value, 9);
  });
}

TEST(PromiseTest, FinallyRunsInAnyCaseAndPassesTheResultOn) {
  Everywhere([]() -> Task<> {
    int finished = 0;
    Promise<int> fine = StartPromise(Gives(3)).Finally([&] { ++finished; });
    int value = co_await fine;
    EXPECT_EQ(value, 3);
    Promise<int> failed = StartPromise(Throws("no")).Finally([&]() -> Task<> {
      co_await Yield();
      ++finished;
    });
    std::string caught;
    try {
      co_await failed;
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
    EXPECT_EQ(finished, 2);
  });
}

TEST(PromiseTest, FollowersGoOnInTheOrderInWhichTheyCame) {
  std::string log;
  InProduction([&log]() -> Task<> {
    Promise<int> promise = StartPromise(Gives(0, 3));
    Promise<> a = promise.Then([&log](int) { log += 'a'; });
    Promise<> b = promise.Then([&log](int) { log += 'b'; });
    Promise<> c = promise.Then([&log](int) { log += 'c'; });
    co_await b;
    co_await c;
  });
  EXPECT_EQ(log, "abc");
}

TEST(PromiseTest, CancellingAnAwaitLeavesThePromiseRunning) {
  Everywhere([]() -> Task<> {
    Event go;
    auto wait = [&]() -> Task<int> {
      co_await go.Wait();
      co_return 5;
    };
    Promise<int> promise = StartPromise(wait());
    auto follow = [&]() -> Task<> { co_await promise; };
    JoinHandle<> follower = co_await Spawn(follow());
    co_await Yield();
    co_await follower.Cancel();
    co_await follower.Wait();
    EXPECT_TRUE(follower.cancelled());
    EXPECT_FALSE(promise.settled());
    co_await go.Set();
    int value = co_await promise;
    EXPECT_EQ(value, 5);
  });
}

TEST(PromiseTest, CancelledIsNoErrorForCatch) {
  Everywhere([]() -> Task<> {
    auto gives_up = []() -> Task<int> {
      co_await Yield();
      throw Cancelled();
    };
    bool caught_by_promise = false;
    Promise<int> promise = StartPromise(gives_up()).Catch([&](std::exception_ptr) {
      caught_by_promise = true;
      return 0;
    });
    bool thrown = false;
    try {
      co_await promise;
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    EXPECT_FALSE(caught_by_promise);
  });
}

TEST(PromiseTest, AFailureThatNobodyFollowsEndsTheProgram) {
  auto dropped = []() -> Task<> {
    StartPromise(Throws("dropped"));
    for (int i = 0; i < 5; ++i) co_await Yield();
  };
  auto settled_first = []() -> Task<> {
    {
      Promise<int> promise = StartPromise(Throws("dropped"));
      while (!promise.settled()) co_await Yield();
    }
    for (int i = 0; i < 5; ++i) co_await Yield();
  };
  auto end_of_chain = []() -> Task<> {
    StartPromise(Throws("dropped")).Then([](int value) { return value; });
    for (int i = 0; i < 20; ++i) co_await Yield();
  };
  for (Task<> (*program)() : {+dropped, +settled_first, +end_of_chain}) {
    sim::Report report = Failing(program);
    EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kUncaughtException);
    EXPECT_NE(report.outcome.message.find(": dropped"), std::string::npos) << report.outcome.message;
    EXPECT_DEATH(InProduction(program), "ended with an exception nobody joined: dropped");
  }
}

TEST(PromiseTest, ReferencesStayReferences) {
  Everywhere([]() -> Task<> {
    int number = 1;
    auto refer = [&]() -> Task<int&> { co_return number; };
    Promise<int&> promise = StartPromise(refer());
    int& same = co_await promise;
    EXPECT_EQ(&same, &number);
  });
}

TEST(PromiseTest, AStuckFollowerIsReportedWhereItFollows) {
  sim::Report report = Failing([]() -> Task<> {
    Event never;
    auto wait = [&]() -> Task<> { co_await never.Wait(); };
    Promise<> promise = StartPromise(wait());
    co_await promise.Then([] {});
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock);
  std::string line = std::to_string(__LINE__ - 3);
  EXPECT_NE(report.outcome.message.find("at task/promise_test.cc:" + line), std::string::npos)
      << report.outcome.message;
}

}  // namespace
}  // namespace fate::promise_test
