// Worlds: one program, run by each runtime there is; what it logs must be the same.
//
//   TEST_P(OrderTest, UnlockHandsOver) {
//     auto program = [](Log& log) -> Task<> { log("a"); co_return; };
//     EXPECT_EQ(Run(program), "a");
//   }
//   CONFORMANCE(OrderTest);
//
// The worlds: libuv with real time, the production loop on a clock that is moved by hand, the simulator's
// FIFO loop, and the quiet run of its search. Real time is late at will, so a program must not depend on
// how long anything takes: it sleeps to points in time, or for times that differ by orders of magnitude.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "fate/runtime/event_loop.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/run_task.h"
#include "fate/uv/run.h"
#include "tests/runtime/manual_port.h"

namespace fate::conformance {

// What a program does, in words.
class Log {
 public:
  void operator()(const std::string& word) { text_ += (text_.empty() ? "" : " ") + word; }
  void operator()(int64_t number) { (*this)(std::to_string(number)); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

using Program = Task<> (*)(Log&);

constexpr uint64_t kSeed = 7;

inline std::string RunOnUv(Program program) {
  Log log;
  RunOptions options;
  options.seed = kSeed;
  options.signals = {};
  Run(program(log), options);
  return log.text();
}

inline std::string RunOnManualClock(Program program) {
  Log log;
  test::ManualPort port;
  EventLoop loop(port, kSeed);
  RunTask(loop, program(log));
  return log.text();
}

inline std::string RunSimulated(Program program, sim::Interleaving interleaving) {
  Log log;
  sim::ExploreOptions options;
  options.settings.interleaving = interleaving;
  options.strategy = "fifo";
  options.seed = kSeed;
  auto fresh = [&] {
    log = Log();
    return program(log);
  };
  sim::Report report = sim::Explore(fresh, options);
  EXPECT_EQ(report.executions, 1u);
  return report.passed() ? log.text() : report.ToText();
}

inline std::string RunOnSimulatedLoop(Program program) { return RunSimulated(program, sim::Interleaving::kFifo); }

inline std::string RunQuietly(Program program) { return RunSimulated(program, sim::Interleaving::kOperation); }

struct World {
  const char* name;
  std::string (*run)(Program);
};

inline void PrintTo(const World& world, std::ostream* out) { *out << world.name; }

constexpr World kWorlds[] = {
    {"Uv", RunOnUv},
    {"ManualClock", RunOnManualClock},
    {"SimulatedLoop", RunOnSimulatedLoop},
    {"QuietSearch", RunQuietly},
};

class ConformanceTest : public testing::TestWithParam<World> {
 protected:
  std::string Run(Program program) { return GetParam().run(program); }
  // Whether what is promised of the FIFO loops only can be expected.
  bool fifo() const { return GetParam().run != RunQuietly; }
};

}  // namespace fate::conformance

#define CONFORMANCE(suite)                                                           \
  INSTANTIATE_TEST_SUITE_P(, suite, testing::ValuesIn(::fate::conformance::kWorlds), \
                           [](const auto& info) { return std::string(info.param.name); })
