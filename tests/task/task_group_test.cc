#include "fate/task/task_group.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate::task_group_test {
namespace {

Task<> Add(int& sum, int value) {
  co_await Yield();
  sum += value;
}

Task<> Throws(std::string what) {
  co_await Yield();
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

TEST(TaskGroupTest, JoinsAllChildren) {
  Everywhere([]() -> Task<> {
    int sum = 0;
    auto body = [&](TaskGroup& group) -> Task<> {
      for (int i = 1; i <= 3; ++i) co_await group.Spawn(Add(sum, i));
      group.SpawnNow(Add(sum, 10));
      EXPECT_LE(group.running(), 4u);
      EXPECT_FALSE(group.cancelled());
    };
    co_await WithTaskGroup(body);
    EXPECT_EQ(sum, 16);
  });
}

TEST(TaskGroupTest, AnEmptyGroupReturns) {
  Everywhere([]() -> Task<> {
    auto body = [](TaskGroup&) -> Task<> { co_return; };
    co_await WithTaskGroup(body);
  });
}

TEST(TaskGroupTest, ChildrenMaySpawnSiblingsAfterTheBodyHasEnded) {
  Everywhere([]() -> Task<> {
    int sum = 0;
    auto body = [&](TaskGroup& group) -> Task<> {
      auto child = [&sum](TaskGroup& siblings) -> Task<> {
        co_await Yield();
        co_await siblings.Spawn(Add(sum, 5));
        sum += 1;
      };
      co_await group.Spawn(child(group));
    };
    co_await WithTaskGroup(body);
    EXPECT_EQ(sum, 6);
  });
}

TEST(TaskGroupTest, FirstFailureCancelsTheRestAndIsRethrown) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Forever(cancelled));
      co_await group.Spawn(Throws("child"));
      co_await Forever(cancelled);
    };
    try {
      co_await WithTaskGroup(body);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "child");
    // The body may be cancelled before it begins to wait.
    EXPECT_GE(cancelled, 1);
    EXPECT_FALSE(CancelRequested());
  });
}

TEST(TaskGroupTest, AFailureOfTheBodyCancelsTheChildren) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Forever(cancelled));
      co_await Yield();
      throw std::runtime_error("body");
    };
    try {
      co_await WithTaskGroup(body);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "body");
    // In the search the child may not have begun when the group is cancelled; it begins all the
    // same.
    EXPECT_EQ(cancelled, 1);
  });
}

TEST(TaskGroupTest, AnExceptionOfTheCallItselfJoinsWhatWasSpawned) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    auto body = [&](TaskGroup& group) -> Task<> {  // no coroutine: throws when it is called
      group.SpawnNow(Forever(cancelled));
      throw std::runtime_error("call");
    };
    try {
      co_await WithTaskGroup(body);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "call");
    EXPECT_EQ(cancelled, 1);
  });
}

TEST(TaskGroupTest, LaterFailuresAreKept) {
  Everywhere([]() -> Task<> {
    std::vector<TaskFailure> later;
    auto stubborn = [](const char* what) -> Task<> {
      try {
        for (;;) co_await Yield();
      } catch (const Cancelled&) {
      }
      throw std::runtime_error(what);
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      group.SpawnNow(stubborn("second"), {.name = "b"});
      group.SpawnNow(stubborn("third"), {.name = "c"});
      co_await Yield();
      throw std::runtime_error("first");
    };
    std::string caught;
    try {
      co_await WithTaskGroup(body, &later);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "first");
    EXPECT_EQ(later.size(), 2u);
    if (later.size() != 2) co_return;
    if (later[0].who().find("\"b\"") == std::string::npos) std::swap(later[0], later[1]);
    EXPECT_EQ(DescribeException(later[0].exception()), "second");
    EXPECT_EQ(DescribeException(later[1].exception()), "third");
    EXPECT_NE(later[1].ToString().find("task \"c\" ("), std::string::npos);
  });
}

TEST(TaskGroupTest, LaterFailuresArePrintedInProductionIfNobodyTakesThem) {
  testing::internal::CaptureStderr();
  InProduction([]() -> Task<> {
    auto body = [](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Throws("one"));
      group.SpawnNow(Throws("two"), {.name = "second"});
    };
    std::string caught;
    try {
      co_await WithTaskGroup(body);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "one");
  });
  std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("1 more failed in the task group"), std::string::npos) << printed;
  EXPECT_NE(printed.find("task \"second\""), std::string::npos) << printed;
  EXPECT_NE(printed.find(": two"), std::string::npos) << printed;
}

TEST(TaskGroupTest, CancelEndsTheGroupWithoutAnError) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    auto body = [&](TaskGroup& group) -> Task<> {
      for (int i = 0; i < 3; ++i) co_await group.Spawn(Forever(cancelled));
      co_await group.Cancel();
      EXPECT_TRUE(group.cancelled());
      co_await Yield();
      ADD_FAILURE();
    };
    co_await WithTaskGroup(body);
    EXPECT_EQ(cancelled, 3);
    EXPECT_FALSE(CancelRequested());
  });
}

TEST(TaskGroupTest, AChildOfACancelledGroupRunsUpToItsFirstAwait) {
  Everywhere([]() -> Task<> {
    bool began = false;
    bool went_on = false;
    auto child = [&]() -> Task<> {
      began = true;
      co_await Yield();
      went_on = true;
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      group.CancelNow();
      co_await group.Spawn(child());
    };
    co_await WithTaskGroup(body);
    EXPECT_TRUE(began);
    EXPECT_FALSE(went_on);
  });
}

TEST(TaskGroupTest, CancellationOfTheCallerReachesTheChildrenAndIsWaitedOut) {
  Everywhere([]() -> Task<> {
    Event begun;
    int cancelled = 0;
    int cleaned = 0;
    auto stubborn = [&]() -> Task<> {
      co_await begun.Set();
      try {
        for (;;) co_await Yield();
      } catch (const Cancelled&) {
        ++cancelled;
      }
      ScopeBracket shield(ScopeBracket::Shielded::kYes);
      for (int i = 0; i < 3; ++i) co_await Yield();
      ++cleaned;
    };
    auto body = [&](TaskGroup& group) -> Task<> { co_await group.Spawn(stubborn()); };
    auto run = [&]() -> Task<> { co_await WithTaskGroup(body); };
    JoinHandle<> handle = co_await Spawn(run());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_EQ(cancelled, 1);
    EXPECT_EQ(cleaned, 1);
    // The child ended with a value after all, so nothing was cut short.
    EXPECT_FALSE(handle.failed());
    EXPECT_FALSE(handle.cancelled());
  });
}

TEST(TaskGroupTest, ACallerWhoseChildrenWereCutShortThrowsCancelled) {
  Everywhere([]() -> Task<> {
    Event begun;
    int cancelled = 0;
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Forever(cancelled));
      co_await begun.Set();
    };
    bool went_on = false;
    auto run = [&]() -> Task<> {
      co_await WithTaskGroup(body);
      went_on = true;
    };
    JoinHandle<> handle = co_await Spawn(run());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_EQ(cancelled, 1);
    EXPECT_TRUE(handle.cancelled());
    EXPECT_FALSE(went_on);
  });
}

TEST(TaskGroupTest, ACancelledThatIsNotTheGroupsIsNoFailureOfAChild) {
  Everywhere([]() -> Task<> {
    int sum = 0;
    auto child = []() -> Task<> {
      co_await Yield();
      throw Cancelled();
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(child());
      co_await group.Spawn(Add(sum, 2));
    };
    co_await WithTaskGroup(body);
    EXPECT_EQ(sum, 2);
  });
}

TEST(TaskGroupTest, ACancelledOfTheBodysOwnCancelsTheChildrenAndGoesOn) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    bool thrown = false;
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Forever(cancelled));
      throw Cancelled();
    };
    try {
      co_await WithTaskGroup(body);
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    EXPECT_EQ(cancelled, 1);
  });
}

TEST(TaskGroupTest, GroupsNest) {
  Everywhere([]() -> Task<> {
    int cancelled = 0;
    std::string caught;
    auto inner = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Forever(cancelled));
      co_await group.Spawn(Forever(cancelled));
    };
    auto child = [&]() -> Task<> { co_await WithTaskGroup(inner); };
    auto outer = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(child());
      for (int i = 0; i < 4; ++i) co_await Yield();
      throw std::runtime_error("outer");
    };
    try {
      co_await WithTaskGroup(outer);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "outer");
    EXPECT_LE(cancelled, 2);
  });
}

TEST(TaskGroupTest, ManyChildrenThatComeAndGoLeaveNothingBehind) {
  auto program = []() -> Task<> {
    int64_t sum = 0;
    auto child = [&sum](int i) -> Task<> {
      for (int turn = 0; turn < i % 5; ++turn) co_await Yield();
      sum += i;
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      for (int i = 0; i < 20'000; ++i) {
        co_await group.Spawn(child(i));
        if (i % 7 == 0) co_await Yield();
      }
    };
    co_await WithTaskGroup(body);
    EXPECT_EQ(sum, int64_t{20'000} * 19'999 / 2);
    EXPECT_EQ(context.runtime->live_tasks(), 1u);
  };
  InProduction(program);
  sim::Report report = sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "random", 2));
  EXPECT_TRUE(report.passed()) << report.ToText();
}

}  // namespace
}  // namespace fate::task_group_test
