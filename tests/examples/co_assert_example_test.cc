#include "fate/sim/testing/sim_test.h"
#include "fate/sync/channel.h"
#include "gtest/gtest.h"

namespace fate::co_assert_example_test {
namespace {

constexpr bool supported = true;

SIM_TEST(CoAssertExample, Passes) {
  Channel<int> queue(1);
  co_await queue.Send(42);
  CO_ASSERT_EQ(co_await queue.Receive(), 42) << "after the first send";
  if (!supported) CO_SKIP() << "no such clock";
}

}  // namespace
}  // namespace fate::co_assert_example_test
