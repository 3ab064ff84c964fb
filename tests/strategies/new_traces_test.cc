#include "fate/sim/strategies/new_traces.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/random_walk.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// A random walk that knows what it chose last, and how often it was told of another choice.
class Walk final : public Numbered {
 public:
  explicit Walk(uint64_t seed) : walk_(seed) {}
  void Prepare(uint64_t number) override { walk_.Prepare(number); }
  void BeginExecution(uint64_t number) override { walk_.BeginExecution(number); }
  uint32_t Choose(const ChoicePoint& point) override { return last = walk_.Choose(point); }
  bool LearnFrom(const Execution& execution, const Finding& finding) override {
    return walk_.LearnFrom(execution, finding);
  }
  void Overruled() override { ++overruled; }

  uint32_t last = Strategy::kStop;
  uint64_t overruled = 0;

 private:
  RandomWalk walk_;
};

// A walk that learns after each execution. Not `sampled`: what it is told of is said to be made by a search.
class Steered final : public Strategy {
 public:
  explicit Steered(uint64_t seed, bool sampled = true) : walk_(seed), new_traces_(seed), sampled_(sampled) {}

  void BeginExecution(uint64_t number) override {
    walk_.BeginExecution(number);
    new_traces_.BeginExecution(number);
  }
  uint32_t Choose(const ChoicePoint& point) override {
    walk_.last = Strategy::kStop;
    const uint32_t steered = new_traces_.Choose(point, walk_);
    steered_ += steered != walk_.last;
    return steered;
  }
  bool EndExecution(const Execution& execution) override {
    new_traces_.Note(execution, sampled_);
    new_traces_.EndRound();
    return true;
  }

  const NewTraces& new_traces() const { return new_traces_; }
  uint64_t steered() const { return steered_; }  // choices
  uint64_t overruled() const { return walk_.overruled; }

 private:
  Walk walk_;
  NewTraces new_traces_;
  bool sampled_;
  uint64_t steered_ = 0;
};

// How many different traces so many executions are.
size_t Traces(Program program, Strategy& strategy, uint64_t executions) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  TraceHash hash;
  std::set<uint64_t> seen;
  for (uint64_t number = 0; number < executions; ++number) {
    const Execution& execution = scheduler.Run(program, strategy, number);
    seen.insert(hash.Of(execution));
    strategy.EndExecution(execution);
  }
  return seen.size();
}

// A writer and a reader: two traces, and whichever came first, the second is the other.
TEST(NewTracesTest, OfTwoTracesTheSecondIsTheOther) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Steered strategy(seed);
    EXPECT_EQ(Traces(ground_truth::Readers(1, 2).program, strategy, 2), 2u) << seed;
    EXPECT_EQ(strategy.new_traces().traces(), 2u);
  }
}

// A writer and three readers: each reads before the write or after it. Eight samples of eight traces of the same
// probability are 5.25 traces in the mean; a walk's are not of the same.
TEST(NewTracesTest, SamplesAreMoreTraces) {
  size_t steered = 0;
  size_t walked = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Steered strategy(seed);
    steered += Traces(ground_truth::Readers(3, 8).program, strategy, 8);
    RandomWalk walk(seed);
    walked += Traces(ground_truth::Readers(3, 8).program, walk, 8);
  }
  EXPECT_LE(walked, 500u);
  EXPECT_GE(steered, 560u);
}

// Where every sample is new nothing is steered but what begins like one that was seen.
TEST(NewTracesTest, WhatIsNewIsLeftToTheSampler) {
  Steered strategy(3);
  EXPECT_EQ(Traces(ground_truth::Increments(5, 14400).program, strategy, 100), 100u);
  EXPECT_LE(strategy.steered(), 100u);
}

TEST(NewTracesTest, TheSamplerIsToldOfEachChoiceThatWasNotItsOwn) {
  Steered strategy(3);
  Traces(ground_truth::Readers(3, 8).program, strategy, 8);
  EXPECT_GT(strategy.steered(), 0u);
  EXPECT_EQ(strategy.overruled(), strategy.steered());
}

// Two requests that look whether there is something idle, and take it later (B14 of the corpus): one of three walks
// fails. What one does inside its step decides what the other does, so that a race that is turned round may be none,
// and leads back to a trace that was seen.
struct Idle {
  Shared<std::vector<int>> services{std::vector<int>{1}};
  Atomic<int> middleware;
  Task<> Request() {
    const bool none = services.Read().empty();
    co_await middleware.Load();
    const bool took = services.Update([](std::vector<int>& all) { return !all.empty() && (all.pop_back(), true); });
    FATE_CHECK(took || none, "it was taken by the other");
    co_await middleware.Load();
    if (took) services.Update([](std::vector<int>& all) { all.push_back(1); });
  }
};

TEST(NewTracesTest, WhatIsSteeredInVainIsLeftToTheSamplerEverMoreOften) {
  const auto program = [](Roots& roots) {
    auto idle = std::make_shared<Idle>();
    for (int i = 0; i < 2; ++i) {
      roots.Add([](std::shared_ptr<Idle> shared) -> Task<> { co_await shared->Request(); }(idle));
    }
  };
  const auto finds = [&](uint64_t seed, bool sampled) {
    Settings settings;
    settings.record_accesses = true;
    Scheduler scheduler(settings);
    Steered strategy(seed, sampled);
    for (uint64_t number = 0; number < 200; ++number) {
      const Execution& execution = scheduler.Run(program, strategy, number);
      if (!execution.outcome.passed()) return true;
      strategy.EndExecution(execution);
    }
    return false;
  };
  int found = 0;
  int found_if_always_steered = 0;  // what a search repeats is no reason to steer less
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    found += finds(seed, true);
    found_if_always_steered += finds(seed, false);
  }
  EXPECT_EQ(found, 200);
  EXPECT_LT(found_if_always_steered, 200);
}

Task<> Count(Atomic<int>& cell, int times) {
  for (int i = 0; i < times; ++i) co_await cell.FetchAdd(1);
}

TEST(NewTracesTest, LongExecutionsAreNotKept) {
  const auto program = [](Roots& roots) {
    auto cell = std::make_shared<Atomic<int>>();
    roots.Add([](std::shared_ptr<Atomic<int>> counted) -> Task<> { co_await Count(*counted, 70); }(cell));
    roots.Add([](std::shared_ptr<Atomic<int>> counted) -> Task<> { co_await Count(*counted, 70); }(cell));
  };
  Steered strategy(1);
  Traces(program, strategy, 3);
  EXPECT_EQ(strategy.new_traces().traces(), 0u);
}

}  // namespace
}  // namespace fate::sim
