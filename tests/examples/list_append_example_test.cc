#include "fate/sim/check/list_append.h"

#include "gtest/gtest.h"

using namespace fate::sim;

TEST(ListAppendExample, Passes) {
  ListAppendHistory history;
  history.Begin(1);
  history.Read(1, "x", {});  // client 1 read the empty list x
  history.Begin(2);
  history.Read(2, "x", {});
  history.Append(2, "x", 20);
  history.Commit(2);
  history.Append(1, "x", 10);
  history.Commit(1);
  history.Begin(3);
  history.Read(3, "x", {20, 10});  // client 1's update overlooked client 2's
  history.Commit(3);
  ListAppendResult result = CheckListAppend(history);
  EXPECT_TRUE(result.Has(Anomaly::kGSingle)) << result.text;
}
