#include "fate/task/when_any.h"

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

namespace fate::when_any_test {
namespace {

Task<int> Gives(int value, int turns = 1) {
  for (int i = 0; i < turns; ++i) co_await Yield();
  co_return value;
}

Task<> Forever(int& cancelled) {
  try {
    for (;;) co_await Yield();
  } catch (const Cancelled&) {
    ++cancelled;
    throw;
  }
}

// Answers its cancellation with a value, or with an exception.
Task<int> Stubborn(int value) {
  try {
    for (;;) co_await Yield();
  } catch (const Cancelled&) {
  }
  co_return value;
}

Task<int> Sore(std::string what) {
  try {
    for (;;) co_await Yield();
  } catch (const Cancelled&) {
  }
  throw std::runtime_error(what);
}

TEST(WhenAnyTest, TheFirstToEndWinsAndTheOthersAreCancelled) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    auto first = co_await WhenAny(Forever(cancelled), Gives(7), Forever(cancelled));
    EXPECT_EQ(first.index(), 1u);
    EXPECT_EQ(first.get<1>(), 7);
    EXPECT_FALSE(first.get<0>().has_value());
    EXPECT_FALSE(first.get<2>().has_value());
    EXPECT_TRUE(first.failures().empty());
    EXPECT_EQ(cancelled, 2);
    EXPECT_FALSE(CancelRequested());
    EXPECT_EQ(context.runtime->live_tasks(), 1u);
  });
}

TEST(WhenAnyTest, ALosersValueAndExceptionAreHandedOver) {
  Everywhere([]() -> Task<> {
    auto first = co_await WhenAny(Sore("sore"), Stubborn(3), Gives(1));
    EXPECT_EQ(first.index(), 2u);
    EXPECT_FALSE(first.get<0>().has_value());
    EXPECT_EQ(first.get<1>(), 3);
    EXPECT_EQ(first.get<2>(), 1);
    EXPECT_EQ(first.failures().size(), 1u);
    if (first.failures().size() == 1) {
      EXPECT_EQ(DescribeException(first.failures()[0].exception()), "sore");
    }
  });
}

TEST(WhenAnyTest, TheWinnersExceptionIsRethrown) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    auto throws = []() -> Task<int> {
      co_await Yield();
      throw std::runtime_error("won");
    };
    try {
      co_await WhenAny(throws(), Forever(cancelled));
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "won");
    EXPECT_EQ(cancelled, 1);
  });
}

TEST(WhenAnyTest, ATaskThatEndsByCancelledDoesNotWin) {
  Everywhere([]() -> Task<> {
    auto gives_up = []() -> Task<int> {
      co_await Yield();
      throw Cancelled();
    };
    auto first = co_await WhenAny(gives_up(), Gives(4, 5));
    EXPECT_EQ(first.index(), 1u);
    EXPECT_EQ(first.get<1>(), 4);
    bool thrown = false;
    try {
      co_await WhenAny(gives_up(), gives_up());
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST(WhenAnyTest, OfAVector) {
  Everywhere([]() -> Task<> {
    std::vector<Task<int>> tasks;
    tasks.push_back(Stubborn(10));
    tasks.push_back(Gives(11));
    tasks.push_back(Sore("sore"));
    auto first = co_await WhenAny(std::move(tasks));
    EXPECT_EQ(first.size(), 3u);
    EXPECT_EQ(first.index(), 1u);
    EXPECT_EQ(first.value(0), 10);
    EXPECT_EQ(first.value(1), 11);
    EXPECT_FALSE(first.value(2).has_value());
    EXPECT_EQ(first.failures().size(), 1u);
  });
}

TEST(WhenAnyTest, OfNothingIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    std::vector<Task<int>> none;
    co_await WhenAny(std::move(none));
  });
  EXPECT_NE(report.outcome.message.find("waits for any of no tasks"), std::string::npos);
}

TEST(WhenAnyTest, MoveOnlyValuesAndTasksThatGiveNothing) {
  Everywhere([]() -> Task<> {
    auto move_only = []() -> Task<std::unique_ptr<int>> {
      co_await Yield();
      co_return std::make_unique<int>(5);
    };
    int cancelled = 0;
    auto first = co_await WhenAny(move_only(), Forever(cancelled));
    EXPECT_EQ(first.index(), 0u);
    EXPECT_EQ(**first.get<0>(), 5);
    auto nothing = []() -> Task<> { co_await Yield(); };
    auto second = co_await WhenAny(Forever(cancelled), nothing());
    EXPECT_EQ(second.index(), 1u);
    EXPECT_TRUE(second.get<1>().has_value());
  });
}

TEST(WhenAnyTest, CancellationOfTheCallerIsPassedOnAndWaitedOut) {
  Everywhere([]() -> Task<> {
    Event begun;
    int cancelled = 0;
    auto announce = [&]() -> Task<> {
      co_await begun.Set();
      co_await Forever(cancelled);
    };
    auto run = [&]() -> Task<> { co_await WhenAny(Forever(cancelled), announce()); };
    JoinHandle<> handle = co_await Spawn(run());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_EQ(cancelled, 2);
  });
}

TEST(WhenAnyTest, OnALoopTheFirstReadyWinsInTheOrderOfTheArguments) {
  InProduction([]() -> Task<> {
    auto both = co_await WhenAny(Gives(1, 0), Gives(2, 0));
    EXPECT_EQ(both.index(), 0u);
    // The second had been in the same pass of the loop, and finished too.
    EXPECT_EQ(both.get<1>(), 2);
  });
}

TEST(WhenAnyTest, InTheSearchEitherMayWin) {
  bool won[2] = {};
  auto program = [&won]() -> Task<> {
    auto first = co_await WhenAny(Gives(0), Gives(1));
    won[first.index()] = true;
  };
  sim::Report report = sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "depth_first", 10'000));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(report.exhausted);
  EXPECT_TRUE(won[0]);
  EXPECT_TRUE(won[1]);
}

}  // namespace
}  // namespace fate::when_any_test
