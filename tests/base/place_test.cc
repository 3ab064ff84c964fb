#include "fate/base/place.h"

#include <gtest/gtest.h>

namespace fate {
namespace {

TEST(PlaceTest, TextIsTheLastTwoComponentsAndTheLine) {
  EXPECT_EQ(ShortPath("/a/b/c/d.cc"), "c/d.cc");
  EXPECT_EQ(ShortPath("c/d.cc"), "c/d.cc");
  EXPECT_EQ(ShortPath("d.cc"), "d.cc");
  EXPECT_EQ(ShortPath("/d.cc"), "/d.cc");
}

TEST(PlaceTest, NamesTheLineItWasTakenAt) {
  Place place = Place::current();
  EXPECT_EQ(ToString(place), "base/place_test.cc:" + std::to_string(__LINE__ - 1));
}

TEST(PlaceTest, APlaceThatWasNeverSetIsAQuestionMark) { EXPECT_EQ(ToString(Place()), "?"); }

TEST(PlaceTest, CostsAPointer) { EXPECT_EQ(sizeof(Place), sizeof(void*)); }

}  // namespace
}  // namespace fate
