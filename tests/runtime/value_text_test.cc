#include "fate/runtime/value_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fate/runtime/shared.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/strategies/replay.h"
#include "fate/task/yield.h"

namespace fate {
namespace {

TEST(ValueTextTest, PlainValuesAreWrittenAsTheyAre) {
  EXPECT_EQ(ValueText(3), "3");
  EXPECT_EQ(ValueText(int8_t{-3}), "-3");
  EXPECT_EQ(ValueText(uint64_t{18446744073709551615u}), "18446744073709551615");
  EXPECT_EQ(ValueText(2.5), "2.5");
  EXPECT_EQ(ValueText(true), "true");
  EXPECT_EQ(ValueText('a'), "\"a\"");
  enum class Color { kRed, kGreen };
  EXPECT_EQ(ValueText(Color::kGreen), "1");
}

TEST(ValueTextTest, TextIsQuotedOnOneLineAndShortened) {
  EXPECT_EQ(ValueText(std::string("disk full")), "\"disk full\"");
  EXPECT_EQ(ValueText(std::string_view("a\nb\x01")), "\"a b?\"");
  EXPECT_EQ(ValueText("literal"), "\"literal\"");
  EXPECT_EQ(ValueText(std::string(100, 'x')), "\"" + std::string(20, 'x') + "...");
}

TEST(ValueTextTest, WhatIsMadeOfPartsIsWrittenByThem) {
  EXPECT_EQ(ValueText(std::vector<int>{1, 2, 3}), "[1, 2, 3]");
  EXPECT_EQ(ValueText(std::vector<bool>{true, false}), "[true, false]");
  EXPECT_EQ(ValueText(std::map<int, std::string>{{1, "a"}}), "[(1, \"a\")]");
  EXPECT_EQ(ValueText(std::optional<int>(7)), "7");
  EXPECT_EQ(ValueText(std::optional<int>()), "nothing");
  EXPECT_EQ(ValueText(std::vector<int>(100, 7)), "[7, 7, 7, 7, 7, 7, 7,...");
}

// An address differs from run to run.
TEST(ValueTextTest, OfAPointerOnlyWhetherItIsNull) {
  int value = 0;
  EXPECT_EQ(ValueText(&value), "not null");
  EXPECT_EQ(ValueText(static_cast<int*>(nullptr)), "null");
  EXPECT_EQ(ValueText(static_cast<const char*>(nullptr)), "null");
  EXPECT_EQ(ValueText(static_cast<const char*>("what is there may be gone")), "not null");
  EXPECT_EQ(ValueText(std::make_shared<int>(1)), "not null");
  EXPECT_EQ(ValueText(std::unique_ptr<int>()), "null");
}

struct Opaque {
  int hidden = 1;
};
struct Money {
  int amount;
};
std::ostream& operator<<(std::ostream& out, const Money& money) { return out << money.amount << " EUR"; }
struct Awkward {};
std::ostream& operator<<(std::ostream&, const Awkward&) { throw std::runtime_error("no"); }
struct Located {
  const int* where;
};
std::ostream& operator<<(std::ostream& out, const Located& located) {
  return out << "at " << static_cast<const void*>(located.where) << "!";
}

TEST(ValueTextTest, TypesOfTheProgramSpeakThroughTheirStreams) {
  EXPECT_EQ(ValueText(Money{5}), "5 EUR");
  EXPECT_EQ(ValueText(Awkward{}), "");
  EXPECT_EQ(ValueText(Opaque{}), "");
  int value = 0;
  EXPECT_EQ(ValueText(Located{&value}), "at (address)!");
}

TEST(ValueTextTest, ReadWrittenAndChangedAreTold) {
  EXPECT_EQ(ReadText("3"), "= 3");
  EXPECT_EQ(WrittenText("3"), ":= 3");
  EXPECT_EQ(ChangedText("3", "4"), "3 -> 4");
  EXPECT_EQ(ReadText(""), "");
  EXPECT_EQ(WrittenText(""), "");
  EXPECT_EQ(ChangedText("", "4"), "");
}

// What is asked for a story must not be a step of the program.
struct Nosy {
  const Shared<int>* other;
};
std::ostream& operator<<(std::ostream& out, const Nosy& nosy) { return out << nosy.other->Read(); }

TEST(ValueTextTest, ItsAccessesAreNoneOfTheProgram) {
  Shared<int> other(8);
  auto program = [&other](sim::Roots& roots) {
    roots.Add([](const Shared<int>& watched) -> Task<> {
      Shared<Nosy> nosy(Nosy{&watched});
      co_await Yield();
      nosy.Write(Nosy{&watched});
    }(other));
  };
  sim::Settings settings;
  settings.record_accesses = true;
  settings.tell = true;
  sim::Scheduler scheduler(settings);
  sim::Replay quiet(sim::Schedule{});
  const sim::Execution& execution = scheduler.Run(program, quiet);
  ASSERT_EQ(execution.trace.accesses.size(), 1u);
  ASSERT_EQ(execution.trace.telling.access_values.size(), 1u);
  EXPECT_EQ(execution.trace.telling.access_values[0].text, ":= 8");
}

}  // namespace
}  // namespace fate
