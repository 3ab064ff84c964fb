#include "fate/sim/core/named_schedule.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/core/schedule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

using ::testing::HasSubstr;

NamedDeviation OfTask() {
  return {ChoiceKind::kTask, "0.1", {OpKind::kLoad, 1}, 2, 0, NthOperation{OpKind::kStore, 1}, "0.2", 0, 0};
}

NamedSchedule Small() {
  NamedSchedule schedule{Interleaving::kOperation, 0x2a, {OfTask()}};
  schedule.deviations.push_back({ChoiceKind::kPartner, "0.2", {OpKind::kSend, 3}, 7, 2, {}, "", 1, 3});
  schedule.deviations.push_back({ChoiceKind::kTask, "timer3", {OpKind::kTimeout, 1}, 1, 0, {}, "timer12", 0, 0});
  return schedule;
}

std::string Sealed(const std::string& text) { return absl::StrCat(text, "-c", absl::Hex(ScheduleChecksum(text))); }

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<NamedSchedule> schedule = NamedSchedule::Parse(text);
  return schedule.ok() ? "no error" : std::string(schedule.status().message());
}

TEST(NamedScheduleTest, TheTextIsOneLineOfNames) {
  EXPECT_EQ(Small().ToText(), Sealed("fate1n-operation-s2a-t0.1:Load.1@2:Store.1=0.2-p0.2:Send.3@7+2=1/3"
                                     "-ttimer3:Timeout.1@1=timer12"));
}

TEST(NamedScheduleTest, WhatIsParsedIsWhatWasWritten) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    NamedSchedule schedule = Small();
    schedule.interleaving = interleaving;
    EXPECT_EQ(*NamedSchedule::Parse(schedule.ToText()), schedule);
  }
  const NamedSchedule none;
  EXPECT_EQ(*NamedSchedule::Parse(none.ToText()), none);
  // Before any step there is no operation to name.
  NamedSchedule first;
  first.deviations.push_back({ChoiceKind::kTask, "", {}, 0, 0, {}, "1", 0, 0});
  first.deviations.push_back({ChoiceKind::kDraw, "", {}, 0, 1, {}, "", 2, 4});
  EXPECT_EQ(*NamedSchedule::Parse(first.ToText()), first);
}

TEST(NamedScheduleTest, EveryKindOfOperationHasAName) {
  for (uint8_t kind = 0; kind <= static_cast<uint8_t>(OpKind::kWrite); ++kind) {
    NamedSchedule schedule{Interleaving::kOperation, 1, {OfTask()}};
    schedule.deviations[0].after = {static_cast<OpKind>(kind), 4};
    EXPECT_EQ(*NamedSchedule::Parse(schedule.ToText()), schedule) << ToString(static_cast<OpKind>(kind));
  }
}

TEST(NamedScheduleTest, ItIsToldFromTheFormByNumbers) {
  EXPECT_TRUE(NamedSchedule::IsNamed(Small().ToText()));
  EXPECT_FALSE(NamedSchedule::IsNamed(Schedule().ToText()));
  EXPECT_THAT(ErrorOf(Schedule().ToText()), HasSubstr("it does not begin with \"fate1n-\""));
}

TEST(NamedScheduleTest, AnAlteredTextIsNoticed) {
  const std::string text = Small().ToText();
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(ErrorOf(text.substr(0, size)), "no error") << size;
    std::string altered = text;
    altered[size] = altered[size] == '1' ? '2' : '1';
    EXPECT_NE(ErrorOf(altered), "no error") << altered;
  }
  EXPECT_THAT(ErrorOf(text.substr(0, text.size() - 12)), HasSubstr("copy the whole line"));
}

TEST(NamedScheduleTest, AMalformedTextWithAChecksumThatFitsSaysWhatIsWrong) {
  const char* cases[][2] = {
      {"fate1n-threads-s0", "the interleaving is none of fifo, loop, operation"},
      {"fate1n-operation-sx", "the seed is malformed"},
      {"fate1n-operation-s0-q=0.1", "unknown kind of choice 'q'"},
      {"fate1n-operation-s0-", "unknown kind of choice ''"},
      {"fate1n-operation-s0-t", "deviation 1 is malformed"},
      {"fate1n-operation-s0-t=", "deviation 1 is malformed"},
      {"fate1n-operation-s0-t=0.", "deviation 1 is malformed"},
      {"fate1n-operation-s0-t=0-t0:Fly.1@1=0", "deviation 2 is malformed"},
      {"fate1n-operation-s0-b=3/3", "option 3 of 3"},
      {"fate1n-operation-s0-t=0x", "there is something between the last deviation and the checksum"},
  };
  for (const auto& each : cases) EXPECT_THAT(ErrorOf(Sealed(each[0])), HasSubstr(each[1])) << each[0];
}

TEST(NamedScheduleTest, NoTextMakesParsingAbort) {
  Prng prng(5);
  const std::string alphabet = "fate1n-operationLoadStoretimer0123456789:@+=./-tmpbd";
  const std::string valid = Small().ToText();
  for (int round = 0; round < 20'000; ++round) {
    std::string text = valid.substr(0, 7 + prng.Below(60));
    for (uint32_t i = prng.Below(20); i > 0; --i) {
      text += alphabet[prng.Below(static_cast<uint32_t>(alphabet.size()))];
    }
    const absl::StatusOr<NamedSchedule> schedule = NamedSchedule::Parse(Sealed(text));
    // What parses at all is what it says.
    if (!schedule.ok()) continue;
    EXPECT_EQ(*NamedSchedule::Parse(schedule->ToText()), *schedule);
  }
}

TEST(NamedScheduleTest, WordsSayWhereItIs) {
  EXPECT_EQ(OfTask().ToWords(), "task 0.2 runs after Load 1 of task 0.1");
  EXPECT_EQ(Small().deviations[1].ToWords(), "option 1 of 3 is taken after Send 3 of task 0.2");
  NamedDeviation first;
  first.target = "1";
  EXPECT_EQ(first.ToWords(), "task 1 runs first");
}

}  // namespace
}  // namespace fate::sim
