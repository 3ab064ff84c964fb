// What both worlds share, seen through the simulator: records, teardown, cancelling of one task.
#include "fate/runtime/runtime.h"

#include <gtest/gtest.h>

#include <string>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"

namespace fate {
namespace {

using sim::Fifo;
using sim::Roots;
using sim::Scheduler;

struct Says {
  std::string& log;
  char word;
  ~Says() { log += word; }
};

Task<> Sits(std::string& log, char word, Event& event) {
  Says says{log, word};
  co_await event.Wait();
}

Task<> Nested(std::string& log, Event& event, int depth) {
  Says says{log, static_cast<char>('0' + depth)};
  if (depth == 0) {
    co_await event.Wait();
  } else {
    co_await Nested(log, event, depth - 1);
  }
}

TEST(RuntimeTest, TearDownDestroysInnermostFirstInReverseOrderOfSpawning) {
  Scheduler scheduler;
  Fifo strategy;
  std::string log;
  auto program = [&log](Roots& roots) {
    auto main = [](std::string& log) -> Task<> {
      Event event;
      Says says{log, 'm'};
      JoinHandle<> a = co_await Spawn(Sits(log, 'a', event));
      JoinHandle<> b = co_await Spawn(Nested(log, event, 2));
      co_await a.Join();
    };
    roots.Add(main(log));
  };
  EXPECT_EQ(scheduler.Run(program, strategy).outcome.kind, sim::OutcomeKind::kDeadlock);
  EXPECT_EQ(log, "012am");
  EXPECT_EQ(scheduler.live_tasks(), 0u);
  EXPECT_EQ(scheduler.frames().live(), 0u);
}

TEST(RuntimeTest, PathHashesDependOnOrdinalsOnly) {
  Scheduler scheduler;
  Fifo strategy;
  auto program = [](Roots& roots) {
    auto leaf = []() -> Task<> { co_return; };
    auto main = [](auto leaf) -> Task<> {
      JoinHandle<> first = co_await Spawn(leaf());
      JoinHandle<> second = co_await Spawn(leaf());
      co_await first.Join();
      co_await second.Join();
    };
    roots.Add(main(leaf));
  };
  const auto& births = scheduler.Run(program, strategy).trace.births;
  ASSERT_EQ(births.size(), 3u);
  EXPECT_EQ(births[1].parent, 0u);
  EXPECT_EQ(births[1].ordinal, 1u);
  EXPECT_EQ(births[2].ordinal, 2u);
  EXPECT_NE(births[1].path_hash, births[2].path_hash);
}

TEST(RuntimeTest, TimesConvertBothWaysAndSaturate) {
  Scheduler scheduler;
  EXPECT_EQ(scheduler.ToNanoseconds(scheduler.epoch() + absl::Seconds(2)), 2'000'000'000);
  EXPECT_EQ(scheduler.ToNanoseconds(absl::InfiniteFuture()), TimerQueue::kNever - 1);
  EXPECT_EQ(scheduler.Now(), scheduler.epoch());
}

}  // namespace
}  // namespace fate
