// Exceptions: through children, joins, groups and combinators.
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sync/mutex.h"
#include "fate/task/finally.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/conformance/worlds.h"

namespace fate::conformance::failure_test {
namespace {

class FailureTest : public ConformanceTest {};
CONFORMANCE(FailureTest);

Task<> Fails(std::string what, int yields = 1) {
  for (int i = 0; i < yields; ++i) co_await Yield();
  throw std::runtime_error(what);
}

Task<> SayWhenCancelled(Log& log, std::string name) {
  try {
    co_await Sleep(absl::Hours(10));
  } catch (const Cancelled&) {
    log(name + "!");
    throw;
  }
}

TEST_P(FailureTest, AnExceptionTravelsThroughAwaits) {
  auto program = [](Log& log) -> Task<> {
    auto middle = [&]() -> Task<> {
      co_await Fails("x");
      log("never");
    };
    try {
      co_await middle();
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "x");
}

TEST_P(FailureTest, AnExceptionTravelsThroughAJoin) {
  auto program = [](Log& log) -> Task<> {
    JoinHandle<> handle = co_await Spawn(Fails("x"));
    log("spawned");
    try {
      co_await handle.Join();
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "spawned x");
}

TEST_P(FailureTest, AGuardUnlocksWhenItsTaskFails) {
  auto program = [](Log& log) -> Task<> {
    Mutex mutex;
    auto fails = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await Fails("x");
    };
    auto next = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      log("next");
    };
    JoinHandle<> a = co_await Spawn(fails());
    JoinHandle<> b = co_await Spawn(next());
    co_await b.Join();
    try {
      co_await a.Join();
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "next x");
}

TEST_P(FailureTest, TheFirstFailureOfAGroupCancelsTheRestAndIsRethrown) {
  auto program = [](Log& log) -> Task<> {
    std::vector<TaskFailure> later;
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(SayWhenCancelled(log, "a"));
      co_await group.Spawn(Fails("first"));
      co_await group.Spawn(SayWhenCancelled(log, "b"));
      co_await SayWhenCancelled(log, "body");
    };
    try {
      co_await WithTaskGroup(body, &later);
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
    log(static_cast<int64_t>(later.size()));
  };
  EXPECT_EQ(Run(program), "a! b! body! first 0");
}

TEST_P(FailureTest, LaterFailuresAreKept) {
  auto program = [](Log& log) -> Task<> {
    std::vector<TaskFailure> later;
    auto fails_when_cancelled = []() -> Task<> {
      try {
        co_await Sleep(absl::Hours(10));
      } catch (const Cancelled&) {
        throw std::runtime_error("second");
      }
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(fails_when_cancelled());
      co_await group.Spawn(Fails("first"));
    };
    try {
      co_await WithTaskGroup(body, &later);
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
    for (const TaskFailure& failure : later) log(DescribeException(failure.exception()));
  };
  EXPECT_EQ(Run(program), "first second");
}

TEST_P(FailureTest, WhenAllRethrowsAndWaitsForTheRest) {
  auto program = [](Log& log) -> Task<> {
    try {
      co_await WhenAll(SayWhenCancelled(log, "a"), Fails("x"), SayWhenCancelled(log, "b"));
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "a! b! x");
}

TEST_P(FailureTest, WhenAnyRethrowsTheExceptionOfItsWinner) {
  auto program = [](Log& log) -> Task<> {
    try {
      co_await WhenAny(SayWhenCancelled(log, "a"), Fails("x"));
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "a! x");
}

TEST_P(FailureTest, ACleanupRunsWhenItsBodyFails) {
  auto program = [](Log& log) -> Task<> {
    auto cleanup = [&]() -> Task<> {
      co_await Yield();
      log("cleaned up");
    };
    try {
      co_await Finally(Fails("x"), cleanup);
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "cleaned up x");
}

TEST_P(FailureTest, ThingsThatAreNoExceptionsTravelToo) {
  auto program = [](Log& log) -> Task<> {
    auto throws = []() -> Task<int> {
      co_await Yield();
      throw 42;
    };
    JoinHandle<int> handle = co_await Spawn(throws());
    try {
      co_await handle.Join();
    } catch (int number) {
      log(number);
    }
  };
  EXPECT_EQ(Run(program), "42");
}

}  // namespace
}  // namespace fate::conformance::failure_test
