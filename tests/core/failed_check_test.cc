// Failed checks, of the program and of the library, as findings.
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sync/barrier.h"
#include "fate/sync/channel.h"
#include "fate/task/callback.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/timeout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/simulated.h"

namespace fate::sim::failed_check_test {
namespace {

using test::ProgramOf;
using test::RunQuietly;
using test::With;
using testing::ContainsRegex;

// An abort callback runs in the step of the timeout, which has no task.
struct AbortsWrongly {
  Task<> Waits() {
    std::optional<Completion<>> kept;
    const auto start = [&kept](Completion<> done) { kept = done; };
    const auto abort = [] { FATE_CHECK(false, "your program cannot abort"); };
    co_await FromCallback(start, abort);
  }
  Task<> Main() { absl::Status status = co_await WithTimeout(absl::Seconds(1), Waits()); }
};

TEST(FailedCheckTest, AFailedCheckInWhatATimeoutCallsIsAFindingToo) {
  for (const Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    const Execution execution = RunQuietly(ProgramOf<AbortsWrongly>(), With(interleaving));
    EXPECT_EQ(execution.outcome.kind, OutcomeKind::kAssertionFailed) << ToString(interleaving);
    EXPECT_EQ(execution.outcome.message, "FATE_CHECK(false) failed: your program cannot abort");
  }
}

struct FailedCheck {
  Task<> Main() {
    co_await Yield();
    FATE_CHECK(1 + 1 == 3, "your program cannot count");
  }
};

TEST(FailedCheckTest, AFailedCheckIsAFindingWithItsPlace) {
  const Execution execution = RunQuietly(ProgramOf<FailedCheck>());
  EXPECT_EQ(execution.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_EQ(execution.outcome.message, "FATE_CHECK(1 + 1 == 3) failed: your program cannot count");
  EXPECT_THAT(ToString(execution.outcome.place), ContainsRegex("^core/failed_check_test.cc:[0-9]+$"));
}

struct ClosesTwice {
  Task<> Main() {
    Channel<int> channel(1);
    co_await channel.Close();
    const Place before = Place::current();
    line = before.line() + 2;
    co_await channel.Close();
  }
  static inline uint32_t line = 0;
};

// It is the program's line that is wanted.
TEST(FailedCheckTest, AFailedCheckOfTheLibraryTellsTheStepToo) {
  const Execution execution = RunQuietly(ProgramOf<ClosesTwice>());
  EXPECT_THAT(ToString(execution.outcome.place), ContainsRegex("^sync/channel_operations.h:[0-9]+$"));
  EXPECT_EQ(ToString(execution.outcome.step_place), absl::StrCat("core/failed_check_test.cc:", ClosesTwice::line));
  EXPECT_EQ(execution.outcome.first_place().line(), ClosesTwice::line);
  EXPECT_EQ(RunQuietly(ProgramOf<FailedCheck>()).outcome.step_place.line(), 0u);
}

struct BeginsWrongly {
  Task<> Worker() {
    Barrier barrier(0);
    co_return;
  }
  Task<> Main() {
    const Place before = Place::current();
    line = before.line() + 2;
    JoinHandle<> worker = co_await Spawn(Worker());
    co_await worker.Join();
  }
  static inline uint32_t line = 0;
};

TEST(FailedCheckTest, InItsFirstStepATaskIsFoundWhereItWasSpawned) {
  const Execution execution = RunQuietly(ProgramOf<BeginsWrongly>());
  EXPECT_THAT(execution.outcome.message, testing::HasSubstr("Barrier"));
  EXPECT_EQ(ToString(execution.outcome.first_place()), absl::StrCat("core/failed_check_test.cc:", BeginsWrongly::line));
}

struct AbortsWronglyAtTheHorizon {
  Task<> Main() {
    std::optional<Completion<>> kept;
    const auto start = [&kept](Completion<> done) { kept = done; };
    const auto abort = [] { FATE_CHECK(false, "your program cannot abort"); };
    JoinHandle<> ticks = co_await Spawn(Ticks());
    co_await FromCallback(start, abort);
  }
  Task<> Ticks() {
    for (;;) co_await Sleep(absl::Seconds(1));
  }
};

TEST(FailedCheckTest, AFailedCheckInWhatTheHorizonCallsIsAFindingToo) {
  for (const Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    Settings settings = With(interleaving);
    settings.horizon = absl::Seconds(3);
    const Execution execution = RunQuietly(ProgramOf<AbortsWronglyAtTheHorizon>(), settings);
    EXPECT_EQ(execution.outcome.message, "FATE_CHECK(false) failed: your program cannot abort");
  }
}

}  // namespace
}  // namespace fate::sim::failed_check_test
