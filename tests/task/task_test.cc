#include "fate/task/task.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/task/everywhere.h"

namespace fate::task_test {
namespace {

constexpr int kMillion = 1'000'000;

Task<int> Answer() { co_return 42; }
Task<> Nothing() { co_return; }
Task<int> Fails() {
  throw std::runtime_error("no");
  co_return 0;
}

TEST(TaskTest, AwaitingGivesTheValue) {
  Everywhere([]() -> Task<> {
    int answer = co_await Answer();
    EXPECT_EQ(answer, 42);
  });
}

TEST(TaskTest, NothingRunsBeforeTheAwait) {
  Everywhere([]() -> Task<> {
    int runs = 0;
    auto body = [&runs]() -> Task<> {
      ++runs;
      co_return;
    };
    Task<> later = body();
    EXPECT_EQ(runs, 0);
    co_await std::move(later);
    EXPECT_EQ(runs, 1);
  });
}

TEST(TaskTest, ATaskThatIsDroppedNeverRunsAndDestroysItsArguments) {
  auto alive = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int>) -> Task<> {
    ADD_FAILURE();
    co_return;
  };
  {
    Task<> dropped = body(alive);
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(TaskTest, MoveAssignmentDestroysWhatWasThere) {
  auto alive = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int>) -> Task<> { co_return; };
  Task<> first = body(alive);
  Task<> second = body(alive);
  EXPECT_EQ(alive.use_count(), 3);
  first = std::move(second);
  EXPECT_EQ(alive.use_count(), 2);
  EXPECT_TRUE(static_cast<bool>(first));
  EXPECT_FALSE(static_cast<bool>(second));
}

TEST(TaskTest, ExceptionsTravelToTheAwaiter) {
  Everywhere([]() -> Task<> {
    auto outer = []() -> Task<int> { co_return co_await Fails() + 1; };
    std::string caught;
    try {
      co_await outer();
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
  });
}

TEST(TaskTest, ValuesMayBeMoveOnlyReferencesOrWithoutDefault) {
  Everywhere([]() -> Task<> {
    struct NoDefault {
      explicit NoDefault(int v) : value(v) {}
      int value;
    };
    int number = 1;
    auto move_only = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    auto reference = [&number]() -> Task<int&> { co_return number; };
    auto no_default = []() -> Task<NoDefault> { co_return NoDefault(3); };
    std::unique_ptr<int> seven = co_await move_only();
    EXPECT_EQ(*seven, 7);
    int& same = co_await reference();
    EXPECT_EQ(&same, &number);
    NoDefault three = co_await no_default();
    EXPECT_EQ(three.value, 3);
  });
}

TEST(TaskTest, AResultNobodyTakesIsDestroyed) {
  auto alive = std::make_shared<int>(1);
  Everywhere([&alive]() -> Task<> {
    auto give = [&alive]() -> Task<std::shared_ptr<int>> { co_return alive; };
    co_await give();
    EXPECT_EQ(alive.use_count(), 1);
  });
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(TaskTest, AwaitingTwiceIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    Task<int> task = Answer();
    co_await std::move(task);
    co_await std::move(task);
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.outcome.message.find("your program awaited or spawned a Task twice"), std::string::npos)
      << report.outcome.message;
}

TEST(TaskTest, SpawningWhatWasMovedAwayIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    Task<> task = Nothing();
    Task<> other = std::move(task);
    co_await std::move(other);
    JoinHandle<> handle = co_await Spawn(std::move(task));
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.outcome.message.find("your program awaited or spawned a Task twice"), std::string::npos);
}

// No variable, and a condition that awaits: g++ 12 shifts its frame.
Task<> Undeclared() {
  while (co_await Answer() != 42) co_await Yield();
}

TEST(TaskTest, AFrameThatTheCompilerShiftedIsMisuse) {
  auto body = []() -> Task<> {
    const int before = co_await Answer();
    EXPECT_EQ(before, 42);
    co_await Undeclared();
  };
#if defined(__GNUC__) && !defined(__clang__)
  for (int i = 0; i < 3; ++i) {  // the first leaves its frame to the next
    const sim::Report report = Failing(body);
    EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
    EXPECT_NE(report.outcome.message.find("your program has a coroutine that g++ 12 compiles wrongly"),
              std::string::npos)
        << report.outcome.message;
  }
  EXPECT_DEATH(Undeclared(),
               "your program has a coroutine that g\\+\\+ 12 compiles wrongly.*name what the await gives");
#else
  Everywhere(body);
#endif
}

TEST(TaskDeathTest, AwaitingAnOperationOutsideARuntimeNamesTheFunctionToCall) {
  // A Task is lazy, so only somebody who resumes it by hand gets there.
  auto body = []() -> Task<> { co_await Yield(); };
  EXPECT_DEATH(body().Release().resume(), "your program awaited outside a runtime.*fate::Run");
}

TEST(TaskTest, AMillionSynchronousAwaitsInARowTakeNoStack) {
  auto program = []() -> Task<> {
    int64_t sum = 0;
    for (int i = 0; i < kMillion; ++i) sum += co_await Answer();
    EXPECT_EQ(sum, int64_t{42} * kMillion);
  };
  InProduction(program);
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "fifo", 1));
    EXPECT_TRUE(report.passed()) << report.ToText();
  }
}

Task<int> Deep(int depth) {
  if (depth == 0) co_return 0;
  co_return co_await Deep(depth - 1) + 1;
}

TEST(TaskTest, AChainAMillionDeepRunsDownAndUp) {
  auto program = []() -> Task<> {
    int depth = co_await Deep(kMillion);
    EXPECT_EQ(depth, kMillion);
  };
  InProduction(program);
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    sim::Report report = sim::Explore(program, OptionsOf(interleaving, "fifo", 1));
    EXPECT_TRUE(report.passed()) << report.ToText();
  }
}

constexpr int kForever = 1'000'000'000;
Task<> DeepForever(int depth, int& alive) {
  struct Counter {
    explicit Counter(int& count) : count_(count) { ++count_; }
    ~Counter() { --count_; }
    int& count_;
  } counter(alive);
  if (depth > 0) co_await DeepForever(depth - 1, alive);
  for (int step = 0; step < kForever; ++step) co_await Yield();
}

TEST(TaskTest, ASuspendedChainAMillionDeepIsDestroyedWithoutRecursion) {
  for (sim::Interleaving interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kOperation}) {
    int alive = 0;
    sim::ExploreOptions options = OptionsOf(interleaving, "fifo", 1);
    options.settings.max_steps = 10;
    options.story_executions = 0;
    // With sanitizers a recursion ends much sooner.
    constexpr int kDepth = static_cast<int>(sim::test::Samples(kMillion));
    sim::Report report = sim::Explore([&alive] { return DeepForever(kDepth, alive); }, options);
    EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kStepLimit);
    EXPECT_EQ(alive, 0);
  }
}

TEST(TaskTest, TheFramesOfASuspendedTaskAreDestroyedInnermostFirst) {
  std::string order;
  struct Note {
    Note(std::string& text, char letter) : text_(text), letter_(letter) {}
    ~Note() { text_ += letter_; }
    std::string& text_;
    char letter_;
  };
  sim::ExploreOptions options = OptionsOf(sim::Interleaving::kOperation, "fifo", 1);
  options.settings.max_steps = 3;
  options.story_executions = 0;
  auto program = [&order]() -> Task<> {
    auto inner = [&order]() -> Task<> {
      Note note(order, 'i');
      for (;;) co_await Yield();
    };
    auto middle = [&order, &inner]() -> Task<> {
      Note note(order, 'm');
      co_await inner();
    };
    Note note(order, 'o');
    co_await middle();
  };
  order.clear();
  sim::Report report = sim::Explore(program, options);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kStepLimit);
  // Run once to find, and once to tell; nothing more is learned of it.
  EXPECT_EQ(order, "imoimo");
}

TEST(TaskTest, ATaskIsOnePointer) {
  EXPECT_EQ(sizeof(Task<int>), sizeof(void*));
  EXPECT_FALSE(std::is_copy_constructible_v<Task<>>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Task<>>);
}

}  // namespace
}  // namespace fate::task_test
