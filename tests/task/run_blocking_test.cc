#include "fate/task/run_blocking.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(RunBlockingTest, GivesTheResult) {
  Everywhere([]() -> Task<> {
    auto text = [] { return std::string("text"); };
    std::string result = co_await RunBlocking(text);
    EXPECT_EQ(result, "text");
    bool ran = false;
    auto nothing = [&ran] { ran = true; };
    co_await RunBlocking(nothing);
    EXPECT_TRUE(ran);
    auto move_only = [] { return std::make_unique<int>(3); };
    std::unique_ptr<int> three = co_await RunBlocking(move_only);
    EXPECT_EQ(*three, 3);
    int number = 1;
    auto refer = [&number]() -> int& { return number; };
    int& same = co_await RunBlocking(refer);
    EXPECT_EQ(&same, &number);
  });
}

TEST(RunBlockingTest, ItsExceptionComesBack) {
  Everywhere([]() -> Task<> {
    auto fails = []() -> int { throw std::runtime_error("no"); };
    std::string caught;
    try {
      co_await RunBlocking(fails);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
  });
}

TEST(RunBlockingTest, OtherTasksRunMeanwhile) {
  bool overtaken = false;
  auto program = [&overtaken]() -> Task<> {
    bool done = false;
    auto work = [&done] { done = true; };
    auto other = [&]() -> Task<> {
      if (!done) overtaken = true;
      co_return;
    };
    JoinHandle<> handle = SpawnNow(other());
    co_await RunBlocking(work);
    EXPECT_TRUE(done);
    co_await handle.Join();
  };
  Everywhere(program);
  EXPECT_TRUE(overtaken);
}

TEST(RunBlockingTest, WhatWasStartedIsWaitedForInSpiteOfACancellation) {
  int waited_for = 0;
  auto program = [&waited_for]() -> Task<> {
    bool begun = false;
    int result = 0;
    auto work = [&begun] {
      begun = true;
      return 7;
    };
    auto run = [&]() -> Task<> { result = co_await RunBlocking(work); };
    JoinHandle<> handle = co_await Spawn(run());
    for (int i = 0; i < 3; ++i) co_await Yield();
    co_await handle.Cancel();
    co_await handle.Wait();
    // Either the cancellation came before the start, or it had no effect.
    EXPECT_EQ(handle.cancelled(), !begun);
    EXPECT_EQ(result, begun ? 7 : 0);
    waited_for += begun;
  };
  InSimulator(program);
  waited_for = 0;
  InProduction(program);
  EXPECT_EQ(waited_for, 1);
}

TEST(RunBlockingTest, InACancelledScopeNothingIsStarted) {
  Everywhere([]() -> Task<> {
    bool begun = false;
    auto work = [&begun] { begun = true; };
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await RunBlocking(work);
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_FALSE(begun);
  });
}

}  // namespace
}  // namespace fate
