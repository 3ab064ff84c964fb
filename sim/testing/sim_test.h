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
// The body runs 1000 times by default, at most for a minute, each time under another schedule; a
// search that time cut short says so. The first execution that does not pass fails the test, with
// its outcome, its interleaving and the command that replays it. A body that awaits nothing ends
// with `co_return;`.
//
// SIM_TEST_F(Fixture, Name) is the same on a fixture derived from testing::Test. Each execution
// makes its own: constructor, SetUp, the body, and TearDown when all tasks that keep the program
// going have ended; it is destroyed after all frames. If the execution fails, TearDown runs after
// its frames are destroyed, and what it reports counts for nothing. SetUpTestSuite and
// TearDownTestSuite are GoogleTest's.
//
// A third argument changes the options of one test; flags of the command line
// (fate/sim/testing/flags.h) win over it:
//
//   SIM_TEST(Server, RunsForEver, [](auto& o) { o.settings.horizon = absl::Hours(1); }) { ... }
//
// Inside the body, Replay("fate1-...") pins a schedule (fate/sim/testing/runner.h), and
// HasFailure() and its sisters tell of the execution that runs. Assertions: EXPECT_*, and
// fate/sim/testing/co_assert.h. Link fate_testing_main for a main that knows the flags. Tested by
// tests/testing/sim_test_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "fate/base/place.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/testing/co_assert.h"
#include "fate/sim/testing/runner.h"
#include "fate/task/task.h"

#define SIM_TEST(Suite, Name, ...) FATE_SIM_TEST_(Suite, Name, ::testing::Test, static, __VA_ARGS__)
#define SIM_TEST_F(Fixture, Name, ...) FATE_SIM_TEST_(Fixture, Name, Fixture, , __VA_ARGS__)

// ---------------------------------------------------------------------------------------------

namespace fate::sim::internal {

// Whether the execution that runs has failed by an assertion; by a fatal one.
bool ExecutionHasFailure();

// What the body sees of its own class.
template <class Parent>
class InSimulation : public Parent {
 public:
  using ExploreOptions = sim::ExploreOptions;
  using Interleaving = sim::Interleaving;
  static void Replay(const std::string& schedule, Place place = Place::current()) { sim::Replay(schedule, place); }
  static bool HasFailure() { return ExecutionHasFailure(); }
  static bool HasFatalFailure() { return ExecutionHasFailure(); }
  static bool HasNonfatalFailure() { return ExecutionHasFailure(); }
};

// The fixture of one execution.
class FixtureState final : public ExecutionState {
 public:
  explicit FixtureState(std::unique_ptr<::testing::Test> fixture) : fixture_(std::move(fixture)) {}
  ~FixtureState() override;
  void SetUp();
  void ProgramEnded() override;

 private:
  std::unique_ptr<::testing::Test> fixture_;
  bool torn_down_ = false;
};

// Begins one execution of the test that the class `Body` stands for.
template <class Body>
void Begin(Roots& roots, Place place) {
  if constexpr (requires { Body::FateBody(); }) {
    roots.Add(Body::FateBody(), "main", place);
  } else {
    auto fixture = std::make_unique<Body>();
    Body& body = *fixture;
    auto state = std::make_unique<FixtureState>(std::move(fixture));
    FixtureState& kept = *state;
    roots.Keep(std::move(state));
    kept.SetUp();
    if (!ExecutionHasFailure()) roots.Add(body.FateBody(), "main", place);
  }
}

// What GoogleTest makes and runs in the place of the body.
class SimTest final : public ::testing::Test {
 public:
  using BeginExecution = void (*)(Roots& roots, Place place);
  SimTest(BeginExecution begin, const Adjust& adjust, Place place) : begin_(begin), adjust_(adjust), place_(place) {}

 private:
  void TestBody() override {
    ExploreInTest([this](Roots& roots) { begin_(roots, place_); }, adjust_, place_);
  }
  BeginExecution begin_;
  const Adjust& adjust_;
  Place place_;
};

class SimTestFactory final : public ::testing::internal::TestFactoryBase {
 public:
  SimTestFactory(SimTest::BeginExecution begin, Adjust adjust, Place place)
      : begin_(begin), adjust_(std::move(adjust)), place_(place) {}
  ::testing::Test* CreateTest() override { return new SimTest(begin_, adjust_, place_); }

 private:
  SimTest::BeginExecution begin_;
  Adjust adjust_;
  Place place_;
};

// As TEST and TEST_F do, so that tests of all these kinds may share a suite; but GoogleTest's
// public RegisterTest would make the fixture itself, and once.
template <class Body, class Fixture>
::testing::TestInfo* Register(const char* suite, const char* name, Adjust adjust = nullptr,
                              Place place = Place::current()) {
  using Suite = ::testing::internal::SuiteApiResolver<Fixture>;
  const int line = static_cast<int>(place.line());
  return ::testing::internal::MakeAndRegisterTestInfo(
      suite, name, nullptr, nullptr, ::testing::internal::CodeLocation(place.file_name(), line),
      std::is_same_v<Fixture, ::testing::Test> ? ::testing::internal::GetTestTypeId()
                                               : ::testing::internal::GetTypeId<Fixture>(),
      Suite::GetSetUpCaseOrSuite(place.file_name(), line), Suite::GetTearDownCaseOrSuite(place.file_name(), line),
      new SimTestFactory(&Begin<Body>, std::move(adjust), place));
}

}  // namespace fate::sim::internal

#define FATE_SIM_TEST_(Suite, Name, Fixture, kStatic, ...)                                                          \
  class Suite##_##Name##_SimTest : public ::fate::sim::internal::InSimulation<Fixture> {                            \
   public:                                                                                                          \
    kStatic ::fate::Task<> FateBody();                                                                              \
                                                                                                                    \
   private:                                                                                                         \
    void TestBody() override {}                                                                                     \
    [[maybe_unused]] static ::testing::TestInfo* const registered_;                                                 \
  };                                                                                                                \
  ::testing::TestInfo* const Suite##_##Name##_SimTest::registered_ =                                                \
      ::fate::sim::internal::Register<Suite##_##Name##_SimTest, Fixture>(#Suite, #Name __VA_OPT__(, ) __VA_ARGS__); \
  FATE_MUST_BE_A_COROUTINE_                                                                                         \
  ::fate::Task<> Suite##_##Name##_SimTest::FateBody()
// A body that awaits nothing and lacks its co_return is an error, not a program that crashes.
#define FATE_MUST_BE_A_COROUTINE_ _Pragma("GCC diagnostic error \"-Wreturn-type\"")
