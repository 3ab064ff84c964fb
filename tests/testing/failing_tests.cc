// Tests that fail, each in its way: sim_test_test.cc and others run them in a process of their own.
#include <signal.h>

#include <cstdlib>
#include <stdexcept>

#include "fate/runtime/check.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate {
namespace {

Task<> Increment(Atomic<int>& counter) {
  int before = co_await counter.Load();
  co_await counter.Store(before + 1);
}

Task<> IncrementTwice(Atomic<int>& counter) {
  JoinHandle<> first = co_await Spawn(Increment(counter), {.name = "first"});
  JoinHandle<> second = co_await Spawn(Increment(counter), {.name = "second"});
  co_await first.Join();
  co_await second.Join();
}

SIM_TEST(Failing, DISABLED_LosesAnUpdate) {
  Atomic<int> counter;
  co_await IncrementTwice(counter);
  EXPECT_EQ(counter.Peek(), 2) << "an update was lost";
}

void ExpectTwo(int value) { EXPECT_EQ(value, 2) << "in a helper"; }

SIM_TEST(Failing, DISABLED_ExpectsInAHelper) {
  Atomic<int> counter;
  co_await IncrementTwice(counter);
  ExpectTwo(counter.Peek());
  co_await Yield();
  ADD_FAILURE() << "not reached: the execution ended before";
}

SIM_TEST(Failing, DISABLED_CoAsserts) {
  Atomic<int> counter;
  co_await IncrementTwice(counter);
  CO_ASSERT_EQ(counter.Peek(), 2) << "an update was lost";
  ADD_FAILURE() << "not reached: CO_ASSERT left the task";
}

SIM_TEST(Failing, DISABLED_Deadlocks) {
  Mutex mutex;
  MutexGuard held = co_await mutex.Lock();
  MutexGuard again = co_await mutex.Lock();
}

SIM_TEST(Failing, DISABLED_Throws) {
  co_await Yield();
  throw std::runtime_error("no such file");
}

SIM_TEST(Failing, DISABLED_Skips) {
  co_await Yield();
  CO_SKIP() << "not on this machine";
  ADD_FAILURE() << "not reached: the test was skipped";
}

// Under some schedules only.
template <class Crash>
Task<> CrashIfLost(Crash crash) {
  Atomic<int> counter;
  co_await IncrementTwice(counter);
  if (counter.Peek() != 2) crash();
}

SIM_TEST(Failing, DISABLED_Aborts) {
  co_await CrashIfLost([] { std::abort(); });
}

SIM_TEST(Failing, DISABLED_AccessesBadMemory) {
  co_await CrashIfLost([] { raise(SIGSEGV); });
}

SIM_TEST(Failing, DISABLED_LoopsForEver) {
  co_await CrashIfLost([] {
    for (volatile bool forever = true; forever;) {
    }
  });
}

class BrokenFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(1, 2) << "in SetUp"; }
};

SIM_TEST_F(BrokenFixture, DISABLED_IsNotRun) {
  ADD_FAILURE() << "not reached: SetUp failed";
  co_return;
}

class BadEnd : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(1, 2) << "in TearDown"; }
};

SIM_TEST_F(BadEnd, DISABLED_FailsInTearDown) { co_await Yield(); }

// A schedule that fits nothing.
SIM_TEST(Failing, DISABLED_PinsAStrangeSchedule) {
  Replay("fate1-operation-s1-n0-cbad");
  co_await Yield();
}

SIM_TEST(Passing, DISABLED_KeepsUpdates) {
  Atomic<int> counter;
  JoinHandle<> other = co_await Spawn([](Atomic<int>& counter) -> Task<> { co_await counter.FetchAdd(1); }(counter));
  co_await counter.FetchAdd(1);
  co_await other.Join();
  EXPECT_EQ(counter.Peek(), 2);
}

SIM_TEST(Passing, DISABLED_IsAlone) { co_await Yield(); }

}  // namespace
}  // namespace fate
