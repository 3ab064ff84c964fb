#include "fate/sim/check/sequential_consistency.h"

#include "fate/sim/check/register.h"
#include "gtest/gtest.h"

using namespace fate::sim;

TEST(SequentialConsistencyExample, Passes) {
  HistoryOf<Register<int>> history;
  history.Invoke(1, Register<int>::Write(5));
  history.Respond(1);
  history.Invoke(2, Register<int>::Read());
  history.Respond(2, 5);

  SequentialConsistencyResult result = CheckSequentialConsistency(history, Register<int>());
  EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
}
