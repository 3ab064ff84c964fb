#include "fate/sim/check/history.h"

#include "fate/sim/check/register.h"
#include "fate/sim/explore/explorer.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using Registers = HistoryOf<Register<int>>;

TEST(HistoryTest, EachCallIsAnEventLaterThanAllBeforeIt) {
  Registers history;
  EXPECT_EQ(history.Invoke(7, Register<int>::Write(1)), 0u);
  EXPECT_EQ(history.Invoke(8, Register<int>::Read()), 1u);
  history.TookEffect(7);
  history.Respond(8, 0);
  history.Respond(7);
  EXPECT_EQ(history.events(), 5u);
  ASSERT_EQ(history.size(), 2u);
  const Span& write = history.operations()[0].span;
  const Span& read = history.operations()[1].span;
  EXPECT_EQ(write.client, 7u);
  EXPECT_EQ(write.invoked, 1u);
  EXPECT_EQ(write.effect, 3u);
  EXPECT_EQ(write.responded, 5u);
  EXPECT_EQ(read.effect, Span::kNever);
  EXPECT_EQ(read.responded, 4u);
  EXPECT_EQ(history.operations()[1].output, std::optional<std::optional<int>>(0));
}

TEST(HistoryTest, AnOperationPrecedesAnotherIfItRespondedBefore) {
  Registers history;
  history.Invoke(1, Register<int>::Read());
  history.Invoke(2, Register<int>::Read());
  history.Respond(1, 0);
  history.Invoke(3, Register<int>::Read());
  const auto& operations = history.operations();
  EXPECT_TRUE(operations[0].span.Precedes(operations[2].span));
  EXPECT_FALSE(operations[0].span.Precedes(operations[1].span));
  EXPECT_FALSE(operations[1].span.Precedes(operations[2].span));
  EXPECT_TRUE(operations[1].span.pending());
}

TEST(HistoryTest, AClientGoesOnAfterALostAndAFailedOperation) {
  Registers history;
  history.Invoke(1, Register<int>::Write(1));
  EXPECT_TRUE(history.IsOpen(1));
  history.Lose(1);
  EXPECT_FALSE(history.IsOpen(1));
  history.Invoke(1, Register<int>::Write(2));
  history.Fail(1);
  history.Invoke(1, Register<int>::Write(3));
  EXPECT_TRUE(history.operations()[0].span.lost);
  EXPECT_TRUE(history.operations()[0].span.pending());
  EXPECT_TRUE(history.operations()[1].span.failed);
}

TEST(HistoryDeathTest, MisuseSaysWhatToDo) {
  Registers history;
  EXPECT_DEATH(history.Respond(3, 1),
               "your program called Respond for client 3, which has no operation open: Invoke one first");
  EXPECT_DEATH(history.TookEffect(3), "called TookEffect for client 3, which has no operation open");
  EXPECT_DEATH(history.Fail(3), "called Fail for client 3, which has no operation open");
  EXPECT_DEATH(history.Lose(3), "called Lose for client 3, which has no operation open");
  history.Invoke(3, Register<int>::Read());
  EXPECT_DEATH(history.Invoke(3, Register<int>::Read()),
               "your program invoked an operation of client 3 while its operation 0 is open: Respond, Fail or Lose");
  history.TookEffect(3);
  EXPECT_DEATH(history.TookEffect(3), "called TookEffect for client 3 twice in one operation");
  EXPECT_DEATH(history.Fail(3), "said that an operation of client 3 took effect, and that it failed");
  history.Respond(3, 0);
  EXPECT_DEATH(history.Respond(3, 0), "which has no operation open");
}

TEST(HistoryTest, InTheSimulatorMisuseIsAFinding) {
  auto program = []() -> Task<> {
    Registers history;
    history.Respond(3, 1);
    co_return;
  };
  EXPECT_EQ(Explore(program).outcome.kind, OutcomeKind::kAssertionFailed);
}

}  // namespace
}  // namespace fate::sim
