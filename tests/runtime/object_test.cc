#include "fate/runtime/object.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fate {
namespace {

std::vector<uint32_t> names;

struct Thing : Object {
  explicit Thing(Place place = Place::current()) : Object(ObjectKind::kCustom, place) {}
};

TEST(ObjectTest, NumbersCountFromOneInOrderOfFirstTouch) {
  Thing a, b;
  ObjectNumbers numbers;
  numbers.Restart();
  EXPECT_EQ(numbers.NumberOf(b, names), 1u);
  EXPECT_EQ(numbers.NumberOf(a, names), 2u);
  EXPECT_EQ(numbers.NumberOf(b, names), 1u);
}

TEST(ObjectTest, ARestartForgetsAllNumbers) {
  Thing a, b;
  ObjectNumbers numbers;
  numbers.Restart();
  numbers.NumberOf(a, names);
  numbers.Restart();
  EXPECT_EQ(numbers.NumberOf(b, names), 1u);
  EXPECT_EQ(numbers.NumberOf(a, names), 2u);
}

TEST(ObjectTest, AnObjectThatOutlivesANumberingIsNewToTheNext) {
  Thing a, b;
  ObjectNumbers first, second;
  first.Restart();
  second.Restart();
  EXPECT_EQ(first.NumberOf(a, names), 1u);
  EXPECT_EQ(second.NumberOf(b, names), 1u);
  EXPECT_EQ(second.NumberOf(a, names), 2u);
}

TEST(ObjectTest, TheNameIsNotedWithTheNumber) {
  Thing a, b;
  EXPECT_NE(a.name(), b.name());
  ObjectNumbers numbers;
  numbers.Restart();
  std::vector<uint32_t> noted;
  for (const Thing* thing : {&b, &a, &b}) numbers.NumberOf(*thing, noted);
  EXPECT_EQ(noted, (std::vector<uint32_t>{b.name(), a.name()}));
}

TEST(ObjectTest, KnowsItsKindAndItsPlace) {
  Thing thing;
  EXPECT_EQ(std::string(ToString(thing.kind())), "object");
  EXPECT_EQ(ToString(thing.place()), "runtime/object_test.cc:" + std::to_string(__LINE__ - 2));
  thing.ForEachHolder([](uint32_t id) { ADD_FAILURE() << "held by task " << id; });
}

}  // namespace
}  // namespace fate
