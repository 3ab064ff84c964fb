#include "fate/sim/property/schedule_generator.h"

#include <numeric>
#include <utility>
#include <vector>

#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"
#include "gtest/gtest.h"

namespace fate::schedule_generator_example_test {
namespace {

Task<> Add(Atomic<int>& sum, int value) { co_await sum.FetchAdd(value); }

Task<> SumUp(std::vector<int> values) {
  Atomic<int> sum;
  std::vector<Task<>> adds;
  int expected = 0;
  for (int value : values) {
    adds.push_back(Add(sum, value % 1000));
    expected += value % 1000;
  }
  co_await WhenAll(std::move(adds));
  RC_ASSERT(sum.Peek() == expected);
}

TEST(ScheduleGeneratorExample, AllSchedulesGiveTheSameSum) {
  const bool holds = rc::check([](const std::vector<int>& values) {
    auto program = [values](sim::Roots& roots) { roots.Add(SumUp(values)); };
    const sim::Schedule schedule = *sim::SchedulesOf(program);
    RC_ASSERT(sim::RunSchedule(program, schedule).passed());
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace fate::schedule_generator_example_test
