#include <functional>

#include "fate/runtime/runtime.h"
#include "fate/sim/explore/explorer.h"
#include "fate/task/callback.h"
#include "gtest/gtest.h"

namespace fate::callback_example_test {
namespace {

// Of a library that knows nothing of coroutines.
struct Socket {
  void Read(std::function<void(int)> callback) {
    CurrentRuntime().Post([callback] { callback(5); });
  }
  void Cancel() {}
};

Task<> Main() {
  Socket socket;
  auto start = [&](Completion<int> done) { socket.Read([done](int bytes) { done(bytes); }); };
  auto abort = [&] { socket.Cancel(); };
  int bytes = co_await FromCallback<int>(start, abort);
  EXPECT_EQ(bytes, 5);
}

TEST(CallbackExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::callback_example_test
