#include "fate/sim/explore/shared_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

namespace fate::sim {
namespace {

TEST(SharedMemoryTest, WhatAProcessWritesTheOthersRead) {
  const SharedMemory memory = *SharedMemory::Map(SharedMemory::Paged(100), 2);
  EXPECT_EQ(memory.data()[99], 0);
  const pid_t child = ::fork();
  if (child == 0) {
    memory.data()[99] = 'x';
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(memory.data()[99], 'x');
}

TEST(SharedMemoryTest, GoesWithItsOwner) {
  SharedMemory first = *SharedMemory::Map(4096, 1);
  char* data = first.data();
  SharedMemory second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(first.data(), nullptr);
}

TEST(SharedMemoryTest, PagesAreWhole) {
  EXPECT_EQ(SharedMemory::Paged(0), 0u);
  EXPECT_EQ(SharedMemory::Paged(1), 4096u);
  EXPECT_EQ(SharedMemory::Paged(4096), 4096u);
}

TEST(SharedMemoryTest, TooMuchIsAnErrorThatSaysWhatToDo) {
  EXPECT_THAT(
      SharedMemory::Map(size_t{1} << 60, 9).status().message(),
      testing::AllOf(testing::HasSubstr("our limit: the memory that 9 worker processes share (1099511627776 MiB"),
                     testing::HasSubstr("use fewer --fate_jobs")));
}

}  // namespace
}  // namespace fate::sim
