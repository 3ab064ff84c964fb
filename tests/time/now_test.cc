#include "fate/time/now.h"

#include "absl/time/time.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(NowTest, TimePassesOnlyWhileATaskWaits) {
  Everywhere([]() -> Task<> {
    absl::Time start = Now();
    EXPECT_EQ(start, absl::UnixEpoch());
    for (int i = 0; i < 100; ++i) co_await Yield();
    EXPECT_EQ(Now(), start);
    co_await Sleep(absl::Nanoseconds(1));
    EXPECT_EQ(Now() - start, absl::Nanoseconds(1));
  });
}

TEST(NowDeathTest, OutsideARuntimeItIsMisuse) { EXPECT_DEATH(Now(), "outside a runtime"); }

}  // namespace
}  // namespace fate
