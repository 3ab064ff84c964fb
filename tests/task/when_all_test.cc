#include "fate/task/when_all.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fate/sync/event.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate::when_all_test {
namespace {

Task<int> Gives(int value, int turns = 1) {
  for (int i = 0; i < turns; ++i) co_await Yield();
  co_return value;
}

Task<int> Throws(std::string what, int turns = 1) {
  for (int i = 0; i < turns; ++i) co_await Yield();
  throw std::runtime_error(what);
}

Task<> Forever(int& cancelled) {
  try {
    for (;;) co_await Yield();
  } catch (const Cancelled&) {
    ++cancelled;
    throw;
  }
}

TEST(WhenAllTest, GivesATupleInTheOrderOfTheArguments) {
  Everywhere([]() -> Task<> {
    auto text = []() -> Task<std::string> { co_return "two"; };
    auto nothing = []() -> Task<> { co_await Yield(); };
    auto move_only = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(4); };
    auto [one, two, three, four] = co_await WhenAll(Gives(1, 3), text(), nothing(), move_only());
    EXPECT_EQ(one, 1);
    EXPECT_EQ(two, "two");
    EXPECT_EQ(three, std::monostate());
    EXPECT_EQ(*four, 4);
  });
}

TEST(WhenAllTest, ReferencesStayReferences) {
  Everywhere([]() -> Task<> {
    int number = 1;
    auto refer = [&number]() -> Task<int&> { co_return number; };
    auto [first, second] = co_await WhenAll(refer(), Gives(2));
    EXPECT_EQ(&first.get(), &number);
    EXPECT_EQ(second, 2);
  });
}

TEST(WhenAllTest, OfTasksThatGiveNothingGivesNothing) {
  Everywhere([]() -> Task<> {
    int runs = 0;
    auto run = [&runs]() -> Task<> {
      co_await Yield();
      ++runs;
    };
    co_await WhenAll(run(), run(), run());
    static_assert(std::is_void_v<decltype(WhenAll(run(), run()))::value_type>);
    EXPECT_EQ(runs, 3);
  });
}

TEST(WhenAllTest, GivesAVectorInTheSameOrder) {
  Everywhere([]() -> Task<> {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(Gives(i, 5 - i));
    std::vector<int> results = co_await WhenAll(std::move(tasks));
    EXPECT_EQ(results, (std::vector<int>{0, 1, 2, 3, 4}));
    std::vector<Task<int>> none;
    results = co_await WhenAll(std::move(none));
    EXPECT_TRUE(results.empty());
    std::vector<Task<>> nothing;
    co_await WhenAll(std::move(nothing));
  });
}

TEST(WhenAllTest, EachIsATaskOfItsOwn) {
  Everywhere([]() -> Task<> {
    std::vector<uint64_t> paths;
    auto note = [&paths]() -> Task<> {
      paths.push_back(context.task->Path());
      co_return;
    };
    co_await WhenAll(note(), note());
    EXPECT_EQ(paths.size(), 2u);
    EXPECT_NE(paths[0], paths[1]);
    EXPECT_NE(paths[0], context.task->Path());
  });
}

TEST(WhenAllTest, TheyStartInTheOrderOfTheArguments) {
  std::string log;
  InProduction([&log]() -> Task<> {
    auto note = [&log](char name) -> Task<> {
      log += name;
      co_return;
    };
    co_await WhenAll(note('a'), note('b'), note('c'));
    log += '.';
  });
  EXPECT_EQ(log, "abc.");
}

TEST(WhenAllTest, TheFirstFailureCancelsTheRestAndIsRethrown) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    try {
      co_await WhenAll(Forever(cancelled), Throws("no"), Forever(cancelled));
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
    EXPECT_EQ(cancelled, 2);
    EXPECT_FALSE(CancelRequested());
    EXPECT_EQ(context.runtime->live_tasks(), 1u);
  });
}

TEST(WhenAllTest, OfSeveralFailuresTheEarliestIsRethrown) {
  InProduction([]() -> Task<> {
    std::string caught;
    testing::internal::CaptureStderr();
    try {
      co_await WhenAll(Throws("late", 5), Throws("early", 1), Gives(0));
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    // The others were cancelled at their next await.
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(caught, "early");
    testing::internal::CaptureStderr();
    caught.clear();
    try {
      co_await WhenAll(Throws("early", 0), Throws("as early", 0));
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "early");
    std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_NE(printed.find("1 more failed in the WhenAll at task/when_all_test.cc:"), std::string::npos) << printed;
    EXPECT_NE(printed.find(": as early"), std::string::npos);
  });
}

TEST(WhenAllTest, AnExceptionIsRethrownRatherThanACancelled) {
  Everywhere([]() -> Task<> {
    auto gives_up = []() -> Task<int> {
      co_await Yield();
      throw Cancelled();
    };
    auto stubborn = []() -> Task<int> {
      try {
        for (;;) co_await Yield();
      } catch (const Cancelled&) {
      }
      throw std::runtime_error("real");
    };
    std::string caught;
    try {
      co_await WhenAll(gives_up(), stubborn());
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "real");
    bool thrown = false;
    try {
      co_await WhenAll(gives_up(), Gives(1));
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST(WhenAllTest, InACancelledScopeItThrowsBeforeItSpawns) {
  Everywhere([]() -> Task<> {
    bool ran = false;
    auto run = [&ran]() -> Task<> {
      ran = true;
      co_return;
    };
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await WhenAll(run(), run());
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_FALSE(ran);
  });
}

TEST(WhenAllTest, CancellationOfTheCallerIsPassedOnAndWaitedOut) {
  Everywhere([]() -> Task<> {
    Event begun;
    int cancelled = 0;
    bool went_on = false;
    auto announce = [&]() -> Task<> {
      co_await begun.Set();
      co_await Forever(cancelled);
    };
    auto run = [&]() -> Task<> {
      co_await WhenAll(Forever(cancelled), announce());
      went_on = true;
    };
    JoinHandle<> handle = co_await Spawn(run());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_EQ(cancelled, 2);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(context.runtime->live_tasks(), 1u);
  });
}

TEST(WhenAllTest, CancellationThroughAScopeReachesTheTasksToo) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    auto body = [&](CancelScope& scope) -> Task<> {
      auto strike = [&]() -> Task<> {
        co_await Yield();
        co_await Cancel(scope);
      };
      co_await WhenAll(Forever(cancelled), strike());
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_EQ(cancelled, 1);
  });
}

TEST(WhenAllTest, IfAllFinishDespiteTheCancellationTheResultsAreReturned) {
  Everywhere([]() -> Task<> {
    Event begun;
    int sum = 0;
    bool next_threw = false;
    auto stubborn = [&](int value) -> Task<int> {
      co_await begun.Set();
      try {
        for (;;) co_await Yield();
      } catch (const Cancelled&) {
      }
      co_return value;
    };
    auto run = [&]() -> Task<> {
      auto [a, b] = co_await WhenAll(stubborn(1), stubborn(2));
      sum = a + b;
      try {
        co_await Yield();
      } catch (const Cancelled&) {
        next_threw = true;
      }
    };
    JoinHandle<> handle = co_await Spawn(run());
    co_await begun.Wait();
    for (int i = 0; i < 3; ++i) co_await Yield();
    co_await handle.Cancel();
    try {
      co_await handle.Join();
    } catch (const Cancelled&) {
      co_return;  // one was cancelled before it had begun: begun.Set never throws, its Yield does
    }
    EXPECT_EQ(sum, 3);
    EXPECT_TRUE(next_threw);
  });
}

TEST(WhenAllTest, OneThatIsNeverAwaitedDestroysItsTasks) {
  auto alive = std::make_shared<int>(1);
  auto hold = [](std::shared_ptr<int>) -> Task<> { co_return; };
  {
    Task<> dropped = WhenAll(hold(alive), hold(alive));
    EXPECT_EQ(alive.use_count(), 3);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(WhenAllTest, ArgumentsInsideTheAwaitExpressionAreDestroyedOnce) {
  auto alive = std::make_shared<int>(1);
  Everywhere([&alive]() -> Task<> {
    auto hold = [](std::shared_ptr<int> argument) -> Task<std::shared_ptr<int>> {
      co_await Yield();
      co_return argument;
    };
    {
      auto [a, b] = co_await WhenAll(hold(alive), hold(std::shared_ptr<int>(alive)));
      EXPECT_EQ(alive.use_count(), 3);
    }
    EXPECT_EQ(alive.use_count(), 1);
  });
}

TEST(WhenAllTest, ResultsNobodyTakesAreDestroyed) {
  auto alive = std::make_shared<int>(1);
  Everywhere([&alive]() -> Task<> {
    auto give = [&alive]() -> Task<std::shared_ptr<int>> {
      co_await Yield();
      co_return alive;
    };
    try {
      co_await WhenAll(give(), Throws("no", 3));
    } catch (const std::runtime_error&) {
    }
    co_await WhenAll(give(), give());
    EXPECT_EQ(alive.use_count(), 1);
  });
}

// Which are neighbours of the tasks that are given back together.
TEST(WhenAllTest, ResultsThatHoldTasksLeaveNoneBehind) {
  Everywhere([]() -> Task<> {
    Event given;
    int giving = 2;
    auto nothing = []() -> Task<> { co_return; };
    auto give = [&]() -> Task<JoinHandle<>> {
      JoinHandle<> handle = co_await Spawn(nothing());
      co_await handle.Wait();
      if (--giving == 0) given.SetNow();
      co_return handle;
    };
    auto fail = [&]() -> Task<> {
      co_await given.Wait();
      throw std::runtime_error("no");
    };
    JoinHandle<> before = co_await Spawn(nothing());
    try {
      co_await WhenAll(give(), give(), fail());
    } catch (const std::runtime_error&) {
    }
    JoinHandle<> after = co_await Spawn(nothing());
    EXPECT_EQ(CurrentRuntime().first_task(), context.task);
    co_await before.Join();
    co_await after.Join();
    EXPECT_EQ(context.task->next, nullptr);
    EXPECT_EQ(CurrentRuntime().live_tasks(), 1u);
  });
}

TEST(WhenAllTest, AnEmptyTaskIsMisuseAndTheOthersAreDestroyed) {
  auto alive = std::make_shared<int>(1);
  sim::Report report = Failing([&alive]() -> Task<> {
    auto hold = [](std::shared_ptr<int>) -> Task<> { co_return; };
    co_await WhenAll(hold(alive), Task<>(), hold(alive));
  });
  EXPECT_NE(report.outcome.message.find("your program awaited or spawned a Task twice"), std::string::npos)
      << report.outcome.message;
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(WhenAllTest, NestsAMillionTasks) {
  InProduction([]() -> Task<> {
    auto leaf = [](int64_t value) -> Task<int64_t> { co_return value; };
    auto node = [&leaf](int64_t first) -> Task<int64_t> {
      std::vector<Task<int64_t>> leaves;
      for (int64_t i = 0; i < 1000; ++i) leaves.push_back(leaf(first + i));
      std::vector<int64_t> values = co_await WhenAll(std::move(leaves));
      int64_t sum = 0;
      for (int64_t value : values) sum += value;
      co_return sum;
    };
    std::vector<Task<int64_t>> nodes;
    for (int64_t i = 0; i < 1000; ++i) nodes.push_back(node(i * 1000));
    std::vector<int64_t> sums = co_await WhenAll(std::move(nodes));
    int64_t sum = 0;
    for (int64_t value : sums) sum += value;
    EXPECT_EQ(sum, int64_t{999'999} * 500'000);
  });
}

TEST(WhenAllTest, StuckTasksAreReportedAtTheLineThatAwaitsThem) {
  sim::Report report = Failing([]() -> Task<> {
    Event never;
    auto wait = [&]() -> Task<> { co_await never.Wait(); };
    co_await WhenAll(wait(), wait());
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock);
  std::string line = std::to_string(__LINE__ - 3);
  EXPECT_NE(report.outcome.message.find("at task/when_all_test.cc:" + line), std::string::npos)
      << report.outcome.message;
  EXPECT_NE(report.outcome.message.find("for the end of task main.1 (#1"), std::string::npos) << report.outcome.message;
}

}  // namespace
}  // namespace fate::when_all_test
