#include "fate/time/timeout.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

Task<int> Answer(absl::Duration after) {
  co_await Sleep(after);
  co_return 42;
}

TEST(TimeoutTest, ATaskThatEndsInTimeGivesItsValue) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    absl::StatusOr<int> answer = co_await WithTimeout(absl::Seconds(5), Answer(absl::Seconds(3)));
    EXPECT_EQ(answer.value(), 42);
    EXPECT_EQ(Now() - start, absl::Seconds(3));
    co_await Sleep(absl::Seconds(10));  // the timer is gone
    EXPECT_FALSE(CancelRequested());
  });
}

TEST(TimeoutTest, ATaskThatIsLateIsCancelledAtTheDeadline) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    unsigned line = __LINE__ + 1;
    absl::StatusOr<int> answer = co_await WithTimeout(absl::Seconds(5), Answer(absl::Seconds(9)));
    EXPECT_TRUE(absl::IsDeadlineExceeded(answer.status()));
    EXPECT_EQ(answer.status().message(),
              "what is awaited at time/timeout_test.cc:" + std::to_string(line) + " did not end in time");
    EXPECT_EQ(Now() - start, absl::Seconds(5));
    EXPECT_FALSE(CancelRequested());
    answer = co_await WithDeadline(start + absl::Seconds(6), Answer(absl::Seconds(9)));
    EXPECT_TRUE(absl::IsDeadlineExceeded(answer.status()));
    EXPECT_EQ(Now() - start, absl::Seconds(6));
  });
}

TEST(TimeoutTest, EachKindOfTaskHasItsKindOfResult) {
  Everywhere([]() -> Task<> {
    auto nothing = []() -> Task<> { co_await Yield(); };
    absl::Status done = co_await WithTimeout(absl::Seconds(1), nothing());
    EXPECT_TRUE(done.ok());
    auto status = []() -> Task<absl::Status> { co_return absl::NotFoundError("x"); };
    absl::Status not_found = co_await WithTimeout(absl::Seconds(1), status());
    EXPECT_TRUE(absl::IsNotFound(not_found));
    auto status_or = []() -> Task<absl::StatusOr<int>> { co_return 7; };
    absl::StatusOr<int> seven = co_await WithTimeout(absl::Seconds(1), status_or());
    EXPECT_EQ(*seven, 7);
    auto move_only = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
    absl::StatusOr<std::unique_ptr<int>> three = co_await WithTimeout(absl::Seconds(1), move_only());
    EXPECT_EQ(**three, 3);
    int number = 1;
    auto refer = [&number]() -> Task<int&> { co_return number; };
    absl::StatusOr<std::reference_wrapper<int>> same = co_await WithTimeout(absl::Seconds(1), refer());
    EXPECT_EQ(&same->get(), &number);
  });
}

TEST(TimeoutTest, ExceptionsPassThrough) {
  Everywhere([]() -> Task<> {
    auto fails = []() -> Task<int> {
      co_await Sleep(absl::Seconds(1));
      throw std::runtime_error("no");
    };
    std::string caught;
    try {
      absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(5), fails());
      ADD_FAILURE() << value.status();
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
  });
}

TEST(TimeoutTest, AValueThatComesDespiteTheTimeoutIsReturned) {
  Everywhere([]() -> Task<> {
    auto stubborn = []() -> Task<int> {
      try {
        co_await Sleep(absl::Hours(1));
      } catch (const Cancelled&) {
      }
      co_return 5;
    };
    absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(1), stubborn());
    EXPECT_EQ(value.value(), 5);
    EXPECT_FALSE(CancelRequested());
  });
}

TEST(TimeoutTest, AShieldedTaskIsWaitedFor) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(1), Shield(Answer(absl::Seconds(4))));
    EXPECT_EQ(value.value(), 42);
    EXPECT_EQ(Now() - start, absl::Seconds(4));
  });
}

TEST(TimeoutTest, ADeadlineThatHasPassedCancelsAtOnce) {
  Everywhere([]() -> Task<> {
    bool went_on = false;
    auto body = [&]() -> Task<int> {
      co_await Yield();
      went_on = true;
      co_return 1;
    };
    for (absl::Duration duration : {absl::ZeroDuration(), absl::Seconds(-1)}) {
      absl::StatusOr<int> late = co_await WithTimeout(duration, body());
      EXPECT_TRUE(absl::IsDeadlineExceeded(late.status()));
    }
    EXPECT_FALSE(went_on);
    auto at_once = []() -> Task<int> { co_return 2; };
    absl::StatusOr<int> value = co_await WithTimeout(absl::ZeroDuration(), at_once());
    EXPECT_EQ(value.value(), 2);
  });
}

TEST(TimeoutTest, AnInfiniteTimeoutNeverStrikes) {
  Everywhere([]() -> Task<> {
    absl::StatusOr<int> value = co_await WithTimeout(absl::InfiniteDuration(), Answer(absl::Hours(1000)));
    EXPECT_EQ(value.value(), 42);
  });
}

TEST(TimeoutTest, CancellationFromOutsideIsRethrownEvenIfTheTimeoutStruckToo) {
  Everywhere([]() -> Task<> {
    auto body = []() -> Task<int> {
      ScopeBracket shield(ScopeBracket::Shielded::kYes);
      co_await Sleep(absl::Seconds(3));  // the timeout strikes at 1, the cancellation at 2
      shield.Leave();
      co_await Yield();
      co_return 1;
    };
    bool went_on = false;
    auto run = [&]() -> Task<> {
      absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(1), body());
      went_on = true;
    };
    JoinHandle<> handle = co_await Spawn(run());
    co_await Sleep(absl::Seconds(2));
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_FALSE(went_on);
  });
}

TEST(TimeoutTest, TimeoutsNest) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    auto inner = []() -> Task<absl::StatusOr<int>> {
      co_return co_await WithTimeout(absl::Seconds(9), Answer(absl::Hours(1)));
    };
    absl::StatusOr<int> outer_struck = co_await WithTimeout(absl::Seconds(2), inner());
    EXPECT_TRUE(absl::IsDeadlineExceeded(outer_struck.status()));
    EXPECT_EQ(Now() - start, absl::Seconds(2));
    bool inner_struck = false;
    auto tighter = [&]() -> Task<int> {
      absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(1), Answer(absl::Hours(1)));
      inner_struck = absl::IsDeadlineExceeded(value.status());
      co_return 8;
    };
    absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(2), tighter());
    EXPECT_TRUE(inner_struck);
    EXPECT_EQ(value.value(), 8);
    EXPECT_EQ(Now() - start, absl::Seconds(3));
  });
}

TEST(TimeoutTest, ATaskThatEndsAtTheDeadlineMayEndEitherWay) {
  int in_time = 0;
  int late = 0;
  auto program = [&]() -> Task<> {
    absl::StatusOr<int> value = co_await WithTimeout(absl::Seconds(1), Answer(absl::Seconds(1)));
    ++(value.ok() ? in_time : late);
  };
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    in_time = late = 0;
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "depth_first", 1000));
    EXPECT_TRUE(report.passed()) << report.ToText();
    EXPECT_TRUE(report.exhausted);
    EXPECT_GT(in_time, 0) << ToString(interleaving);
    EXPECT_GT(late, 0) << ToString(interleaving);
  }
}

TEST(TimeoutTest, ATimerThatIsDueIsTakenBackIfTheTaskEndsFirst) {
  // In the search the due timer stands in the choice while the task may still end; the program then
  // ends too, and the timer with it.
  auto program = []() -> Task<> {
    Event event;
    auto wait = [&]() -> Task<> { co_await event.Wait(); };
    auto set = [&]() -> Task<> {
      co_await Sleep(absl::Seconds(1));
      co_await event.Set();
    };
    JoinHandle<> setter = SpawnNow(set());
    absl::Status status = co_await WithTimeout(absl::Seconds(1), wait());
    EXPECT_TRUE(status.ok() || absl::IsDeadlineExceeded(status));
    co_await setter.Join();
  };
  Everywhere(program);
  sim::Report report = sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "depth_first", 5000));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(report.exhausted);
}

TEST(TimeoutTest, OneThatWaitsIsTornDownWithItsTimer) {
  auto program = []() -> Task<> {
    auto wait = []() -> Task<> {
      absl::StatusOr<int> value = co_await WithTimeout(absl::Hours(1), Answer(absl::Hours(2)));
    };
    SpawnNow(wait(), {.lifetime = Lifetime::kDaemon});
    co_await Yield();
  };
  Everywhere(program);
}

}  // namespace
}  // namespace fate
