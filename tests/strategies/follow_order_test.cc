#include "fate/sim/strategies/follow_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"

namespace fate::sim::follow_order_test {
namespace {

using test::ProgramOf;

struct Pair {
  Atomic<int> cell;
  Task<> Twice() {
    co_await cell.FetchAdd(1);
    co_await cell.FetchAdd(1);
  }
  void Begin(Roots& roots) {
    roots.Add(Twice(), "a");
    roots.Add(Twice(), "b");
  }
};

// The steps of the last execution, by the ids of their tasks.
std::string TasksOf(const Execution& execution) {
  std::string tasks;
  for (const Step& step : execution.trace.steps) tasks += static_cast<char>('a' + step.task);
  return tasks;
}

// The names of all steps of a run.
std::vector<StepOrder::Name> NamesOf(const Execution& execution, const std::string& tasks) {
  std::vector<uint64_t> made(execution.trace.births.size());
  std::vector<StepOrder::Name> names;
  for (char task : tasks) {
    const size_t id = static_cast<size_t>(task - 'a');
    names.push_back({execution.trace.births[id].path_hash, ++made[id]});
  }
  return names;
}

TEST(FollowOrderTest, RunsTheStepsInTheOrderOfTheList) {
  Scheduler scheduler;
  Fifo quiet;
  const Execution first = scheduler.Run(ProgramOf<Pair>(), quiet);
  for (const char* order : {"aabb", "abab", "abba", "baab", "baba", "bbaa"}) {
    FollowOrder follow(NamesOf(first, order));
    EXPECT_EQ(TasksOf(scheduler.Run(ProgramOf<Pair>(), follow)), order);
  }
}

TEST(FollowOrderTest, WhatIsNotOnTheListComesQuietlyAfterIt) {
  Scheduler scheduler;
  Fifo quiet;
  const Execution first = scheduler.Run(ProgramOf<Pair>(), quiet);
  FollowOrder follow(NamesOf(first, "b"));
  EXPECT_EQ(TasksOf(scheduler.Run(ProgramOf<Pair>(), follow)), "bbaa");
}

TEST(FollowOrderTest, AStepThatCannotBeMadeYetIsPassedOver) {
  struct World {
    Mutex mutex;
    Task<> Hold() {
      MutexGuard guard = co_await mutex.Lock();
      co_await guard.Unlock();
    }
    void Begin(Roots& roots) {
      roots.Add(Hold(), "a");
      roots.Add(Hold(), "b");
    }
  };
  Scheduler scheduler;
  Fifo quiet;
  const Execution first = scheduler.Run(ProgramOf<World>(), quiet);
  // b cannot lock while a holds the lock: its first step only finds that out.
  FollowOrder follow(NamesOf(first, "abab"));
  EXPECT_EQ(TasksOf(scheduler.Run(ProgramOf<World>(), follow)), "ababb");
}

// Choices inside a step are not those of the quiet run, if the list says so.
TEST(FollowOrderTest, ADrawIsTakenFromItsList) {
  static int drawn;
  struct Draws {
    Task<> Main() {
      co_await Yield();
      drawn = Random().Uniform(0, 3, kExplorable);
    }
  };
  Scheduler scheduler;
  Fifo quiet;
  const Execution first = scheduler.Run(ProgramOf<Draws>(), quiet);
  EXPECT_EQ(drawn, 0);
  const StepOrder::Name yield = NamesOf(first, "a")[0];
  FollowOrder follow({yield}, {{{yield, 0}, 2}});
  scheduler.Run(ProgramOf<Draws>(), follow);
  EXPECT_EQ(drawn, 2);
  // More than there are options: quietly.
  FollowOrder beyond({yield}, {{{yield, 0}, 4}});
  scheduler.Run(ProgramOf<Draws>(), beyond);
  EXPECT_EQ(drawn, 0);
}

}  // namespace
}  // namespace fate::sim::follow_order_test
