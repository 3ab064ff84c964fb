#include "fate/sim/core/posted_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "fate/runtime/runtime.h"
#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"

namespace fate::sim::posted_work_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Whatever the schedule: what is between may be done between.
TEST(PostedWorkTest, RunsInTheOrderOfPosting) {
  for (const char* strategy : {"depth_first", "optimal_dpor"}) {
    std::set<std::string> orders;
    const auto program = [&orders]() -> Task<> {
      Shared<std::string> order;
      Latch done(3);
      const auto append = [&](char letter) { order.Update([=](std::string& text) { text += letter; }); };
      for (const char letter : {'1', '2'}) {
        CurrentRuntime().Post([&, letter] {
          append(letter);
          done.CountDownNow();
        });
      }
      JoinHandle<> other = co_await Spawn([](auto& appends, Latch& latch) -> Task<> {
        co_await Yield();
        appends('x');
        latch.CountDownNow();
      }(append, done));
      co_await done.Wait();
      co_await other.Join();
      orders.insert(order.Read());
    };
    ExploreOptions options;
    options.strategy = strategy;
    options.executions = 100'000;
    const Report report = Explore(program, options);
    EXPECT_TRUE(report.passed()) << report.ToText();
    EXPECT_TRUE(report.exhausted) << strategy;
    EXPECT_THAT(orders, ElementsAre("12x", "1x2", "x12")) << strategy;
  }
}

// Who posts first decides, so both orders are tried.
TEST(PostedWorkTest, OfTwoTasksRunsInEitherOrder) {
  for (const char* strategy : {"depth_first", "sleep_sets", "source_dpor", "optimal_dpor"}) {
    std::set<std::string> orders;
    const auto program = [&orders]() -> Task<> {
      Shared<std::string> order;
      Latch done(2);
      const auto posts = [&](char letter) -> Task<> {
        CurrentRuntime().Post([&, letter] {
          order.Update([=](std::string& text) { text += letter; });
          done.CountDownNow();
        });
        co_return;
      };
      JoinHandle<> first = co_await Spawn(posts('1'));
      JoinHandle<> second = co_await Spawn(posts('2'));
      co_await first.Join();
      co_await second.Join();
      co_await done.Wait();
      orders.insert(order.Read());
    };
    ExploreOptions options;
    options.strategy = strategy;
    options.executions = 100'000;
    EXPECT_TRUE(Explore(program, options).exhausted) << strategy;
    EXPECT_THAT(orders, ElementsAre("12", "21")) << strategy;
  }
}

TEST(PostedWorkTest, IsCalledThatInReports) {
  const auto program = []() -> Task<> {
    CurrentRuntime().Post([] { FATE_CHECK(false, "posted in vain"); });
    for (int i = 0; i < 3; ++i) co_await Yield();
  };
  EXPECT_THAT(Explore(program).story, HasSubstr("posted work"));
}

// No replay could bring it back, so it is told even if nobody waits for the work.
TEST(PostedWorkTest, FromAForeignThreadIsToldThoughTheProgramEnds) {
  const auto program = []() -> Task<> {
    Runtime& runtime = CurrentRuntime();
    std::thread([&runtime] { runtime.Post([] {}); }).join();
    co_await Yield();
  };
  const Report report = Explore(program);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.outcome.message, HasSubstr("your program posted work from a thread of its own"));
}

}  // namespace
}  // namespace fate::sim::posted_work_test
