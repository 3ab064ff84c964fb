#include "fate/sim/race/inside_choices.h"

#include <vector>

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

TEST(InsideChoicesTest, OptionsOfZeroAtTheEndMakeNoDifference) {
  InsideChoices choices;
  EXPECT_EQ(choices.NumberOf({}), InsideChoices::kPlain);
  EXPECT_EQ(choices.NumberOf({0, 0}), InsideChoices::kPlain);
  const uint32_t one = choices.NumberOf({0, 1});
  EXPECT_NE(one, InsideChoices::kPlain);
  EXPECT_EQ(choices.NumberOf({0, 1, 0}), one);
  EXPECT_NE(choices.NumberOf({1}), one);
  EXPECT_EQ(choices.At(one, 1), 1u);
  EXPECT_EQ(choices.At(one, 2), 0u);
  EXPECT_FALSE(choices.overflow());
}

TEST(InsideChoicesTest, ASetHasWhatWasExploredAndKnowsWhatIsLeft) {
  InsideChoices choices;
  const uint32_t one = choices.NumberOf({1});
  const uint32_t two = choices.NumberOf({2});
  uint32_t set = choices.With(InsideChoices::kNothing, {one});
  set = choices.Knowing(choices.Knowing(set, {two}), {});
  EXPECT_TRUE(choices.Has(set, {one}));
  EXPECT_FALSE(choices.Has(set, {one, 3}));  // with a partner
  EXPECT_FALSE(choices.Has(set, {two}));
  EXPECT_EQ(choices.Left(set), (std::vector<InsideChoices::Way>{{}, {two}}));
  const uint32_t plain = choices.With(set, {});
  EXPECT_EQ(choices.Left(plain), (std::vector<InsideChoices::Way>{{two}}));
  EXPECT_TRUE(choices.HasLeft(plain));
  EXPECT_FALSE(choices.HasLeft(choices.With(plain, {two})));
  EXPECT_EQ(choices.With(plain, {two}), choices.With(choices.With(set, {two}), {}));
}

TEST(InsideChoicesTest, WhereEachWasExploredNothingIsLeftWithThatPartner) {
  InsideChoices choices;
  const uint32_t one = choices.NumberOf({1});
  uint32_t set = choices.With(InsideChoices::kNothing, {InsideChoices::kEach, 3});
  EXPECT_TRUE(choices.Has(set, {one, 3}));
  EXPECT_FALSE(choices.Has(set, {one, 4}));
  EXPECT_EQ(choices.Knowing(set, {one, 3}), set);
  EXPECT_NE(choices.Knowing(set, {one, 4}), set);
}

TEST(InsideChoicesTest, PlainStepsAreAllThatASetHasAtFirst) {
  InsideChoices choices;
  EXPECT_TRUE(choices.Has(InsideChoices::kPlainOnly, {}));
  EXPECT_FALSE(choices.HasLeft(InsideChoices::kPlainOnly));
  EXPECT_FALSE(choices.Has(InsideChoices::kNothing, {}));
}

}  // namespace
}  // namespace fate::sim
