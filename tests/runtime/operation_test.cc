// The rules every operation follows, shown on one made for the purpose: a gate that opens and shuts.
#include "fate/runtime/operation.h"

#include <gtest/gtest.h>

#include <string>

#include "fate/runtime/awaitable.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"

namespace fate {
namespace {

struct Gate : Object {
  explicit Gate(Place place = Place::current()) : Object(ObjectKind::kCustom, place) {}
  bool open = false;
  int passed = 0;
  WaitList waiters;
};

struct Pass : Awaitable<Pass> {
  explicit Pass(Gate& gate) : Awaitable(OpKind::kWait, &gate), gate(gate) {}
  bool CanProceed() const override { return gate.open; }
  void Perform() override { ++gate.passed; }
  void Link() override { gate.waiters.PushBack(this); }
  int Result() { return gate.passed; }
  Gate& gate;
};

struct Open : Awaitable<Open, Operation> {
  static constexpr bool kCancellable = false;
  Open(Gate& gate, bool open) : Awaitable(OpKind::kSet, &gate), gate(gate), open(open) {}
  void Perform() override {
    gate.open = open;
    gate.waiters.Serve();
  }
  Gate& gate;
  bool open;
};

sim::ExploreOptions Every(sim::Interleaving interleaving) {
  sim::ExploreOptions options;
  options.strategy = "depth_first";
  options.executions = 100000;
  options.settings.interleaving = interleaving;
  return options;
}

class OperationTest : public testing::TestWithParam<sim::Interleaving> {};

Task<> PassAndLog(Gate& gate, std::string& log, char name) {
  co_await Pass(gate);
  log += name;
}

TEST_P(OperationTest, WaitersPassOnceTheGateOpens) {
  auto program = []() -> Task<> {
    Gate gate;
    std::string log;
    JoinHandle<> a = co_await Spawn(PassAndLog(gate, log, 'a'));
    JoinHandle<> b = co_await Spawn(PassAndLog(gate, log, 'b'));
    co_await Yield();
    FATE_CHECK(log.empty(), "passed a shut gate");
    co_await Open(gate, true);
    co_await a.Join();
    co_await b.Join();
    FATE_CHECK(gate.passed == 2 && log.size() == 2, "not everybody passed");
  };
  sim::Report report = sim::Explore(program, Every(GetParam()));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(report.exhausted);
}

TEST_P(OperationTest, ACancelledWaitHasNoEffectAndThrows) {
  auto program = []() -> Task<> {
    Gate gate;
    auto wait = [](Gate& gate) -> Task<bool> {
      try {
        co_await Pass(gate);
      } catch (const Cancelled&) {
        co_return true;
      }
      co_return false;
    };
    JoinHandle<bool> waiter = co_await Spawn(wait(gate));
    co_await Yield();
    co_await waiter.Cancel();
    bool thrown = co_await waiter.Join();
    FATE_CHECK(thrown && gate.passed == 0, "a cancelled wait took effect");
  };
  sim::Report report = sim::Explore(program, Every(GetParam()));
  EXPECT_TRUE(report.passed()) << report.ToText();
}

TEST_P(OperationTest, AnAwaitEitherTookEffectOrThrewNeverBoth) {
  auto program = []() -> Task<> {
    Gate gate;
    auto wait = [](Gate& gate) -> Task<int> {
      try {
        co_return co_await Pass(gate);
      } catch (const Cancelled&) {
      }
      co_return 0;
    };
    JoinHandle<int> waiter = co_await Spawn(wait(gate));
    auto opener = [](Gate& gate) -> Task<> { co_await Open(gate, true); };
    JoinHandle<> other = co_await Spawn(opener(gate));
    co_await waiter.Cancel();
    int passed = co_await waiter.Join();
    co_await other.Join();
    FATE_CHECK(passed == gate.passed, "took effect and threw, or neither");
  };
  sim::Report report = sim::Explore(program, Every(GetParam()));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(report.exhausted);
}

INSTANTIATE_TEST_SUITE_P(EveryInterleaving, OperationTest,
                         testing::Values(sim::Interleaving::kFifo, sim::Interleaving::kLoop,
                                         sim::Interleaving::kOperation),
                         [](const auto& info) { return ToString(info.param); });

TEST(OperationSizeTest, OneThatNeverWaitsIsSmall) {
  EXPECT_EQ(sizeof(Operation), 32u);
  EXPECT_EQ(sizeof(WaitingOperation), 64u);
}

TEST(OperationDeathTest, AwaitingOutsideARuntimeNamesWhatToCall) {
  // A coroutine of another library has no task of ours.
  struct Foreign {
    struct promise_type {
      Foreign get_return_object() { return {}; }
      std::suspend_never initial_suspend() { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() {}
    };
  };
  auto foreign = [](Gate& gate) -> Foreign { co_await Pass(gate); };
  Gate gate;
  EXPECT_DEATH(foreign(gate), "your program awaited outside a runtime: run the task with fate::Run");
}

}  // namespace
}  // namespace fate
