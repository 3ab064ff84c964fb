#include "fate/sim/strategies/sampling.h"

#include "fate/sim/strategies/urw.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "tests/strategies/runs.h"

namespace fate::sim::sampling_test {
namespace {

TEST(SamplingTest, RoundsEndAtFixedExecutions) {
  std::vector<uint64_t> first;
  for (uint64_t i = 0; i < 300; ++i) {
    if (i == 0 || StageOf(i) != StageOf(i - 1)) first.push_back(i);
    EXPECT_LE(StageOf(i), StageOf(i + 1));
  }
  EXPECT_EQ(first, (std::vector<uint64_t>{0, 1, 8, 64, 128, 192, 256}));
}

TEST(SamplingTest, ASlotIsFoundByWeight) {
  for (size_t size : {3u, 40u}) {
    std::vector<uint32_t> weights(size, 0);
    weights[0] = 2;
    weights[2] = 3;
    EXPECT_EQ(SlotAt(0, weights), 0u);
    EXPECT_EQ(SlotAt(1, weights), 0u);
    EXPECT_EQ(SlotAt(2, weights), 2u);
    EXPECT_EQ(SlotAt(4, weights), 2u);
  }
}

// A uniform walk whose first choices are the older task, whatever it chooses.
class Led final : public Strategy {
 public:
  explicit Led(uint64_t overruled) : overruled_(overruled) {}

  void BeginExecution(uint64_t number) override {
    urw_.BeginExecution(number);
    choices_ = 0;
  }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t option = urw_.Choose(point);
    if (++choices_ > overruled_) return option;
    uint32_t oldest = 0;
    for (uint32_t other = 1; other < point.options; ++other) {
      if (point.task(other).id < point.task(oldest).id) oldest = other;
    }
    if (oldest != option) urw_.Overruled();
    return oldest;
  }
  bool EndExecution(const Execution& execution) override { return urw_.EndExecution(execution); }

 private:
  Urw urw_{1};
  uint64_t overruled_;
  uint64_t choices_ = 0;
};

// What a sampler counts as done is what was done, not what it chose: after three steps of one task, two of it and five
// of the other are left, in 21 orders that are equally likely. 99.9 % of chi-square with 20 degrees of freedom is 45.
TEST(SamplingTest, WhoIsOverruledGoesOnFromWhatWasDone) {
  constexpr int kExecutions = 42'000;
  Led led(3);
  Runs<TwoTimesFive> runs;
  runs.Run(led, 0);
  const std::map<std::string, int> seen = Sample<TwoTimesFive>(led, kExecutions, 1);
  EXPECT_EQ(seen.size(), 21u);
  double sum = 0;
  for (const auto& [log, count] : seen) sum += (count - 2000.0) * (count - 2000.0) / 2000.0;
  EXPECT_LT(sum, 45);
}

struct Mixed {
  std::string log;
  Mutex mutex;
  Cell a{0}, b{0};
  Task<> Work(char name) {
    int before = co_await a.Load();
    co_await b.Store(before);
    (co_await mutex.Lock()).Release();
    co_await Yield();
    co_await a.FetchAdd(1);
    log += name;
    co_await mutex.Unlock();
  }
  std::vector<Task<>> Tasks() { return List(Work('x'), Work('y'), Work('z')); }
};

class EverySamplingTest : public testing::TestWithParam<std::string> {};

TEST_P(EverySamplingTest, GivesTheSameExecutionsForTheSameSeed) {
  std::vector<uint64_t> hashes[3];
  for (int run = 0; run < 3; ++run) {
    auto strategy = Make(GetParam(), run < 2 ? 5 : 6);
    Runs<Mixed> runs;
    for (uint64_t i = 0; i < 200; ++i) {
      const Execution& execution = runs.Run(*strategy, i);
      ASSERT_TRUE(execution.outcome.passed());
      hashes[run].push_back(execution.trace.Hash());
    }
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_NE(hashes[0], hashes[2]);
}

TEST_P(EverySamplingTest, DependsOnEarlierExecutionsOfItsOwnRoundInNothing) {
  // Execution 100 after 64..99 and execution 100 right after the round's beginning.
  auto all = Make(GetParam(), 5);
  auto few = Make(GetParam(), 5);
  Runs<Mixed> runs;
  uint64_t expected = 0;
  for (uint64_t i = 0; i <= 100; ++i) expected = runs.Run(*all, i).trace.Hash();
  for (uint64_t i = 0; i < 64; ++i) runs.Run(*few, i);
  EXPECT_EQ(runs.Run(*few, 100).trace.Hash(), expected);
}

TEST_P(EverySamplingTest, SeesAllOrdersOfThreeTasks) {
  auto strategy = Make(GetParam(), 1);
  EXPECT_EQ(Sample<Mixed>(*strategy, 2000).size(), 6u);
}

// Waits for another task in a loop, with and without yielding.
template <bool kYields>
struct Spinner {
  std::string log;
  Cell flag{0};
  Task<> Wait() {
    for (;;) {
      int set = co_await flag.Load();
      if (set) break;
      if (kYields) co_await Yield();
    }
  }
  Task<> Set() { co_await flag.Store(1); }
  std::vector<Task<>> Tasks() { return List(Wait(), Wait(), Set()); }
};

TEST_P(EverySamplingTest, LoopsThatWaitForOthersEnd) {
  auto yielding = Make(GetParam(), 3);
  Sample<Spinner<true>>(*yielding, 300);
  auto busy = Make(GetParam(), 3);
  Runs<Spinner<false>> runs;
  uint64_t longest = 0;
  for (uint64_t i = 0; i < 300; ++i) {
    const Execution& execution = runs.Run(*busy, i);
    ASSERT_TRUE(execution.outcome.passed());
    longest = std::max(longest, execution.steps);
  }
  EXPECT_LT(longest, 100'000u);
}

TEST_P(EverySamplingTest, RunsWhereOnlyBlockingTasksSwitch) {
  Settings settings;
  settings.interleaving = Interleaving::kLoop;
  auto strategy = Make(GetParam(), 3);
  Runs<Mixed> runs(settings);
  for (uint64_t i = 0; i < 200; ++i) EXPECT_TRUE(runs.Run(*strategy, i).outcome.passed());
}

INSTANTIATE_TEST_SUITE_P(Strategies, EverySamplingTest, testing::ValuesIn(SamplingNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace fate::sim::sampling_test
