#include "fate/sim/explore/failure_facts.h"

#include <gtest/gtest.h>

#include <string>

namespace fate::sim {
namespace {

LikelihoodPoint At(uint64_t step, uint32_t failures, bool inside = false) {
  return {step, step - 1, inside, 20, failures};
}

TEST(FailureFactsTest, TheLikelihoodIsSaidWhereItChanges) {
  EXPECT_EQ(LikelihoodWords({}), "");
  EXPECT_EQ(LikelihoodWords({At(2, 8), At(3, 9), At(4, 14), At(6, 20), At(7, 20)}),
            "40% before step 2, 70% before step 4, 100% from step 6 on");
  EXPECT_EQ(LikelihoodWords({At(2, 20), At(3, 20)}), "100% from step 2 on");
  EXPECT_EQ(LikelihoodWords({At(2, 2), At(3, 0), At(4, 1), At(5, 20)}),
            "10% before step 2, 0% before step 3, 100% from step 5 on");
  EXPECT_EQ(LikelihoodWords({At(2, 2), At(2, 10, true)}), "10% before step 2, 50% from step 2 on");
  EXPECT_EQ(LikelihoodWords({At(2, 2), At(2, 10, true), At(3, 2)}),
            "10% before step 2, 50% in step 2, 10% from step 3 on");
}

TEST(FailureFactsTest, NothingKnownIsNoText) { EXPECT_EQ(FactsText(FailureFacts()), ""); }

FailureFacts Known() {
  FailureFacts facts;
  facts.executions = 100;
  facts.setting.words = "needs another order of ready tasks";
  facts.setting.weakest = Interleaving::kLoop;
  facts.setting.schedule = "fate1-loop-s1-n2-0t1/2-c0";
  facts.nearest.schedule = "fate1-operation-s1-n2-1t1/2-c0";
  facts.nearest.pairs = {
      {1, 4, false, "step 2, a Load cell 1 at a.cc:1, came before step 5, b Store cell 1 at a.cc:2"}};
  facts.likelihood = {At(2, 10), At(3, 20)};
  return facts;
}

TEST(FailureFactsTest, EachFactIsAParagraph) {
  EXPECT_EQ(FactsText(Known()),
            "It needs another order of ready tasks.\n"
            "  fate1-loop-s1-n2-0t1/2-c0\n"
            "The nearest schedule that passes has one pair of steps the other way round:\n"
            "  step 2, a Load cell 1 at a.cc:1, came before step 5, b Store cell 1 at a.cc:2\n"
            "  fate1-operation-s1-n2-1t1/2-c0\n"
            "How likely it was, by 20 random walks from each choice: 50% before step 2, 100% from step 3 on.\n");
}

TEST(FailureFactsTest, OfManyPairsTwoAreShown) {
  FailureFacts facts;
  facts.nearest.schedule = "fate1-operation-s1-n0-c0";
  facts.nearest.pairs = {{0, 1, false, "one"}, {0, 2, false, "two"}, {0, 3, false, "three"}};
  EXPECT_EQ(FactsText(facts),
            "The nearest schedule that passes has 3 pairs of steps the other way round:\n"
            "  one\n  two\n  ...\n  fate1-operation-s1-n0-c0\n");
}

TEST(FailureFactsTest, WithoutAPairItWasAChoiceInsideASteps) {
  FailureFacts facts;
  facts.nearest.schedule = "fate1-operation-s1-n0-c0";
  EXPECT_EQ(FactsText(facts),
            "The nearest schedule that passes has the same order of steps, but other choices inside them:\n"
            "  fate1-operation-s1-n0-c0\n");
  facts.nearest = {};
  facts.nearest.executions = 7;
  EXPECT_EQ(FactsText(facts), "No schedule near it passes, of 7 tried.\n");
}

TEST(FailureFactsTest, OnlyIfIsSaidOfWhatHappens) {
  FailureFacts facts;
  facts.setting.words = "only if the await at a.cc:1 suspends";
  EXPECT_EQ(FactsText(facts), "It happens only if the await at a.cc:1 suspends.\n");
}

TEST(FailureFactsTest, LinesAreBrokenAtSpaces) {
  EXPECT_EQ(Wrapped("one two three four", 9, 0, 2), "one two\n  three\n  four\n");
  EXPECT_EQ(Wrapped("one two", 20, 2, 4), "  one two\n");
  EXPECT_EQ(Wrapped("unbreakable word", 5, 0, 2), "unbreakable\n  word\n");
  EXPECT_EQ(Wrapped("", 5, 0, 2), "\n");
}

}  // namespace
}  // namespace fate::sim
