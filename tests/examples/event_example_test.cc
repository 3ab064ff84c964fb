#include "fate/sim/explore/explorer.h"
#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "gtest/gtest.h"

namespace fate::event_example_test {
namespace {

Task<> Serve(Event& ready) { co_await ready.Wait(); }

Task<> Main() {
  Event ready;
  JoinHandle<> server = co_await Spawn(Serve(ready));
  co_await ready.Set();
  co_await ready.Wait();
  co_await server.Join();
  co_await ready.Reset();
  EXPECT_FALSE(ready.is_set());
}

TEST(EventExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::event_example_test
