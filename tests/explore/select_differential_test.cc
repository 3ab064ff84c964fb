// Random small programs with Selects and rendezvous: where the portfolio or optimal DPOR says that it has seen
// everything, it has seen the traces of plain depth-first search, which tries every option of every choice. That holds
// TraceHash against the search; tests/race/differential_test.cc holds the search against an enumerator of its own.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs thirty times as many.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fate/base/mix.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/portfolio.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/split_reduced.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/select.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"

namespace fate::sim::select_differential_test {
namespace {

constexpr uint64_t kTooMany = 20'000;  // interleavings

enum class Do : uint8_t { kSend, kReceive, kWait, kSet, kStore, kSelect };

// kSelect: of two, each kSend, kReceive or kWait.
struct Op {
  Do what;
  Do first = Do::kSend, second = Do::kSend;
  uint8_t a = 0, b = 0;  // of which channel or event
};

struct SmallProgram {
  std::vector<size_t> capacities;
  std::vector<std::vector<Op>> tasks;

  std::string ToText() const {
    std::string text;
    for (size_t capacity : capacities) text += "chan(" + std::to_string(capacity) + ") ";
    for (const auto& task : tasks) {
      text += "{ ";
      for (const Op& op : task) {
        text += Name(op.what, op.a);
        if (op.what == Do::kSelect) text += "(" + Name(op.first, op.a) + Name(op.second, op.b) + ") ";
      }
      text += "} ";
    }
    return text;
  }
  static std::string Name(Do what, uint8_t object) {
    constexpr const char* kNames[] = {"send", "receive", "wait", "set", "store", "select"};
    return kNames[static_cast<size_t>(what)] + (what == Do::kSelect ? "" : std::to_string(object) + " ");
  }
};

SmallProgram Draw(uint64_t seed) {
  uint64_t state = Mix(seed, 1);
  auto below = [&state](uint64_t n) { return (state = Mix(state, 2)) % n; };
  SmallProgram program;
  for (int i = 0; i < 2; ++i) program.capacities.push_back(below(3) / 2);
  auto object = [&] { return static_cast<uint8_t>(below(2)); };
  uint64_t tasks = 2 + below(3);
  for (uint64_t task = 0; task < tasks; ++task) {
    std::vector<Op> ops(1 + below(tasks == 4 ? 2 : 3));
    for (Op& op : ops) {
      constexpr Do kMix[] = {Do::kSend, Do::kSend,  Do::kReceive, Do::kWait,
                             Do::kSet,  Do::kStore, Do::kSelect,  Do::kSelect};
      op = {kMix[below(8)], static_cast<Do>(below(3)), static_cast<Do>(below(3)), object(), object()};
    }
    program.tasks.push_back(ops);
  }
  return program;
}

struct World {
  explicit World(const SmallProgram& program) : a(program.capacities[0]), b(program.capacities[1]) {}
  Channel<int>& channel(uint8_t i) { return i == 0 ? a : b; }
  Event& event(uint8_t i) { return i == 0 ? c : d; }
  Channel<int> a, b;
  Event c, d;
  Atomic<int> cell;
};

template <class First>
Task<> SelectWith(World& world, const Op& op, First first) {
  if (op.second == Do::kSend) {
    co_await Select(first(), world.channel(op.b).Send(2));
  } else if (op.second == Do::kReceive) {
    co_await Select(first(), world.channel(op.b).Receive());
  } else {
    co_await Select(first(), world.event(op.b).Wait());
  }
}

Task<> Interpret(World& world, const std::vector<Op>& ops) {
  for (const Op& op : ops) {
    switch (op.what) {
      case Do::kSend:
        co_await world.channel(op.a).Send(1);
        break;
      case Do::kReceive:
        co_await world.channel(op.a).Receive();
        break;
      case Do::kWait:
        co_await world.event(op.a).Wait();
        break;
      case Do::kSet:
        co_await world.event(op.a).Set();
        break;
      case Do::kStore:
        co_await world.cell.Store(1);
        break;
      case Do::kSelect: {
        auto send = [&] { return world.channel(op.a).Send(3); };
        auto receive = [&] { return world.channel(op.a).Receive(); };
        auto wait = [&] { return world.event(op.a).Wait(); };
        if (op.first == Do::kSend) co_await SelectWith(world, op, send);
        if (op.first == Do::kReceive) co_await SelectWith(world, op, receive);
        if (op.first == Do::kWait) co_await SelectWith(world, op, wait);
        break;
      }
    }
  }
}

struct Found {
  std::set<uint64_t> traces;
  bool exhausted = false;
};

// `search` is told of `coverage`.
Found Explore(const SmallProgram& program, Strategy& search, Coverage& coverage, uint64_t executions) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  TraceHash hash;
  Found found;
  std::optional<World> world;
  auto run = [&](Roots& roots) {
    world.emplace(program);
    for (const auto& ops : program.tasks) roots.Add(Interpret(*world, ops));
  };
  for (uint64_t i = 0; i < executions && !found.exhausted; ++i) {
    const bool sampled = !search.fixed_draws();
    const Execution& execution = scheduler.Run(run, search, i, 1);
    found.traces.insert(hash.Of(execution));
    coverage.Note(execution, sampled);
    found.exhausted = !search.EndExecution(execution);
  }
  return found;
}

TEST(SelectDifferentialTest, ThePortfolioProvesOnlyWhatDepthFirstSearchFinds) {
  const uint64_t programs = test::Samples(300, 9000);
  uint64_t executions = 0;  // of optimal DPOR
  uint64_t traces = 0;
  uint64_t compared = 0;
  for (uint64_t seed = 0; compared < programs; ++seed) {
    SmallProgram program = Draw(seed);
    Coverage coverage;
    DepthFirst depth_first;
    Found all = Explore(program, depth_first, coverage, kTooMany);
    if (!all.exhausted || all.traces.size() < 2) continue;
    ++compared;
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    Coverage seen;
    Portfolio portfolio(seed, seen);
    Found found = Explore(program, portfolio, seen, 20 * kTooMany);
    ASSERT_TRUE(found.exhausted);
    ASSERT_EQ(found.traces, all.traces);
    Coverage planned;
    OptimalDpor dpor;
    Found reduced = Explore(program, dpor, planned, kTooMany);
    ASSERT_TRUE(reduced.exhausted);
    ASSERT_EQ(reduced.traces, all.traces);
    Coverage split_seen;
    SplitSourceDpor split(2, false);
    Found in_parts = Explore(program, split, split_seen, kTooMany);
    ASSERT_TRUE(in_parts.exhausted);
    ASSERT_EQ(in_parts.traces, all.traces);
    executions += dpor.traces() + dpor.redundant();
    traces += all.traces.size();
  }
  RecordProperty("executions", std::to_string(executions));
  RecordProperty("traces", std::to_string(traces));
}

}  // namespace
}  // namespace fate::sim::select_differential_test
