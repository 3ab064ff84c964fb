#include "fate/runtime/object.h"

#include <gtest/gtest.h>

#include <string>

namespace fate {
namespace {

struct Thing : Object {
  explicit Thing(Place place = Place::current()) : Object(ObjectKind::kCustom, place) {}
};

TEST(ObjectTest, NumbersCountFromOneInOrderOfFirstTouch) {
  Thing a, b;
  ObjectNumbers numbers;
  numbers.Restart();
  EXPECT_EQ(numbers.NumberOf(b), 1u);
  EXPECT_EQ(numbers.NumberOf(a), 2u);
  EXPECT_EQ(numbers.NumberOf(b), 1u);
}

TEST(ObjectTest, ARestartForgetsAllNumbers) {
  Thing a, b;
  ObjectNumbers numbers;
  numbers.Restart();
  numbers.NumberOf(a);
  numbers.Restart();
  EXPECT_EQ(numbers.NumberOf(b), 1u);
  EXPECT_EQ(numbers.NumberOf(a), 2u);
}

TEST(ObjectTest, AnObjectThatOutlivesANumberingIsNewToTheNext) {
  Thing a, b;
  ObjectNumbers first, second;
  first.Restart();
  second.Restart();
  EXPECT_EQ(first.NumberOf(a), 1u);
  EXPECT_EQ(second.NumberOf(b), 1u);
  EXPECT_EQ(second.NumberOf(a), 2u);
}

TEST(ObjectTest, KnowsItsKindAndItsPlace) {
  Thing thing;
  EXPECT_EQ(std::string(ToString(thing.kind())), "object");
  EXPECT_EQ(ToString(thing.place()), "runtime/object_test.cc:" + std::to_string(__LINE__ - 2));
  EXPECT_EQ(thing.holder(), nullptr);
}

}  // namespace
}  // namespace fate
