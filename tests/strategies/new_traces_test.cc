#include "fate/sim/strategies/new_traces.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/random_walk.h"
#include "tests/detect/ground_truth.h"

namespace fate::sim {
namespace {

// A random walk that learns after each execution.
class Steered final : public Strategy {
 public:
  explicit Steered(uint64_t seed) : walk_(seed), new_traces_(seed) {}

  void BeginExecution(uint64_t number) override {
    walk_.BeginExecution(number);
    new_traces_.BeginExecution(number);
  }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t option = walk_.Choose(point);
    const uint32_t steered = new_traces_.Steer(point, option);
    steered_ += steered != option;
    return steered;
  }
  bool EndExecution(const Execution& execution) override {
    new_traces_.Note(execution);
    new_traces_.EndRound();
    return true;
  }

  const NewTraces& new_traces() const { return new_traces_; }
  uint64_t steered() const { return steered_; }  // choices

 private:
  RandomWalk walk_;
  NewTraces new_traces_;
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
