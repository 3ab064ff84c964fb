#include "fate/sim/check/sequential_consistency.h"

#include "fate/sim/check/linearizability.h"
#include "fate/sim/check/map.h"
#include "fate/sim/check/register.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using Cell = Register<int>;
using Store = Map<std::string, int>;

TEST(SequentialConsistencyTest, AStaleReadOfAnotherClientIsRight) {
  HistoryOf<Cell> history;
  history.Invoke(1, Cell::Write(1));
  history.Respond(1);
  history.Invoke(2, Cell::Read());
  history.Respond(2, 0);
  EXPECT_EQ(CheckSequentialConsistency(history, Cell()).verdict, Verdict::kOk);
  EXPECT_EQ(CheckLinearizability(history, Cell()).verdict, Verdict::kIllegal);
}

TEST(SequentialConsistencyTest, AClientSeesItsOwnWrites) {
  HistoryOf<Cell> history;
  history.Invoke(1, Cell::Write(1));
  history.Respond(1);
  history.Invoke(1, Cell::Read());
  history.Respond(1, 0);
  const SequentialConsistencyResult result = CheckSequentialConsistency(history, Cell());
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.unplaced, std::vector<size_t>{1});
  EXPECT_EQ(result.text,
            "not sequentially consistent: this operation has no place:\n"
            "  client 1: read() -> 0 [events 3 to 4]\n"
            "the longest prefix that has an order:\n"
            "  client 1: write(1) [events 1 to 2]\n"
            "  which leaves it 1\n");
}

TEST(SequentialConsistencyTest, KeysAreCheckedTogether) {
  // Each key alone is sequentially consistent; both are not (Dekker's mutual exclusion).
  HistoryOf<Store> history;
  history.Invoke(1, Store::Put("x", 1));
  history.Respond(1);
  history.Invoke(2, Store::Put("y", 1));
  history.Respond(2);
  history.Invoke(1, Store::Get("y"));
  history.Respond(1, std::nullopt);
  HistoryOf<Store> right = history;
  history.Invoke(2, Store::Get("x"));
  history.Respond(2, std::nullopt);
  right.Invoke(2, Store::Get("x"));
  right.Respond(2, 1);
  EXPECT_EQ(CheckSequentialConsistency(history, Store()).verdict, Verdict::kIllegal);
  EXPECT_EQ(CheckSequentialConsistency(right, Store()).verdict, Verdict::kOk);
}

TEST(SequentialConsistencyTest, ALostOperationIsInNobodysOrder) {
  HistoryOf<Cell> history;
  history.Invoke(1, Cell::Write(5));
  history.Lose(1);
  history.Invoke(1, Cell::Read());
  history.Respond(1, 0);
  history.Invoke(1, Cell::Read());
  history.Respond(1, 5);
  EXPECT_EQ(CheckSequentialConsistency(history, Cell()).verdict, Verdict::kOk);
}

TEST(SequentialConsistencyTest, AtALimitItIsUnknown) {
  HistoryOf<Cell> history;
  history.Invoke(1, Cell::Write(1));
  history.Respond(1);
  history.Invoke(2, Cell::Read());
  history.Respond(2, 0);
  CheckLimits steps, bytes;
  steps.steps = 0;
  bytes.bytes = 0;
  const SequentialConsistencyResult result = CheckSequentialConsistency(history, Cell(), steps);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_NE(result.text.find("our limit of 0 steps was reached"), std::string::npos);
  EXPECT_EQ(CheckSequentialConsistency(history, Cell(), bytes).verdict, Verdict::kUnknown);
}

TEST(SequentialConsistencyTest, AnEmptyHistoryIsConsistent) {
  EXPECT_EQ(CheckSequentialConsistency(HistoryOf<Store>(), Store()).verdict, Verdict::kOk);
}

}  // namespace
}  // namespace fate::sim
