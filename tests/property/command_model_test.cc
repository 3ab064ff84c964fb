#include "fate/sim/property/command_model.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim::internal {
namespace {

using ::testing::ElementsAre;

// A register: a write, or a read with what it gave.
struct Call {
  bool writes;
  int value;
  Span span;
};

Call At(uint32_t invoked, uint32_t responded, bool writes, int value) {
  Span span;
  span.invoked = invoked;
  span.responded = responded;
  return {writes, value, span};
}

std::vector<Span> SpansOf(const std::vector<Call>& calls) {
  std::vector<Span> spans;
  for (const Call& call : calls) spans.push_back(call.span);
  return spans;
}

CommandModel<int> ModelOf(const std::vector<Call>& calls) {
  return CommandModel<int>(0, [calls](uint32_t number, int& model) {
    if (calls[number].writes) model = calls[number].value;
    return model == calls[number].value;
  });
}

OrderOutcome Order(const std::vector<Call>& calls) {
  CommandModel<int> model = ModelOf(calls);
  CheckBudget budget{CheckLimits()};
  return SearchLinearization(SpansOf(calls), model, budget);
}

TEST(CommandModelTest, StatesAreTheSameIfTheyAreEqual) {
  CommandModel<int> model = ModelOf({At(1, 2, true, 7), At(3, 4, true, 0), At(5, 6, false, 9)});
  EXPECT_EQ(model.Apply(0, 0), 1u);
  EXPECT_EQ(model.state(1), 7);
  EXPECT_EQ(model.Apply(1, 1), 0u);
  EXPECT_EQ(model.Apply(1, 0), 1u);
  EXPECT_EQ(model.Apply(1, 2), NumberedModel::kNoState);
}

TEST(CommandModelTest, AReadDuringAWriteMayGiveEither) {
  for (const int seen : {0, 1}) {
    EXPECT_EQ(Order({At(1, 4, true, 1), At(2, 3, false, seen)}).verdict, Verdict::kOk);
  }
}

TEST(CommandModelTest, AReadAfterAWriteGivesIt) {
  EXPECT_EQ(Order({At(1, 2, true, 1), At(3, 4, false, 1)}).verdict, Verdict::kOk);
  EXPECT_EQ(Order({At(1, 2, true, 1), At(3, 4, false, 0)}).verdict, Verdict::kIllegal);
}

TEST(CommandModelTest, WhatOneHasSeenAnotherCannotMissLater) {
  // The write lasts all the time; the first read sees it, the second, called after, does not.
  const std::vector<Call> calls = {At(1, 6, true, 1), At(2, 3, false, 1), At(4, 5, false, 0)};
  const OrderOutcome found = Order(calls);
  EXPECT_EQ(found.verdict, Verdict::kIllegal);
  EXPECT_THAT(found.order, ElementsAre(0, 1));
  EXPECT_THAT(NotNext(SpansOf(calls), found.order), ElementsAre(2));
}

TEST(CommandModelTest, WhatIsCalledAfterAnotherReturnedIsNotNext) {
  const std::vector<Span> spans = SpansOf({At(3, 4, false, 0), At(1, 5, false, 0), At(6, 7, false, 0)});
  EXPECT_THAT(NotNext(spans, {}), ElementsAre(1, 0));
  EXPECT_THAT(NotNext(spans, {0}), ElementsAre(1));
  EXPECT_THAT(NotNext(spans, {0, 1}), ElementsAre(2));
  EXPECT_THAT(NotNext(spans, {0, 1, 2}), ElementsAre());
}

// What returned last may have been first.
TEST(CommandModelTest, AWriteThatLastsMayComeBeforeWhatReturnedBeforeIt) {
  const OrderOutcome found = Order({At(1, 6, true, 1), At(2, 3, false, 1), At(4, 5, true, 0)});
  EXPECT_EQ(found.verdict, Verdict::kOk);
  EXPECT_THAT(found.order, ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace fate::sim::internal
