#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fate/sim/explore/explorer.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "gtest/gtest.h"

namespace fate::timeout_example_test {
namespace {

Task<int> Ask() {
  co_await Sleep(absl::Seconds(1));
  co_return 42;
}

Task<> Send(int) { co_await Sleep(absl::Hours(48)); }

Task<> Main() {
  absl::Time midnight = Now() + absl::Hours(24);
  absl::StatusOr<int> answer = co_await WithTimeout(absl::Seconds(5), Ask());
  if (absl::IsDeadlineExceeded(answer.status())) co_return;
  absl::Status sent = co_await WithDeadline(midnight, Send(*answer));
  EXPECT_TRUE(absl::IsDeadlineExceeded(sent));
  EXPECT_EQ(Now(), midnight);
}

TEST(TimeoutExample, Passes) { EXPECT_TRUE(sim::Explore(Main).passed()); }

}  // namespace
}  // namespace fate::timeout_example_test
