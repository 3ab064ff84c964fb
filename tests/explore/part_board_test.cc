#include "fate/sim/explore/part_board.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fate::sim {
namespace {

TEST(PartBoardTest, WhatAWorkerLeavesIsThereWhenItIsGone) {
  std::unique_ptr<PartBoard> board = *PartBoard::Make(2);
  if (::fork() == 0) {
    PartSlot& slot = board->slot(1);
    slot.records[5] = {7, 8, 0.5, true};
    slot.note.choice[3] = {1, 2, 0};
    slot.count = 6;
    board->given_up() = true;
    ::_exit(0);
  }
  ::wait(nullptr);
  EXPECT_EQ(board->slot(1).count, 6u);
  EXPECT_EQ(board->slot(1).records[5].canonical, 7u);
  EXPECT_EQ(board->slot(1).records[5].progress, 0.5);
  EXPECT_EQ(board->slot(1).note.choice[3], (Choice{1, 2, 0}));
  EXPECT_TRUE(board->given_up());
  EXPECT_EQ(board->slot(0).count, 0u);
  board->Clear(1);
  EXPECT_EQ(board->slot(1).count, 0u);
}

}  // namespace
}  // namespace fate::sim
