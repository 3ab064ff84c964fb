#include "fate/sim/explore/reruns.h"

#include <gtest/gtest.h>

#include "fate/sim/strategies/fifo.h"
#include "tests/base/samples.h"
#include "tests/explore/failing_runs.h"
#include "tests/explore/programs.h"

namespace fate::sim::reruns_test {
namespace {

using test::Failing;

void LostUpdate(Roots& roots) { roots.Add(test::LosesAnUpdate()); }

TEST(RerunsTest, RunAsOftenAsWasGrantedAndNoMoreThanTheWholeBudget) {
  Failing failing(LostUpdate, 1);
  Reruns reruns(failing.scheduler, failing.program, failing.told, 10);
  EXPECT_FALSE(reruns.Left()) << "nothing was granted";
  Fifo quiet;
  reruns.Grant(4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(reruns.left(), static_cast<uint64_t>(4 - i));
    reruns.Run(quiet);
  }
  EXPECT_FALSE(reruns.Left());
  reruns.Grant(100);
  EXPECT_EQ(reruns.left(), 6u);
  EXPECT_EQ(reruns.executions(), 4u);
}

TEST(RerunsTest, KnowTheFailureAgain) {
  Failing failing(LostUpdate, 1);
  Fifo quiet;
  EXPECT_FALSE(failing.reruns->Fails(failing.reruns->Run(quiet)));
  Replay replay(failing.told.schedule());
  EXPECT_TRUE(failing.reruns->Fails(failing.reruns->Run(replay)));
}

Task<> Long() {
  for (int i = 0; i < 3'000'000; ++i) co_await Yield();
  FATE_CHECK(false, "your program fails late");
}

TEST(RerunsTest, LongExecutionsEndItEarlier) {
  if (test::kSanitized) GTEST_SKIP() << "twelve million steps";
  Failing failing([](Roots& roots) { roots.Add(Long()); }, 1, /*shrunk=*/false);
  Fifo quiet;
  while (failing.reruns->Left()) failing.reruns->Run(quiet);
  EXPECT_EQ(failing.reruns->executions(), 4u) << "of 3 million steps each, of 10 million";
}

}  // namespace
}  // namespace fate::sim::reruns_test
