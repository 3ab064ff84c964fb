// Everywhere: runs a program under every loop there is, and expects it to pass.
//
//   Everywhere([]() -> Task<> { co_await Sleep(absl::Hours(1)); });
//
// The program is called afresh for each execution. Production is the real event loop, on a clock
// that jumps; the simulator's loops are kFifo, kLoop and kOperation, at random and depth first.
// After tests/task/everywhere.h, which a test of another directory cannot include in both builds.

#ifndef FATE_TESTS_TIME_EVERYWHERE_H_
#define FATE_TESTS_TIME_EVERYWHERE_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "fate/runtime/event_loop.h"
#include "fate/runtime/event_port.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/run_task.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"

namespace fate {

inline sim::ExploreOptions OptionsOf(sim::Interleaving interleaving, std::string strategy,
                                     uint64_t executions) {
  sim::ExploreOptions options;
  options.settings.interleaving = interleaving;
  options.strategy = std::move(strategy);
  options.executions = executions;
  return options;
}

using Program = absl::FunctionRef<Task<>()>;

inline void InSimulator(Program program) {
  const sim::ExploreOptions all[] = {
      OptionsOf(sim::Interleaving::kFifo, "fifo", 1),
      OptionsOf(sim::Interleaving::kFifo, "depth_first", 100),
      OptionsOf(sim::Interleaving::kLoop, "random", 50),
      OptionsOf(sim::Interleaving::kOperation, "fifo", 1),
      OptionsOf(sim::Interleaving::kOperation, "random", 200),
      OptionsOf(sim::Interleaving::kOperation, "depth_first", 500),
  };
  for (const sim::ExploreOptions& options : all) {
    sim::Report report = sim::Explore(program, options);
    EXPECT_TRUE(report.passed()) << report.ToText();
    if (!report.passed() || testing::Test::HasFailure()) return;
  }
}

// A world in which nothing happens but that time passes, and only while the loop waits.
class JumpingPort : public EventPort {
 public:
  int64_t now_ns() override { return now_ns_; }
  absl::Time epoch() const override { return absl::UnixEpoch(); }
  void WaitUntil(int64_t deadline_ns) override {
    ASSERT_NE(deadline_ns, TimerQueue::kNever) << "waits for ever";
    if (deadline_ns > now_ns_) now_ns_ = deadline_ns;
  }
  void Poll() override {}
  void Wake() override {}
  void RunBlocking(std::function<void()>, std::function<void()>) override {}

 private:
  int64_t now_ns_ = 0;
};

inline void InProduction(Program program) {
  JumpingPort port;
  EventLoop loop(port, 1);
  RunTask(loop, program());
}

inline void Everywhere(Program program) {
  InSimulator(program);
  InProduction(program);
}

}  // namespace fate

#endif  // FATE_TESTS_TIME_EVERYWHERE_H_
