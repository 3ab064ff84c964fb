// Everywhere: runs a program under every loop there is, and expects it to pass.
//
//   Everywhere([]() -> Task<> { EXPECT_EQ(co_await Answer(), 42); co_return; });
//
// The program is called afresh for each execution. Production is the real event loop, on a clock
// that jumps; the simulator's loops are kFifo, kLoop and kOperation, at random and depth first.

#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "fate/runtime/event_loop.h"
#include "fate/runtime/event_port.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/run_task.h"
#include "fate/task/task.h"
#include "gtest/gtest.h"

namespace fate {

inline sim::ExploreOptions OptionsOf(sim::Interleaving interleaving, std::string strategy, uint64_t executions) {
  sim::ExploreOptions options;
  options.settings.interleaving = interleaving;
  options.strategy = std::move(strategy);
  options.executions = executions;
  // A million frames in one step take long with sanitizers on a busy machine; no wall clock decides a test.
  options.step_timeout = absl::ZeroDuration();
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

// A world in which nothing happens by itself: waiting makes the clock jump, and blocking work is
// done while the loop waits. Only a Wake from another thread is really waited for.
class JumpingPort : public EventPort {
 public:
  int64_t now_ns() override { return now_ns_; }
  absl::Time epoch() const override { return absl::UnixEpoch(); }
  void WaitUntil(int64_t deadline_ns) override {
    if (RunWork()) return;
    std::unique_lock lock(mutex_);
    if (deadline_ns == TimerQueue::kNever) {
      woken_.wait(lock, [this] { return wake_; });
    } else if (!wake_ && deadline_ns > now_ns_) {
      now_ns_ = deadline_ns;
    }
    wake_ = false;
  }
  void Poll() override { RunWork(); }
  void Wake() override {
    std::unique_lock lock(mutex_);
    wake_ = true;
    woken_.notify_one();
  }
  void RunBlocking(std::function<void()> work, std::function<void()> done) override {
    work_.push_back([work = std::move(work), done = std::move(done)] {
      {
        ContextScope elsewhere{Context()};
        work();
      }
      done();
    });
  }

 private:
  bool RunWork() {
    if (work_.empty()) return false;
    auto work = std::exchange(work_, {});
    for (std::function<void()>& one : work) one();
    return true;
  }

  int64_t now_ns_ = 0;
  std::vector<std::function<void()>> work_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false;
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

// The report of the search that has to fail.
inline sim::Report Failing(Program program, sim::Interleaving interleaving = sim::Interleaving::kOperation) {
  sim::Report report = sim::Explore(program, OptionsOf(interleaving, "random", 1000));
  EXPECT_FALSE(report.passed()) << report.ToText();
  return report;
}

}  // namespace fate
