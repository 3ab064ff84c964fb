#include "fate/runtime/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/random/distributions.h"
#include "absl/types/span.h"
#include "fate/base/mix.h"
#include "fate/runtime/context.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"

namespace fate {
namespace {

// Runs `body` in a root task of a runtime with `seed`.
void Draw(uint64_t seed, absl::FunctionRef<void()> body) {
  auto program = [&](sim::Roots& roots) {
    auto root = [](absl::FunctionRef<void()> call) -> Task<> {
      call();
      co_return;
    };
    roots.Add(root(body));
  };
  sim::Scheduler scheduler;
  sim::Fifo fifo;
  const sim::Execution& execution = scheduler.Run(program, fifo, 0, seed);
  EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
}

// The message with which `body` fails.
std::string Misuse(absl::FunctionRef<void()> body) {
  auto program = [&]() -> Task<> {
    body();
    co_return;
  };
  return sim::Explore(program).outcome.message;
}

template <class T>
std::vector<T> Some(size_t count, absl::FunctionRef<T()> draw) {
  std::vector<T> values;
  while (values.size() < count) values.push_back(draw());
  return values;
}

// The values below were computed by a second implementation, of 20 lines of Python.

TEST(RandomTest, BitsAreTheSameOnEveryCompiler) {
  Draw(42, [] {
    Random random;
    EXPECT_EQ(random.Bits(), 0x34ba5a71240296efu);
    EXPECT_EQ(random.Bits(), 0x0572b06fbb83c6fcu);
    EXPECT_EQ(Random()(), 0x7c3641196b51a70bu);
    EXPECT_EQ(Random().Bits(), 0xcd850b435185c3afu);
  });
}

TEST(RandomTest, UniformIntegersAreTheSameOnEveryCompiler) {
  Draw(42, [] {
    Random random;
    EXPECT_EQ(Some<int>(12, [&] { return random.Uniform(1, 6); }),
              (std::vector<int>{2, 1, 3, 5, 1, 4, 3, 2, 6, 2, 5, 3}));
  });
}

TEST(RandomTest, ARangeThatDoesNotDivideTheBitsIsDrawnAgainUntilItIsUnbiased) {
  Draw(42, [] {
    Random random;
    // Of 2^63 + 1 values, nearly every second draw falls into the excess.
    constexpr uint64_t kHigh = uint64_t{1} << 63;
    EXPECT_EQ(random.Uniform<uint64_t>(0, kHigh), 0x1a5d2d3892014b77u);
    EXPECT_EQ(random.Uniform<uint64_t>(0, kHigh), 0x3e1b208cb5a8d385u);
    EXPECT_EQ(random.Uniform<uint64_t>(0, kHigh), 0x2c8e0bebfca26badu);
    EXPECT_EQ(random.Uniform<uint64_t>(0, kHigh), 0x16c79125fd2eeed8u);
    EXPECT_EQ(context.task->draws, 8u);
  });
}

TEST(RandomTest, UniformTakesAnyIntegersAndBothBounds) {
  Draw(7, [] {
    Random random;
    EXPECT_EQ(random.Uniform(5, 5), 5);
    std::set<int> seen;
    for (int i = 0; i < 200; ++i) seen.insert(random.Uniform<int8_t>(-3, 3));
    EXPECT_EQ(seen, (std::set<int>{-3, -2, -1, 0, 1, 2, 3}));
    constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    bool negative = false;
    bool positive = false;
    for (int i = 0; i < 64; ++i) {
      int64_t value = random.Uniform(kMin, kMax);
      negative |= value < 0;
      positive |= value > 0;
    }
    EXPECT_TRUE(negative && positive);
    EXPECT_EQ(random.Uniform(kMax, kMax), kMax);
    EXPECT_EQ(random.Uniform(kMin, kMin), kMin);
  });
}

TEST(RandomTest, DoublesAreTheSameOnEveryCompiler) {
  Draw(42, [] {
    Random random;
    EXPECT_EQ(random.UniformDouble(), 0x1.a5d2d38920148p-3);
    EXPECT_EQ(random.UniformDouble(), 0x1.5cac1beee0f00p-6);
    EXPECT_EQ(random.UniformDouble(), 0x1.f0d90465ad468p-2);
  });
  Draw(42, [] {
    Random random;
    EXPECT_EQ(random.UniformDouble(-1, 3), std::fma(0x1.a5d2d38920148p-3, 4.0, -1.0));
    EXPECT_EQ(random.UniformDouble(2, 2), 2.0);
  });
}

TEST(RandomTest, BernoulliIsTrueWithItsProbability) {
  Draw(42, [] {
    Random random;
    int hits = 0;
    for (int i = 0; i < 1000; ++i) hits += random.Bernoulli(0.25);
    EXPECT_EQ(hits, 237);
    for (int i = 0; i < 100; ++i) {
      EXPECT_FALSE(random.Bernoulli(0));
      EXPECT_TRUE(random.Bernoulli(1));
    }
  });
}

TEST(RandomTest, ChoiceGivesAReferenceToAnElement) {
  Draw(42, [] {
    Random random;
    std::string letters = "abcdefgh";
    std::string chosen;
    for (int i = 0; i < 16; ++i) chosen += random.Choice(letters);
    EXPECT_EQ(chosen, "badgaecbgcgdegfc");
    std::array<int, 3> numbers = {1, 2, 3};
    random.Choice(numbers) = 9;
    EXPECT_EQ(std::count(numbers.begin(), numbers.end(), 9), 1);
    const std::vector<int> constant = {4};
    EXPECT_EQ(&random.Choice(constant), &constant[0]);
    EXPECT_EQ(random.Choice(absl::MakeConstSpan(constant)), 4);
  });
}

TEST(RandomTest, ShuffleIsTheSameOnEveryCompiler) {
  Draw(42, [] {
    Random random;
    std::vector<int> numbers(10);
    std::iota(numbers.begin(), numbers.end(), 0);
    random.Shuffle(numbers);
    EXPECT_EQ(numbers, (std::vector<int>{4, 7, 6, 1, 9, 8, 5, 3, 0, 2}));
    EXPECT_EQ(context.task->draws, 9u);
    std::vector<int> none;
    random.Shuffle(none);
    EXPECT_EQ(context.task->draws, 9u);
  });
}

TEST(RandomTest, BitsAreAFunctionOfSeedPathAndNumberOfTheDraw) {
  auto program = [](sim::Roots& roots) {
    auto child = [](bool others) -> Task<> {
      Random random;
      uint64_t base = Mix(context.runtime->seed(), context.task->Path());
      EXPECT_EQ(random.Bits(), Mix(base, 0));
      EXPECT_EQ(random.Bits(), Mix(base, 1));
      if (others) random.Bits();
      co_return;
    };
    auto root = [child]() -> Task<> {
      JoinHandle<> a = SpawnNow(child(true));
      Random().Bits();
      JoinHandle<> b = SpawnNow(child(false));
      co_await b.Join();
      co_await a.Join();
    };
    roots.Add(root());
  };
  for (uint64_t seed : {0u, 1u, 99u}) {
    sim::Scheduler scheduler;
    sim::Fifo fifo;
    EXPECT_TRUE(scheduler.Run(program, fifo, 0, seed).outcome.passed());
  }
}

TEST(RandomTest, AnExplorableDrawIsAChoiceOfTheSimulator) {
  std::set<std::string> seen;
  auto program = [&seen]() -> Task<> {
    Random random;
    std::array<char, 3> letters = {'a', 'b', 'c'};
    int number = random.Uniform(10, 13, kExplorable);
    char letter = random.Choice(letters, kExplorable);
    seen.insert(std::to_string(number) + letter);
    // A draw like any other follows, which no choice moves.
    EXPECT_EQ(context.task->draws, 2u);
    co_return;
  };
  sim::ExploreOptions options;
  options.strategy = "depth_first";
  sim::Report report = sim::Explore(program, options);
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 12u);  // 4 numbers, 3 letters
  EXPECT_EQ(seen.size(), 12u);
}

TEST(RandomTest, TheQuietExplorableDrawIsTheFirst) {
  auto program = []() -> Task<> {
    EXPECT_EQ(Random().Uniform(-2, 2, kExplorable), -2);
    co_return;
  };
  sim::ExploreOptions options;
  options.strategy = "fifo";
  options.executions = 1;
  EXPECT_TRUE(sim::Explore(program, options).passed());
}

TEST(RandomTest, AbslsDistributionsDrawFromTheSameBits) {
  Draw(3, [] {
    Random random;
    for (int i = 0; i < 100; ++i) {
      int value = absl::Uniform(random.ref(), 0, 10);
      EXPECT_TRUE(value >= 0 && value < 10);
      EXPECT_GE(absl::Exponential<double>(random, 2.0), 0.0);
    }
    EXPECT_GE(context.task->draws, 200u);
  });
}

TEST(RandomTest, MisuseSaysWhatIsWrong) {
  EXPECT_NE(Misuse([] { Random().Uniform(2, 1); }).find("bounds in the wrong order"), std::string::npos);
  EXPECT_NE(Misuse([] { Random().UniformDouble(1, 0); }).find("bounds in the wrong order"), std::string::npos);
  EXPECT_NE(Misuse([] { Random().Bernoulli(1.5); }).find("outside [0, 1]"), std::string::npos);
  EXPECT_NE(Misuse([] {
              std::vector<int> none;
              Random().Choice(none);
            }).find("empty container"),
            std::string::npos);
  EXPECT_NE(Misuse([] {
              Random().Uniform(0, 16, kExplorable);
            }).find("our limit for an explorable draw is 16 alternatives, your program asked for 17"),
            std::string::npos);
  EXPECT_EQ(Misuse([] { Random().Uniform(0, 15, kExplorable); }), "");
}

TEST(RandomDeathTest, ADrawOutsideATaskIsMisuse) {
  EXPECT_DEATH(Random().Bits(), "your program drew a random number outside a task");
}

}  // namespace
}  // namespace fate
