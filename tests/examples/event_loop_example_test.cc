// The usage of fate/runtime/event_loop.h, fate/task/run_task.h and fate/uv/uv_event_port.h.
#include "fate/runtime/event_loop.h"

#include <gtest/gtest.h>

#include "fate/task/run_task.h"
#include "fate/uv/uv_event_port.h"

namespace fate::event_loop_example_test {
namespace {

Task<int> Ask() { co_return 42; }

int Example(uint64_t seed) {
  UvEventPort port;
  EventLoop loop(port, seed);
  int answer = RunTask(loop, Ask());
  return answer;
}

int ExampleOfPort() {
  UvEventPort port;
  EventLoop loop(port);
  int answer = RunTask(loop, Ask());
  return answer;
}

TEST(UvEventPortExample, CompilesAndRuns) { EXPECT_EQ(ExampleOfPort(), 42); }
TEST(EventLoopExample, CompilesAndRuns) { EXPECT_EQ(Example(1), 42); }

}  // namespace
}  // namespace fate::event_loop_example_test
