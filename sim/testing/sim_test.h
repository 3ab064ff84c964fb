// SIM_TEST: a GoogleTest test whose body is a coroutine, run under many schedules.
//
//   Usage:
//     SIM_TEST(Counter, KeepsEveryIncrement) {
//       Mutex mutex;
//       int counter = 0;
//       auto increment = [&]() -> Task<> {
//         MutexGuard guard = co_await mutex.Lock();
//         int seen = counter;
//         co_await Yield();
//         counter = seen + 1;
//       };
//       co_await WhenAll(increment(), increment());
//       EXPECT_EQ(counter, 2);
//     }
//
// Example: tests/examples/sim_test_example_test.cc
//
// The body runs 1000 times by default, each time with a fresh fixture and under another schedule; the
// first execution that does not pass fails the test, with its interleaving and the command that replays
// it. SIM_TEST_F(Fixture, Name) is the same on a fixture derived from testing::Test: each execution
// constructs its own, with SetUp before and TearDown after the body, or when the execution is torn down.
//
// A third argument changes the options of one test; flags of the command line win over it:
//
//   SIM_TEST(Server, RunsForEver, [](ExploreOptions& o) { o.settings.horizon = absl::Hours(1); }) { ... }
//
// The body is a member coroutine: locals live as long as it runs, members of the fixture as long as any
// task of the execution. Link fate_testing_main for a main that knows the flags (fate/sim/testing/flags.h).
// Tested by tests/testing/sim_test_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "fate/sim/testing/co_assert.h"
#include "fate/sim/testing/runner.h"
#include "fate/task/task.h"

namespace fate::sim::internal {

// One execution of a fixture: made inside the execution, kept until the next one begins.
template <class Test>
Task<> RunBody(std::unique_ptr<Test>& slot) {
  slot = std::make_unique<Test>();
  Test* test = slot.get();
  // TearDown runs once, whether the body ends or its frames are torn down.
  struct TearDownOnce {
    Test* test;
    ~TearDownOnce() { test->CallTearDown(); }
  };
  test->CallSetUp();
  TearDownOnce tear_down{test};
  co_await test->Body();
}

template <class Test, class... Adjusts>
void RunFixture(const char* file, int line, Adjusts... adjusts) {
  std::unique_ptr<Test> slot;
  auto program = [&slot]() {
    slot.reset();
    return RunBody<Test>(slot);
  };
  RunSimTest(file, line, program, {Adjust(adjusts)...});
}

}  // namespace fate::sim::internal

#define FATE_SIM_TEST_(Suite, Name, Fixture, ...)                                       \
  class Suite##_##Name##_Simulation : public Fixture {                                  \
   public:                                                                              \
    void TestBody() override {}                                                         \
    void CallSetUp() { this->SetUp(); }                                                 \
    void CallTearDown() { this->TearDown(); }                                           \
    ::fate::Task<> Body();                                                              \
  };                                                                                    \
  TEST(Suite, Name) {                                                                   \
    ::fate::sim::internal::RunFixture<Suite##_##Name##_Simulation>(__FILE__,            \
                                                                   __LINE__ __VA_OPT__(, ) __VA_ARGS__); \
  }                                                                                     \
  ::fate::Task<> Suite##_##Name##_Simulation::Body()

#define SIM_TEST(Suite, Name, ...) FATE_SIM_TEST_(Suite, Name, ::testing::Test __VA_OPT__(, ) __VA_ARGS__)
#define SIM_TEST_F(Fixture, Name, ...) FATE_SIM_TEST_(Fixture, Name, Fixture __VA_OPT__(, ) __VA_ARGS__)
