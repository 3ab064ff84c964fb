#include "fate/sim/core/schedule.h"

#include <stdio.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "fate/base/mix.h"
#include "fate/sim/core/prng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim::schedule_test {
namespace {

using ::testing::HasSubstr;

Choice ChoiceOf(uint32_t option, uint32_t options, ChoiceKind kind = ChoiceKind::kTask) {
  return {option, options, static_cast<uint32_t>(kind)};
}

Schedule Small() {
  Schedule schedule;
  schedule.seed = 0x2a;
  schedule.choices = 57;
  schedule.deviations = {{3, ChoiceOf(1, 2)}, {17, ChoiceOf(2, 3, ChoiceKind::kTimer)}};
  return schedule;
}

// A text with a checksum that fits, whatever the text.
std::string Sealed(std::string_view text) {
  uint64_t checksum = 0;
  for (char c : text) checksum = Mix(checksum, static_cast<unsigned char>(c));
  char digits[16];
  snprintf(digits, sizeof(digits), "-c%llx", static_cast<unsigned long long>(checksum & 0xffffffff));
  return std::string(text) + digits;
}

std::string ErrorOf(const std::string& text) {
  absl::StatusOr<Schedule> schedule = Schedule::Parse(text);
  if (schedule.ok()) return "no error";
  return std::string(schedule.status().message());
}

TEST(ScheduleTest, TextIsOneLineThatSaysAllThereIs) {
  const std::string text = Small().ToText();
  EXPECT_EQ(text.substr(0, text.rfind("-c")), "fate1-operation-s2a-n57-3t1/2-17m2/3");
  EXPECT_EQ(text, Sealed("fate1-operation-s2a-n57-3t1/2-17m2/3"));
}

TEST(ScheduleTest, TheQuietScheduleHasNoDeviations) {
  Schedule quiet;
  EXPECT_EQ(quiet.ToText(), Sealed("fate1-operation-s0-n0"));
  EXPECT_EQ(Schedule::Parse(quiet.ToText()).value(), quiet);
}

TEST(ScheduleTest, EveryScheduleSurvivesItsText) {
  Prng prng(1);
  for (int round = 0; round < 300; ++round) {
    Schedule schedule;
    schedule.interleaving = static_cast<Interleaving>(prng.Below(3));
    schedule.seed = prng.Next() >> prng.Below(64);
    for (uint32_t i = prng.Below(20); i > 0; --i) {
      schedule.choices += prng.Below(1000);
      uint32_t options = 2 + prng.Below(round % 2 == 0 ? 3 : (1u << 28) - 2);
      uint32_t option = 1 + prng.Below(options - 1);
      auto kind = static_cast<ChoiceKind>(prng.Below(5));
      schedule.deviations.push_back({schedule.choices++, ChoiceOf(option, options, kind)});
    }
    schedule.choices += prng.Below(1000);
    absl::StatusOr<Schedule> parsed = Schedule::Parse(schedule.ToText());
    ASSERT_TRUE(parsed.ok()) << schedule.ToText() << ": " << parsed.status();
    ASSERT_EQ(*parsed, schedule) << schedule.ToText();
  }
}

TEST(ScheduleTest, OfChoicesKeepsThoseThatAreNotQuiet) {
  Log<Choice> choices;
  choices.push_back(ChoiceOf(0, 2));
  choices.push_back(ChoiceOf(3, 4, ChoiceKind::kDraw));
  choices.push_back(ChoiceOf(0, 3));
  Schedule schedule = Schedule::Of(Interleaving::kLoop, 9, choices);
  EXPECT_EQ(schedule.choices, 3u);
  ASSERT_EQ(schedule.deviations.size(), 1u);
  EXPECT_EQ(schedule.deviations[0], (Deviation{1, ChoiceOf(3, 4, ChoiceKind::kDraw)}));
  EXPECT_EQ(schedule.ToText(), Sealed("fate1-loop-s9-n3-1d3/4"));
}

TEST(ScheduleTest, EachKindOfChoiceHasItsLetter) {
  EXPECT_EQ(LetterOf(ChoiceKind::kTask), 't');
  EXPECT_EQ(LetterOf(ChoiceKind::kTimer), 'm');
  EXPECT_EQ(LetterOf(ChoiceKind::kPartner), 'p');
  EXPECT_EQ(LetterOf(ChoiceKind::kBranch), 'b');
  EXPECT_EQ(LetterOf(ChoiceKind::kDraw), 'd');
}

TEST(ScheduleTest, WhatACrashWritesIsTheSameText) {
  Log<Choice> choices;
  for (uint32_t i = 0; i < 1000; ++i) choices.push_back(ChoiceOf(i % 3, 3));
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WriteSchedule(ends[1], Interleaving::kOperation, 77, choices.data(), choices.size());
  close(ends[1]);
  std::string written;
  char buffer[4096];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    written.append(buffer, static_cast<size_t>(got));
  }
  close(ends[0]);
  EXPECT_EQ(written, Schedule::Of(Interleaving::kOperation, 77, choices).ToText());
}

TEST(ScheduleTest, AForeignTextIsNoSchedule) {
  for (const char* text : {"", "f", "fat", "fate", "fatex", "fate-", "Fate1-operation-s0-n0-c0",
                           " fate1-operation-s0-n0-c0", "hello", "1", "-c", "\xff\xfe", "fate\n"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("not a schedule: it does not begin with \"fate1-\"")) << text;
  }
  EXPECT_THAT(ErrorOf("hello"), HasSubstr("copy the whole line that the failing run printed"));
}

TEST(ScheduleTest, ANewerVersionSaysWhichAndWhatToDo) {
  EXPECT_THAT(ErrorOf("fate2-whatever-it-is"),
              HasSubstr("the schedule is of version 2; this build of fate reads version 1: replay it "
                        "with the version of fate that printed it"));
  EXPECT_THAT(ErrorOf("fate17-operation-s0-n0-c0"), HasSubstr("version 17"));
  EXPECT_EQ(Schedule::Parse("fate2-x").status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Schedule::Parse("x").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ScheduleTest, ATruncatedTextIsRefusedWhereverItWasCut) {
  const std::string text = Small().ToText();
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_THAT(ErrorOf(text.substr(0, length)), HasSubstr("not a schedule: ")) << text.substr(0, length);
  }
  EXPECT_THAT(ErrorOf("fate1-operation-s2a-n57-3t1/2"),
              HasSubstr("it is truncated: the checksum at its end is missing"));
}

TEST(ScheduleTest, AnAlteredCharacterIsNoticedWhereverItIs) {
  const std::string text = Small().ToText();
  for (size_t i = 0; i < text.size(); ++i) {
    for (char c : {'0', '1', '7', 'a', 't', '-', '/', 'c', ' ', 'z'}) {
      std::string altered = text;
      altered[i] = c;
      if (altered == text) continue;
      EXPECT_NE(ErrorOf(altered), "no error") << altered;
    }
  }
  std::string altered = text;
  altered[altered.find("-3t")] = '+';
  EXPECT_THAT(ErrorOf(altered), HasSubstr("the checksum does not fit: it was cut or altered"));
}

TEST(ScheduleTest, WhatFollowsTheChecksumIsNoticed) {
  EXPECT_THAT(ErrorOf(Small().ToText() + " "), HasSubstr("the checksum at its end is malformed"));
  EXPECT_THAT(ErrorOf("fate1-operation-s0-n0-c"), HasSubstr("the checksum at its end is malformed"));
  EXPECT_THAT(ErrorOf("fate1-operation-s0-n0-cxyz"), HasSubstr("the checksum at its end is malformed"));
}

struct MalformedCase {
  const char* text;  // to be sealed
  const char* error;
};

TEST(ScheduleTest, AMalformedTextWithAChecksumThatFitsSaysWhatIsWrong) {
  const MalformedCase cases[] = {
      {"fate1-threads-s0-n0", "the interleaving is none of fifo, loop, operation"},
      {"fate1", "the interleaving is none of"},
      {"fate1-operation", "the interleaving is none of"},
      {"fate1-operation-sxyz-n0", "the seed is malformed"},
      {"fate1-operation-s-n0", "the seed is malformed"},
      {"fate1-operation-s10000000000000000-n0", "the seed is malformed"},
      {"fate1-operation-s0", "the number of choices is malformed"},
      {"fate1-operation-s0-n", "the number of choices is malformed"},
      {"fate1-operation-s0-n-1", "the number of choices is malformed"},
      {"fate1-operation-s0-n99999999999999999999", "the number of choices is malformed"},
      {"fate1-operation-s0-n9-", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3t", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3t1", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3t1/", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3t1/2x", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3t99999999999/2", "a deviation is malformed"},
      {"fate1-operation-s0-n9-3q1/2", "unknown kind of choice 'q'"},
      {"fate1-operation-s0-n9-3t0/2", "choice 3 has option 0 of 2"},
      {"fate1-operation-s0-n9-3t2/2", "choice 3 has option 2 of 2"},
      {"fate1-operation-s0-n9-3t1/268435456", "choice 3 has option 1 of 268435456"},
      {"fate1-operation-s0-n9-9t1/2", "choice 9 is out of order or past the end"},
      {"fate1-operation-s0-n9-3t1/2-3t1/2", "choice 3 is out of order or past the end"},
      {"fate1-operation-s0-n9-3t1/2-2t1/2", "choice 2 is out of order or past the end"},
  };
  for (const MalformedCase& each : cases) {
    EXPECT_THAT(ErrorOf(Sealed(each.text)), HasSubstr(each.error)) << each.text;
  }
}

TEST(ScheduleTest, NoTextMakesParsingAbort) {
  Prng prng(5);
  const std::string alphabet = "fate1-operationloopifs0123456789abcdefntmpbd/-c";
  const std::string valid = Small().ToText();
  for (int round = 0; round < 20'000; ++round) {
    std::string text = valid.substr(0, 6 + prng.Below(30));
    for (uint32_t i = prng.Below(20); i > 0; --i) {
      text += alphabet[prng.Below(static_cast<uint32_t>(alphabet.size()))];
    }
    absl::StatusOr<Schedule> schedule = Schedule::Parse(Sealed(text));
    // What parses at all is what it says.
    if (!schedule.ok()) continue;
    ASSERT_EQ(Schedule::Parse(schedule->ToText()).value(), *schedule) << text;
  }
}

}  // namespace
}  // namespace fate::sim::schedule_test
