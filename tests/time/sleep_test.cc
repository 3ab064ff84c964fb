#include "fate/time/sleep.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fate/sync/event.h"
#include "fate/sync/select.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

Task<> Log(std::string& log, char name, absl::Duration after) {
  co_await Sleep(after);
  log += name;
}

TEST(SleepTest, TakesExactlyItsTime) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    co_await Sleep(absl::Milliseconds(500));
    EXPECT_EQ(Now() - start, absl::Milliseconds(500));
    co_await SleepUntil(start + absl::Hours(3));
    EXPECT_EQ(Now() - start, absl::Hours(3));
    co_await SleepUntil(start);  // long over
    EXPECT_EQ(Now() - start, absl::Hours(3));
    co_await Sleep(absl::Seconds(-1));
    EXPECT_EQ(Now() - start, absl::Hours(3));
  });
}

TEST(SleepTest, SleepersWakeInTheOrderOfTheirDeadlines) {
  Everywhere([]() -> Task<> {
    std::string log;
    co_await WhenAll(Log(log, 'c', absl::Seconds(3)), Log(log, 'a', absl::Seconds(1)), Log(log, 'b', absl::Seconds(2)));
    EXPECT_EQ(log, "abc");
  });
}

TEST(SleepTest, EqualDeadlinesKeepTheOrderOfTheirBeginningInProduction) {
  std::string log;
  InProduction([&log]() -> Task<> {
    co_await WhenAll(Log(log, 'a', absl::Seconds(1)), Log(log, 'b', absl::Seconds(1)), Log(log, 'c', absl::Seconds(1)));
  });
  EXPECT_EQ(log, "abc");
}

TEST(SleepTest, EqualDeadlinesAreAChoiceInTheSimulator) {
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kLoop}) {
    std::vector<std::string> logs;
    auto program = [&logs]() -> Task<> {
      std::string log;
      JoinHandle<> a = SpawnNow(Log(log, 'a', absl::Seconds(1)));
      JoinHandle<> b = SpawnNow(Log(log, 'b', absl::Seconds(1)));
      co_await Sleep(absl::Seconds(2));
      logs.push_back(log);
      co_await a.Join();
      co_await b.Join();
    };
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "depth_first", 1000));
    EXPECT_TRUE(report.passed()) << report.ToText();
    EXPECT_TRUE(report.exhausted);
    EXPECT_EQ(logs.front(), "ab");
    EXPECT_NE(std::find(logs.begin(), logs.end(), "ba"), logs.end());
  }
}

TEST(SleepTest, InProductionEvenASleepOfZeroLetsOthersRun) {
  std::string log;
  InProduction([&log]() -> Task<> {
    auto other = [&log]() -> Task<> {
      log += 'o';
      co_return;
    };
    JoinHandle<> handle = SpawnNow(other());
    co_await Sleep(absl::ZeroDuration());
    log += 'z';
    co_await handle.Join();
  });
  EXPECT_EQ(log, "oz");
}

TEST(SleepTest, CancellationWakesItAtOnce) {
  Everywhere([]() -> Task<> {
    Event begun;
    absl::Time start = Now();
    auto nap = [&]() -> Task<> {
      co_await begun.Set();
      co_await Sleep(absl::Hours(1));
    };
    JoinHandle<> handle = co_await Spawn(nap());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_EQ(Now(), start);
    co_await Sleep(absl::Hours(2));  // its timer is gone, and does no harm
  });
}

TEST(SleepTest, AnInfiniteSleepWaitsForCancellation) {
  Everywhere([]() -> Task<> {
    auto nap = []() -> Task<> { co_await Sleep(absl::InfiniteDuration()); };
    auto nap_until = []() -> Task<> { co_await SleepUntil(absl::InfiniteFuture()); };
    JoinHandle<> a = co_await Spawn(nap());
    JoinHandle<> b = co_await Spawn(nap_until());
    co_await Sleep(absl::Hours(24 * 365 * 100));
    EXPECT_FALSE(a.ended());
    EXPECT_FALSE(b.ended());
    a.CancelNow();
    b.CancelNow();
    co_await a.Wait();
    co_await b.Wait();
  });
}

TEST(SleepTest, NobodyWakesAProgramThatSleepsForEver) {
  auto program = []() -> Task<> { co_await Sleep(absl::InfiniteDuration()); };
  sim::Report report = sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "fifo", 1));
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock);
}

TEST(SleepTest, AfterIsABranchOfASelect) {
  Everywhere([]() -> Task<> {
    Event event;
    absl::Time start = Now();
    auto first = co_await Select(event.Wait(), After(absl::Seconds(5)));
    EXPECT_EQ(first.index(), 1u);
    EXPECT_EQ(Now() - start, absl::Seconds(5));
    auto set = [&]() -> Task<> {
      co_await Sleep(absl::Seconds(1));
      co_await event.Set();
    };
    JoinHandle<> setter = co_await Spawn(set());
    auto second = co_await Select(event.Wait(), After(absl::Seconds(5)));
    EXPECT_EQ(second.index(), 0u);
    EXPECT_EQ(Now() - start, absl::Seconds(6));
    auto third = co_await Select(After(absl::Seconds(2)), After(absl::Seconds(1)));
    EXPECT_EQ(third.index(), 1u);
    co_await setter.Join();
    co_await Sleep(absl::Seconds(60));  // past what is left of the timers
    EXPECT_EQ(Now() - start, absl::Seconds(67));
  });
}

TEST(SleepTest, ASleeperThatIsDueCanStillBeCancelledByOneThatIsDueToo) {
  // Both timers are due at one instant; in kFifo the first to fire decides which task runs first.
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    auto program = []() -> Task<> {
      auto nap = []() -> Task<> { co_await Sleep(absl::Seconds(1)); };
      JoinHandle<> victim = SpawnNow(nap());
      auto cancel = [&]() -> Task<> {
        co_await Sleep(absl::Seconds(1));
        victim.CancelNow();
      };
      JoinHandle<> canceller = SpawnNow(cancel());
      co_await canceller.Join();
      co_await victim.Wait();
    };
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "depth_first", 2000));
    EXPECT_TRUE(report.passed()) << report.ToText();
    EXPECT_TRUE(report.exhausted);
  }
}

TEST(SleepTest, SleepersAreTornDownWithTheirTimers) {
  auto program = []() -> Task<> {
    auto nap = []() -> Task<> { co_await Sleep(absl::Hours(1)); };
    for (int i = 0; i < 10; ++i) SpawnNow(nap(), {.lifetime = Lifetime::kDaemon});
    co_await Yield();
  };
  Everywhere(program);
}

TEST(SleepTest, AHundredThousandTasksSleepAtOnce) {
  auto program = []() -> Task<> {
    int64_t woken = 0;
    auto nap = [&woken](int i) -> Task<> {
      co_await Sleep(absl::Microseconds(i % 1000));
      ++woken;
    };
    std::vector<Task<>> tasks;
    for (int i = 0; i < 100'000; ++i) tasks.push_back(nap(i));
    co_await WhenAll(std::move(tasks));
    EXPECT_EQ(woken, 100'000);
  };
  InProduction(program);
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "random", 1));
    EXPECT_TRUE(report.passed()) << report.ToText();
  }
}

}  // namespace
}  // namespace fate
