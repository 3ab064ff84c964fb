// Which steps a cancellation conflicts with: exact numbers of traces, counted by hand.
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sync/atomic.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "gtest/gtest.h"

namespace fate::sim::cancellations_test {
namespace {

// Those of optimal DPOR. All executions must be new traces, but for the one after which it began again and so many
// that came to nothing.
uint64_t TracesOf(const std::function<Task<>()>& root, const std::function<Task<>()>& other = nullptr,
                  uint64_t redundant = 0) {
  Scheduler scheduler;
  OptimalDpor search;
  const auto program = [&](Roots& roots) {
    roots.Add(root());
    if (other != nullptr) roots.Add(other(), "other");
  };
  for (uint64_t executions = 0; executions < 10'000; ++executions) {
    const Execution& execution = scheduler.Run(program, search, executions, 1);
    EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    if (search.EndExecution(execution)) continue;
    EXPECT_EQ(search.redundant(), redundant);
    return search.traces();
  }
  return 0;
}

Task<> Check(int times) {
  try {
    for (int i = 0; i < times; ++i) co_await CheckCancelled();
  } catch (const Cancelled&) {
  }
}

// Of a scope of its own.
Task<> CancelOwn() {
  const auto body = [](CancelScope& scope) -> Task<> { co_await Cancel(scope); };
  co_await WithCancelScope(body);
}

TEST(CancellationsTest, WhoLooksCommutesWithEachOtherAndWithOtherSteps) {
  Atomic<int> cell{0};
  const auto store = [&]() -> Task<> { co_await cell.Store(1); };
  EXPECT_EQ(TracesOf([] { return Check(3); }, [] { return Check(3); }), 1u);
  EXPECT_EQ(TracesOf([] { return Check(3); }, store), 1u);
}

TEST(CancellationsTest, ACancellationCommutesWithTheStepsOfWhomItDoesNotReach) {
  EXPECT_EQ(TracesOf([] { return Check(3); }, CancelOwn), 1u);
  EXPECT_EQ(TracesOf(CancelOwn, CancelOwn), 1u);
}

// Before the child's first look, between the two, or after them.
TEST(CancellationsTest, ACancellationConflictsWithTheStepsOfWhomItReaches) {
  const auto cancel_child = []() -> Task<> {
    JoinHandle<> child = co_await Spawn(Check(2));
    co_await child.Cancel();
    co_await child.Wait();
  };
  EXPECT_EQ(TracesOf(cancel_child), 3u);
  const auto cancel_group = []() -> Task<> {
    const auto body = [](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Check(2));
      co_await group.Cancel();
    };
    co_await WithTaskGroup(body);
  };
  EXPECT_EQ(TracesOf(cancel_group), 3u);
}

// Of three looks the first is in the step that enters the shield, and the last in the one that leaves it: the
// cancellation comes before the one, between, or after the other.
TEST(CancellationsTest, AShieldKeepsTheStepsBehindItOut) {
  const auto cancel_child = []() -> Task<> {
    JoinHandle<> child = co_await Spawn(Shield(Check(3)));
    co_await child.Cancel();
    co_await child.Wait();
  };
  EXPECT_EQ(TracesOf(cancel_child), 3u);
}

// Of two groups each has its own: three times three.
TEST(CancellationsTest, WhatIsCancelledBesideIsNotOrdered) {
  const auto group = []() -> Task<> {
    const auto body = [](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Check(2));
      co_await group.Cancel();
    };
    co_await WithTaskGroup(body);
  };
  EXPECT_EQ(TracesOf(group, group), 9u);
}

// The other task only looks. Whether the event could have been set before the timeout struck nobody knows: that a task
// began and came to stand is no event, so it may as well begin later; then it comes to stand, and all others sleep.
TEST(CancellationsTest, ATimeoutConflictsWithTheStepsInsideAlone) {
  const auto wait = []() -> Task<> {
    Event never;
    (co_await WithTimeout(absl::Milliseconds(1), [](Event& event) -> Task<> { co_await event.Wait(); }(never)))
        .IgnoreError();
  };
  const auto look_at_the_same_time = []() -> Task<> {
    co_await Sleep(absl::Milliseconds(1));
    co_await Check(3);
  };
  EXPECT_EQ(TracesOf(wait, look_at_the_same_time, 1), 1u);
}

// A task that began and came to stand entered a scope: that is known of the lock, whether the start was seen or not,
// and the search begins again once only, at the first timeout that strikes.
TEST(CancellationsTest, WhereAStartThatIsNoEventLedItsTaskIsNoSurprise) {
  Scheduler scheduler;
  OptimalDpor search;
  std::optional<Mutex> mutex;
  const auto locks = [&]() -> Task<> {
    MutexGuard guard = co_await mutex->Lock();
    co_await Sleep(absl::Milliseconds(1));
  };
  const auto in_time = [&](int milliseconds) -> Task<> {
    (co_await WithTimeout(absl::Milliseconds(milliseconds), locks())).IgnoreError();
  };
  const auto program = [&](Roots& roots) {
    mutex.emplace();
    roots.Add(in_time(1));
    roots.Add(in_time(2));
  };
  uint64_t executions = 1;
  while (search.EndExecution(scheduler.Run(program, search, executions, 1))) ++executions;
  EXPECT_EQ(search.traces(), 7u);
  EXPECT_EQ(search.redundant(), 0u);
  EXPECT_EQ(executions, 8u);
}

// Neither what it receives nor how much it missed depends on the other.
TEST(CancellationsTest, SubscribersOfABroadcastDoNotConflict) {
  const auto hear = [](Subscription<int> own) -> Task<> {
    while (co_await own.Receive()) {
    }
  };
  const auto publish = [&]() -> Task<> {
    Broadcast<int> own(2);
    Subscription<int> first = co_await own.Subscribe();
    Subscription<int> second = co_await own.Subscribe();
    co_await own.Send(1);
    co_await own.Send(2);
    co_await own.Close();
    JoinHandle<> one = co_await Spawn(hear(std::move(first)));
    JoinHandle<> two = co_await Spawn(hear(std::move(second)));
    co_await one.Join();
    co_await two.Join();
  };
  EXPECT_EQ(TracesOf(publish), 1u);
}

// Which of the two is met by a sender ends the other, in the step of the rendezvous: that step does nothing to a cell.
// Either is met, before the other has begun or after.
TEST(CancellationsTest, WhatAPartnerCancelsIsKnown) {
  const auto meet = []() -> Task<> {
    Channel<int> channel(0);
    Atomic<int> cell{0};
    const auto receives = [&]() -> Task<> { co_await channel.Receive(); };
    const auto sends = [&]() -> Task<> { co_await channel.Send(1); };
    const auto stores = [&]() -> Task<> { co_await cell.Store(1); };
    JoinHandle<> sender = co_await Spawn(sends());
    JoinHandle<> storer = co_await Spawn(stores());
    co_await WhenAny(receives(), receives());
    co_await sender.Join();
    co_await storer.Join();
  };
  EXPECT_EQ(TracesOf(meet), 4u);
}

}  // namespace
}  // namespace fate::sim::cancellations_test
