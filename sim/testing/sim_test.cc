#include "fate/sim/testing/sim_test.h"

namespace fate::sim::internal {

namespace {

// SetUp and TearDown, which are protected, of any test.
struct Access : ::testing::Test {
  static void CallSetUp(::testing::Test& test) { (test.*&Access::SetUp)(); }
  static void CallTearDown(::testing::Test& test) { (test.*&Access::TearDown)(); }
};

}  // namespace

bool ExecutionHasFailure() {
  Scheduler* scheduler = CurrentScheduler();
  return scheduler != nullptr && scheduler->failed();
}

void FixtureState::SetUp() {
  if (!ExecutionHasFailure()) Access::CallSetUp(*fixture_);
}

void FixtureState::ProgramEnded() {
  torn_down_ = true;
  Access::CallTearDown(*fixture_);
}

FixtureState::~FixtureState() {
  if (torn_down_) return;
  try {
    Access::CallTearDown(*fixture_);
  } catch (...) {
    // The execution has failed by something else, which is what counts.
  }
}

}  // namespace fate::sim::internal
