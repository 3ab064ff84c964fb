#include "fate/runtime/frame_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace fate {
namespace {

TEST(FramePoolTest, OutsideARuntimeTheHeapServes) {
  void* block = FramePool::Allocate(100);
  std::memset(block, 1, 100);
  FramePool::Free(block, 100);
}

TEST(FramePoolTest, BlocksGoBackToTheirPoolWhoeverFreesThem) {
  auto* pool = new FramePool;
  void* block;
  {
    ContextScope scope({.frames = pool});
    block = FramePool::Allocate(200);
  }
  EXPECT_EQ(pool->live(), 1u);
  FramePool::Free(block, 200);
  EXPECT_EQ(pool->live(), 0u);
  pool->Close();
}

TEST(FramePoolTest, InSteadyStateMemoryIsReused) {
  auto* pool = new FramePool;
  {
    ContextScope scope({.frames = pool});
    std::vector<void*> blocks;
    for (size_t size = 1; size < 5000; size += 61) blocks.push_back(FramePool::Allocate(size));
    size_t i = 0;
    for (size_t size = 1; size < 5000; size += 61) FramePool::Free(blocks[i++], size);
    size_t reserved = pool->reserved_bytes();
    for (int round = 0; round < 100; ++round) {
      blocks.clear();
      for (size_t size = 1; size < 5000; size += 61) {
        blocks.push_back(FramePool::Allocate(size));
        EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % 16, 0u);
        std::memset(blocks.back(), round, size);
      }
      i = 0;
      for (size_t size = 1; size < 5000; size += 61) FramePool::Free(blocks[i++], size);
    }
    EXPECT_EQ(pool->reserved_bytes(), reserved);
  }
  pool->Close();
}

TEST(FramePoolTest, AClosedPoolStaysUntilItsLastBlockIsFreed) {
  auto* pool = new FramePool;
  void* block;
  {
    ContextScope scope({.frames = pool});
    block = FramePool::Allocate(64);
  }
  pool->Close();
  std::memset(block, 1, 64);  // still ours; a sanitizer would say if not
  FramePool::Free(block, 64);
}

}  // namespace
}  // namespace fate
