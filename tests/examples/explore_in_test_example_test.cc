#include <cstddef>
#include <optional>

#include "fate/sim/testing/runner.h"
#include "fate/sync/channel.h"
#include "fate/task/when_all.h"
#include "gtest/gtest.h"

namespace fate::explore_in_test_example_test {
namespace {

Task<> Send(Channel<int>& queue, int count) {
  for (int i = 0; i < count; ++i) co_await queue.Send(i);
}

Task<> Receive(Channel<int>& queue, int count) {
  for (int i = 0; i < count; ++i) {
    std::optional<int> received = co_await queue.Receive();
    EXPECT_EQ(received, i);
  }
}

Task<> SendAndReceive(size_t capacity) {
  Channel<int> queue(capacity);
  co_await WhenAll(Send(queue, 3), Receive(queue, 3));
}

class QueueTest : public ::testing::TestWithParam<size_t> {};

TEST_P(QueueTest, KeepsItsOrder) {
  sim::ExploreInTest([&](sim::Roots& roots) { roots.Add(SendAndReceive(GetParam())); });
}

INSTANTIATE_TEST_SUITE_P(Capacities, QueueTest, ::testing::Values(0, 1, 3));

}  // namespace
}  // namespace fate::explore_in_test_example_test
