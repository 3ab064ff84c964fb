#include "fate/sim/explore/explorer.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::cancel_example_test {
namespace {

Task<> Serve() {
  for (;;) co_await Yield();
}

Task<> SayGoodbye() { co_await Yield(); }

Task<> Main() {
  CancelScope* stop = nullptr;
  auto stopper = [&]() -> Task<> {
    while (stop == nullptr) co_await Yield();
    CancelNow(*stop);
  };
  JoinHandle<> handle = co_await Spawn(stopper());
  auto body = [&](CancelScope& scope) -> Task<> {
    stop = &scope;
    co_await Serve();
  };
  bool cut_short = co_await WithCancelScope(body);
  EXPECT_TRUE(cut_short);
  co_await Shield(SayGoodbye());
  co_await CheckCancelled();
  co_await handle.Join();
}

TEST(CancelExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::cancel_example_test
