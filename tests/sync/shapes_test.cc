#include "fate/sync/shapes.h"

#include <string>
#include <vector>

#include "fate/sim/core/trace.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

class Count : public internal::Action<Count> {
 public:
  explicit Count(int& count) : Action(OpKind::kExternal, nullptr), count_(count) {}
  void Perform() override { ++count_; }

 private:
  int& count_;
};

struct CancelledAction : Logged {
  int count = 0;
  Task<> Child() {
    try {
      co_await Yield();
    } catch (const Cancelled&) {
    }
    Count action(count);
    co_await action;
    log += std::to_string(count);
  }
  Task<> Main() {
    JoinHandle<> child = co_await Spawn(Child());
    co_await child.Cancel();
    co_await child.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ShapesTest, ActionTakesEffectInACancelledScope) { EXPECT_EQ(RunQueued<CancelledAction>(), "1"); }

class Step : public internal::Inner<Step, Operation> {
 public:
  Step() : Inner(OpKind::kExternal, nullptr) {}
};

constexpr int kLineOfTheAwait = __LINE__ + 8;
struct InnerStep : Logged {
  Task<> OfTheLibrary() {
    Step step;
    co_await step;
  }
  Task<> Main() {
    co_await Yield();
    co_await OfTheLibrary();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ShapesTest, InnerStandsWhereTheProgramAwaits) {
  sim::Fifo fifo;
  Executions executions(&Make<InnerStep>, sim::Interleaving::kOperation);
  const sim::Trace& trace = executions.Run(fifo, 0).trace;
  ASSERT_FALSE(trace.steps.empty());
  const sim::Step& last = trace.steps.back();
  EXPECT_EQ(last.kind, OpKind::kExternal);
  EXPECT_EQ(last.place.line(), static_cast<unsigned>(kLineOfTheAwait));
}

}  // namespace
}  // namespace fate::test
