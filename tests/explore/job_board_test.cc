#include "fate/sim/explore/job_board.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace fate::sim {
namespace {

TEST(JobBoardTest, WhatAProcessKeepsTheOthersRead) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(2);
  JobRound& round = board->Open(0, 8, 64);
  const pid_t child = ::fork();
  if (child == 0) {
    board->Enter(1, 0);
    const Choice choices[] = {{1, 2, 0}, {0, 3, 1}};
    board->Keep(choices, 2, round.Of(20).choices);
    board->Keep("text", round.Of(20).text);
    round.Of(20).made = true;
    board->note(1).running = 22;
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  const JobResult& result = round.Of(20);
  EXPECT_TRUE(result.made);
  EXPECT_FALSE(round.Of(21).made);
  Log<Choice> choices;
  result.choices.AppendTo(choices);
  ASSERT_EQ(choices.size(), 2u);
  EXPECT_EQ(choices[0], (Choice{1, 2, 0}));
  EXPECT_EQ(choices[1], (Choice{0, 3, 1}));
  EXPECT_EQ(std::string(result.text.data, result.text.size), "text");
  EXPECT_EQ(board->note(1).running, 22u);
  EXPECT_EQ(board->note(0).running, 0u);
}

TEST(JobBoardTest, ARoundStaysWhileTheNextIsMade) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1);
  JobRound& first = board->Open(0, 0, 1);
  board->Enter(0, 0);
  board->Keep("first", first.Of(0).text);
  JobRound& second = board->Open(1, 1, 8);
  board->Enter(0, 1);
  board->Keep("second", second.Of(1).text);
  EXPECT_EQ(std::string(board->round(0).Of(0).text.data, 5), "first");
  EXPECT_EQ(std::string(board->round(1).Of(1).text.data, 6), "second");
  // The third takes the place of the first.
  JobRound& third = board->Open(2, 8, 64);
  EXPECT_EQ(&third, &first);
  EXPECT_EQ(third.Of(8).text.size, 0u);
}

TEST(JobBoardTest, WhatDoesNotFitIsNotKept) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1, 4096);
  JobRound& round = board->Open(0, 0, 1);
  board->Enter(0, 0);
  const std::string much(3000, 'x');
  EXPECT_TRUE(board->Keep(much, round.Of(0).text));
  EXPECT_FALSE(board->Keep(much, round.Of(0).text));
  board->Enter(0, 1);
  EXPECT_TRUE(board->Keep(much, round.Of(0).text));
}

TEST(JobBoardTest, TheLowestNumberEndsARound) {
  std::unique_ptr<JobBoard> board = *JobBoard::Make(1);
  JobRound& round = board->Open(0, 64, 128);
  EXPECT_EQ(round.last, 127u);
  round.EndWith(100);
  round.EndWith(110);
  EXPECT_EQ(round.last, 100u);
  round.EndWith(64);
  EXPECT_EQ(round.last, 64u);
}

}  // namespace
}  // namespace fate::sim
