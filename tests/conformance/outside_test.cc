// The outside world, and what a program shares with none: posted and blocking work, callbacks, promises,
// random draws, lifetimes, a million awaits.
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/runtime/random.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "fate/task/callback.h"
#include "fate/task/promise.h"
#include "fate/task/run_blocking.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/conformance/worlds.h"

namespace fate::conformance {
namespace {

class OutsideTest : public ConformanceTest {};
CONFORMANCE(OutsideTest);

TEST_P(OutsideTest, PostedWorkRunsInOrderAfterTheStepThatPostedIt) {
  auto program = [](Log& log) -> Task<> {
    Event done;
    Runtime& runtime = CurrentRuntime();
    runtime.Post([&] { log("1"); });
    runtime.Post([&] { log("2"); });
    runtime.Post([&] {
      log("3");
      done.SetNow();
    });
    log("posted");
    co_await done.Wait();
    log("done");
  };
  EXPECT_EQ(Run(program), "posted 1 2 3 done");
}

TEST_P(OutsideTest, BlockingWorkGivesItsResult) {
  auto program = [](Log& log) -> Task<> {
    auto work = [] { return std::string("result"); };
    log("before");
    std::string result = co_await RunBlocking(work);
    log(result);
  };
  EXPECT_EQ(Run(program), "before result");
}

TEST_P(OutsideTest, BlockingWorkThrows) {
  auto program = [](Log& log) -> Task<> {
    auto work = [] { throw std::runtime_error("no such file"); };
    try {
      co_await RunBlocking(work);
    } catch (const std::runtime_error& error) {
      log(error.what());
    }
  };
  EXPECT_EQ(Run(program), "no such file");
}

TEST_P(OutsideTest, ManyPiecesOfBlockingWorkAllEnd) {
  auto program = [](Log& log) -> Task<> {
    auto square = [](int i) -> Task<int> {
      auto work = [i] { return i * i; };
      co_return co_await RunBlocking(work);
    };
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 50; ++i) tasks.push_back(square(i));
    std::vector<int> squares = co_await WhenAll(std::move(tasks));
    int64_t sum = 0;
    for (int number : squares) sum += number;
    log(sum);
  };
  EXPECT_EQ(Run(program), "40425");
}

TEST_P(OutsideTest, ACallbackEndsTheAwait) {
  auto program = [](Log& log) -> Task<> {
    auto start = [&](Completion<int> done) {
      log("started");
      CurrentRuntime().Post([done] { done(42); });
    };
    int value = co_await FromCallback<int>(start);
    log(value);
  };
  EXPECT_EQ(Run(program), "started 42");
}

TEST_P(OutsideTest, PromisesAreFollowedInOrder) {
  auto program = [](Log& log) -> Task<> {
    auto ask = []() -> Task<int> {
      co_await Yield();
      co_return 20;
    };
    auto twice = [](int value) { return 2 * value; };
    auto fails = [](int) -> int { throw std::runtime_error("x"); };
    auto recover = [](std::exception_ptr) { return -1; };
    Promise<int> answer = StartPromise(ask());
    Promise<int> doubled = answer.Then(twice);
    Promise<int> failed = answer.Then(fails).Catch(recover);
    int first = co_await doubled;
    int second = co_await failed;
    log(first);
    log(second);
  };
  EXPECT_EQ(Run(program), "40 -1");
}

TEST_P(OutsideTest, TheSameSeedDrawsTheSameNumbers) {
  auto program = [](Log& log) -> Task<> {
    auto draw = []() -> Task<int> {
      Random random;
      int number = random.Uniform(0, 999'999);
      co_return number;
    };
    Random random;
    log(random.Uniform(0, 999'999));
    auto [a, b] = co_await WhenAll(draw(), draw());
    log(a);
    log(b);
    log(random.Uniform(0, 999'999));
  };
  static std::string* const first = new std::string;
  std::string log = Run(program);
  if (first->empty()) *first = log;
  EXPECT_EQ(log, *first);
}

TEST_P(OutsideTest, ATaskOfTheProgramOutlivesTheRoot) {
  auto program = [](Log& log) -> Task<> {
    // Not a lambda's frame: what it refers to must outlive the root.
    struct Late {
      static Task<> Say(Log& log) {
        co_await Sleep(absl::Milliseconds(2));
        log("late");
      }
    };
    SpawnOptions options;
    options.lifetime = Lifetime::kProgram;
    JoinHandle<> handle = co_await Spawn(Late::Say(log), options);
    log("root ends");
  };
  EXPECT_EQ(Run(program), "root ends late");
}

TEST_P(OutsideTest, ADaemonMayBeLeftBehind) {
  auto program = [](Log& log) -> Task<> {
    struct Daemon {
      static Task<> Sleeps() { co_await Sleep(absl::InfiniteDuration()); }
    };
    SpawnOptions options;
    options.lifetime = Lifetime::kDaemon;
    JoinHandle<> handle = co_await Spawn(Daemon::Sleeps(), options);
    co_await Yield();
    log("root ends");
  };
  EXPECT_EQ(Run(program), "root ends");
}

TEST_P(OutsideTest, AMillionSynchronousAwaitsInARow) {
  auto program = [](Log& log) -> Task<> {
    auto one = []() -> Task<int> { co_return 1; };
    int64_t sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
    log(sum);
  };
  EXPECT_EQ(Run(program), "1000000");
}

TEST_P(OutsideTest, AnAtomicIsOneOperationAtATime) {
  auto program = [](Log& log) -> Task<> {
    Atomic<int> counter(0);
    auto adder = [&]() -> Task<> {
      for (int i = 0; i < 10; ++i) {
        co_await counter.FetchAdd(1);
        co_await Yield();
      }
    };
    co_await WhenAll(adder(), adder(), adder());
    int total = co_await counter.Load();
    log(total);
  };
  EXPECT_EQ(Run(program), "30");
}

}  // namespace
}  // namespace fate::conformance
