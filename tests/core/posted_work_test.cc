#include "fate/sim/core/posted_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "fate/runtime/runtime.h"
#include "fate/runtime/shared.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/sync/latch.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"

namespace fate::sim::posted_work_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Orders = std::set<std::string>;

// What `program` adds to its argument, in all executions that a search of all makes.
template <class Program>
Orders OrdersOf(const char* strategy, Program program) {
  Orders orders;
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = 100'000;
  options.audit_executions = 0;  // the search is to see them by itself
  const Report report = Explore([&]() -> Task<> { return program(orders); }, options);
  EXPECT_TRUE(report.exhausted) << report.ToText();
  return orders;
}

constexpr const char* kSearches[] = {"depth_first", "sleep_sets", "source_dpor", "optimal_dpor"};

// Whatever the schedule: what is between may be done between.
TEST(PostedWorkTest, RunsInTheOrderOfPosting) {
  for (const char* strategy : kSearches) {
    const auto program = [](Orders& orders) -> Task<> {
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
    EXPECT_THAT(OrdersOf(strategy, program), ElementsAre("12x", "1x2", "x12")) << strategy;
  }
}

// Who posts first decides, so both orders are tried.
TEST(PostedWorkTest, OfTwoTasksRunsInEitherOrder) {
  for (const char* strategy : kSearches) {
    const auto program = [](Orders& orders) -> Task<> {
      Shared<std::string> order;
      Latch done(2);
      Atomic<int> left{0};
      Atomic<int> right{0};
      const auto posts = [&](char letter, Atomic<int>& cell) -> Task<> {
        co_await cell.Load();  // no other task touches it
        CurrentRuntime().Post([&, letter] {
          order.Update([=](std::string& text) { text += letter; });
          done.CountDownNow();
        });
      };
      JoinHandle<> first = co_await Spawn(posts('1', left));
      JoinHandle<> second = co_await Spawn(posts('2', right));
      co_await first.Join();
      co_await second.Join();
      co_await done.Wait();
      orders.insert(order.Read());
    };
    EXPECT_THAT(OrdersOf(strategy, program), ElementsAre("12", "21")) << strategy;
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
