// What one task at a time may wait for: each search finds that two of them might, and is quiet where they cannot.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/oneshot.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/ticker.h"

namespace fate::sim {
namespace waits_at_once_test {
namespace {

using Program = std::function<Task<>()>;

Report ReportOf(const char* strategy, const Program& program) {
  ExploreOptions options;
  options.strategy = strategy;
  options.executions = 5000;
  options.shrink_executions = options.story_executions = 0;
  options.audit_executions = 0;  // the search is to see it by itself
  return Explore(program, options);
}

constexpr const char* kStrategies[] = {"depth_first",  "sleep_sets",   "source_dpor",
                                       "optimal_dpor", "bounded_dpor", "portfolio"};

void ExpectEachFinds(const std::string& message, const Program& program) {
  for (const char* strategy : kStrategies) {
    const Report report = ReportOf(strategy, program);
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed) << strategy;
    EXPECT_NE(report.outcome.message.find(message), std::string::npos) << strategy << ": " << report.outcome.message;
  }
}

void ExpectEachProves(const Program& program) {
  for (const char* strategy : kStrategies) {
    const Report report = ReportOf(strategy, program);
    EXPECT_TRUE(report.passed()) << strategy << ": " << report.outcome.message;
    EXPECT_TRUE(report.exhausted) << strategy;
  }
}

Task<> Nothing() { co_return; }

// In the quiet run the task has ended before anybody waits for it.
TEST(WaitsAtOnceTest, TwoTasksMayJoinATaskAtOnce) {
  ExpectEachFinds("joins a task from two places at once", []() -> Task<> {
    Atomic<int> x, y;
    JoinHandle<> handle = co_await Spawn(Nothing());
    co_await Yield();
    const auto waits = [&](Atomic<int>& cell) -> Task<> {
      co_await cell.Load();
      co_await handle.Wait();
    };
    co_await WhenAll(waits(x), waits(y));
    co_await handle.Join();
  });
}

TEST(WaitsAtOnceTest, TwoTasksMayJoinATaskOneAfterTheOther) {
  ExpectEachProves([]() -> Task<> {
    JoinHandle<> handle = co_await Spawn(Nothing());
    const auto waits = [&]() -> Task<> { co_await handle.Wait(); };
    JoinHandle<> first = co_await Spawn(waits());
    co_await first.Join();
    co_await handle.Join();
  });
}

TEST(WaitsAtOnceTest, TwoTasksMayAwaitATickerAtOnce) {
  ExpectEachFinds("awaits a Ticker in two tasks at once", []() -> Task<> {
    Atomic<int> x, y;
    Ticker ticker(absl::Milliseconds(1));
    const auto waits = [&](Atomic<int>& cell) -> Task<> {
      co_await Sleep(absl::Milliseconds(2));
      co_await cell.Load();
      co_await ticker.Next();
    };
    co_await WhenAll(waits(x), waits(y));
  });
}

// The first to receive has done so before the other comes, in the quiet run; what lets both go on comes before.
TEST(WaitsAtOnceTest, TwoTasksMayReceiveFromAOneshotAtOnce) {
  ExpectEachFinds("receives from a Oneshot in two tasks at once", []() -> Task<> {
    Atomic<int> x, y;
    Oneshot<int> answer;
    co_await answer.Close();
    const auto receives = [&](Atomic<int>& cell) -> Task<> {
      co_await cell.Load();
      co_await answer.Receive();
    };
    co_await WhenAll(receives(x), receives(y));
  });
}

TEST(WaitsAtOnceTest, TwoTasksMayReceiveThroughOneSubscriptionAtOnce) {
  ExpectEachFinds("receives through one Subscription in two tasks at once", []() -> Task<> {
    Atomic<int> x, y;
    Broadcast<int> messages(2);
    Subscription<int> subscription = co_await messages.Subscribe();
    co_await messages.Send(1);
    co_await messages.Send(2);
    const auto receives = [&](Atomic<int>& cell) -> Task<> {
      co_await cell.Load();
      co_await subscription.Receive();
    };
    co_await WhenAll(receives(x), receives(y));
  });
}

}  // namespace
}  // namespace waits_at_once_test
}  // namespace fate::sim
