#include "fate/task/dump.h"

#include <string>

#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

std::string At(unsigned line) { return "task/dump_test.cc:" + std::to_string(line); }

// The lines of a waiting chain, as the compiler numbers them.
unsigned lock_line, inner_line, mutex_line;

TEST(DumpTest, TellsWhereEachTaskWaitsOnWhatAndWhoHoldsIt) {
  std::string text;
  unsigned spawn_line = 0;
  auto program = [&]() -> Task<> {
    mutex_line = __LINE__ + 1;
    Mutex mutex;
    MutexGuard held = co_await mutex.Lock();
    auto inner = [&]() -> Task<> {
      lock_line = __LINE__ + 1;
      MutexGuard guard = co_await mutex.Lock();
    };
    auto outer = [&]() -> Task<> {
      inner_line = __LINE__ + 1;
      co_await inner();
    };
    spawn_line = __LINE__ + 1;
    JoinHandle<> reader = SpawnNow(outer(), {.name = "reader"});
    co_await Yield();
    JoinHandle<> late = SpawnNow(outer(), {.name = "late", .lifetime = Lifetime::kDaemon});
    late.CancelNow();
    text = DumpTasks();
    co_await held.Unlock();
    co_await reader.Join();
    co_await late.Wait();
  };
  InProduction(program);
  std::string first = "task \"main\" (#0, spawned at ";
  EXPECT_EQ(text.substr(0, first.size()), first);
  std::string rest = text.substr(text.find('\n') + 1);
  EXPECT_TRUE(text.substr(0, text.find('\n')).ends_with(") is running")) << text;
  std::string main_place = text.substr(first.size(), text.find(')') - first.size());
  EXPECT_EQ(rest, "task \"reader\" (#1, spawned at " + At(spawn_line) + ") waits in Lock on the Mutex made at " +
                      At(mutex_line) + ", held by task \"main\" (#0, spawned at " + main_place + ")\n    at " +
                      At(lock_line) + "\n    at " + At(inner_line) +
                      "\n"
                      "task \"late\" (#2, spawned at " +
                      At(spawn_line + 2) + ") has not started (cancelled) (a daemon)\n");
}

TEST(DumpTest, FramesOfTheLibraryStandWhereTheirCallerDoes) {
  std::string text;
  unsigned when_line = 0, wait_line = 0, run_line = 0;
  auto program = [&]() -> Task<> {
    Event event;
    auto wait = [&]() -> Task<> {
      wait_line = __LINE__ + 1;
      co_await event.Wait();
    };
    auto run = [&]() -> Task<> {
      run_line = __LINE__ + 1;
      co_await Shield(WhenAll(wait(), wait()));
    };
    when_line = __LINE__ + 1;
    JoinHandle<> runner = SpawnNow(run());
    for (int i = 0; i < 3; ++i) co_await Yield();
    text = DumpTasks();
    co_await event.Set();
    co_await runner.Join();
  };
  InProduction(program);
  text = text.substr(text.find('\n') + 1);
  std::string leaf = ") waits in Wait on the Event made at " + At(when_line - 10) + "\n    at " + At(wait_line) + "\n";
  EXPECT_EQ(text, "task (#1, spawned at " + At(when_line) + ") waits in Join for the end of task (#2, spawned at " +
                      At(run_line) + ")\n    at " + At(run_line) + "\n" + "task (#2, spawned at " + At(run_line) +
                      leaf + "task (#3, spawned at " + At(run_line) + leaf);
}

TEST(DumpTest, InTheSearchATaskStandsBeforeItsOperation) {
  std::string text;
  auto program = [&]() -> Task<> {
    auto other = []() -> Task<> {
      co_await Yield();
      co_await Yield();
    };
    JoinHandle<> handle = SpawnNow(other());
    for (int i = 0; i < 2; ++i) co_await Yield();
    text = DumpTasks();
    co_await handle.Join();
  };
  sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "fifo", 1));
  EXPECT_NE(text.find(") stands before Yield\n"), std::string::npos) << text;
}

TEST(DumpTest, AReadyTaskSaysWhatWokeIt) {
  std::string text;
  InProduction([&]() -> Task<> {
    Event event;
    auto wait = [&]() -> Task<> { co_await event.Wait(); };
    JoinHandle<> waiter = SpawnNow(wait());
    co_await Yield();
    event.SetNow();
    text = DumpTasks();
    co_await waiter.Join();
  });
  EXPECT_NE(text.find(") is ready, after Wait\n"), std::string::npos) << text;
}

TEST(DumpTest, ADeepChainIsCutInTheMiddle) {
  std::string text;
  InProduction([&]() -> Task<> {
    struct Deep {
      static Task<> Go(int depth, Event& event) {
        if (depth == 0) {
          co_await event.Wait();
        } else if (depth % 2 == 0) {
          co_await Go(depth - 1, event);
        } else {
          co_await Go(depth - 1, event);
        }
      }
    };
    Event event;
    JoinHandle<> deep = SpawnNow(Deep::Go(100'000, event));
    for (int i = 0; i < 1000; ++i) co_await Yield();
    text = DumpTasks();
    event.SetNow();
    co_await deep.Join();
  });
  EXPECT_NE(text.find("\n    ... and 99969 more\n"), std::string::npos) << text.substr(0, 3000);
}

TEST(DumpDeathTest, OutsideARuntimeItIsMisuse) { EXPECT_DEATH(DumpTasks(), "outside a runtime"); }

}  // namespace
}  // namespace fate
