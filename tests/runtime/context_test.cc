#include "fate/runtime/context.h"

#include <gtest/gtest.h>

#include <thread>

namespace fate {
namespace {

TEST(ContextTest, IsEmptyOutsideARuntimeAndOnEachNewThread) {
  EXPECT_EQ(context.task, nullptr);
  EXPECT_EQ(context.runtime, nullptr);
  int mark = 0;
  ContextScope scope({.runtime = reinterpret_cast<Runtime*>(&mark)});
  bool empty = false;
  std::thread([&empty] { empty = context.runtime == nullptr; }).join();
  EXPECT_TRUE(empty);
}

TEST(ContextTest, AScopeRestoresWhatWasThere) {
  int mark = 0;
  {
    ContextScope scope({.runtime = reinterpret_cast<Runtime*>(&mark)});
    EXPECT_EQ(context.runtime, reinterpret_cast<Runtime*>(&mark));
  }
  EXPECT_EQ(context.runtime, nullptr);
}

}  // namespace
}  // namespace fate
