#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/condition_variable.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::condition_variable_example_test {
namespace {

struct Program {
  Mutex mutex;
  ConditionVariable changed;
  std::vector<int> queue;

  Task<int> Consume() {
    MutexGuard guard = co_await mutex.Lock();
    auto has_work = [&] { return !queue.empty(); };
    co_await changed.Wait(guard, has_work);
    co_return queue.back();
  }

  Task<> Produce() {
    MutexGuard guard = co_await mutex.Lock();
    queue.push_back(1);
    co_await changed.NotifyOne();
  }
};

Task<> Main() {
  Program program;
  JoinHandle<int> consumer = co_await Spawn(program.Consume());
  co_await program.Produce();
  EXPECT_EQ(co_await consumer.Join(), 1);
}

TEST(ConditionVariableExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::condition_variable_example_test
