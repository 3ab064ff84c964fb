// FramePool: where coroutine frames and task records live: free lists by size, owned by a runtime.
//
// A frame made while a runtime turns comes from its pool and goes back there, whoever frees it; in
// steady state no step allocates. Sizes are rounded up to 32 bytes; above 4 KiB, and in builds with
// AddressSanitizer (whose quarantine a pool would defeat), the heap serves directly.
// A pool that is closed while frames live stays until the last of them is gone. Outside a runtime the
// pool at hand is `heap_frames`, which has no blocks and hands out the heap's: so that nobody who makes a
// frame has to ask whether there is a pool.
// Confined to the thread of its runtime. Tested by tests/runtime/frame_pool_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "fate/runtime/context.h"

namespace fate {

class FramePool {
 public:
  constexpr FramePool() = default;
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;

  // `size` bytes from the pool of the running runtime, else from the heap; aligned to 16.
  static void* Allocate(size_t size);
  // Gives back what Allocate returned for `size`.
  static void Free(void* block, size_t size) noexcept;
  // Whether Allocate gave out a block that begins here, and nobody has freed it. REQUIRES: what stands before
  // `block` can be read, and it is aligned as a pointer.
  static bool Live(const void* block) {
    // Not as a Header: one that a compiler shifted is not aligned as that.
    static_assert(offsetof(Header, next_free) + sizeof(void*) == sizeof(Header));
    return static_cast<const void* const*>(block)[-1] == block;
  }

  // Blocks handed out and not yet freed. O(blocks): counted when somebody asks, not at each frame.
  size_t live() const;
  // Bytes taken from the heap so far for pooled blocks.
  size_t reserved_bytes() const { return reserved_bytes_; }

  // Ends the owner's interest: the pool deletes itself as soon as no block is live. O(blocks).
  // REQUIRES: the pool was made with new, and is not that of the context.
  void Close();

 private:
  // Before each block. 16 bytes keep the alignment.
  struct alignas(16) Header {
    FramePool* pool;  // it belongs to; null: the heap
    void* next_free;  // the next block of the same list, while it is free; while it is not, the block itself
  };
  static constexpr size_t kGrain = 32;
  static constexpr size_t kClasses = 128;

  static constexpr size_t ClassOf(size_t size) { return (size + sizeof(Header) - 1) / kGrain; }
  static Header& HeaderOf(void* block) { return static_cast<Header*>(block)[-1]; }
  void* Refill(size_t size);
  void* AllocateFromHeap(size_t size);
  // Of a frame that is not from the pool of the running runtime.
  static void FreeElsewhere(void* block, size_t size) noexcept;
  void PutBack(void* block, size_t size_class) {
    HeaderOf(block).next_free = free_[size_class];
    free_[size_class] = block;
  }
  // One that the closed pool waited for is gone.
  void CountLeft();
  void Delete();

  void* free_[kClasses] = {};  // by size class, last freed first
  size_t carved_ = 0;          // blocks cut from chunks so far
  size_t on_heap_ = 0;         // blocks that are live and too large for a class
  size_t left_ = 0;            // once closed: blocks still live
  size_t reserved_bytes_ = 0;
  void* chunks_ = nullptr;  // singly linked, each starts with the pointer to the next
  char* chunk_next_ = nullptr;
  char* chunk_end_ = nullptr;
  bool closed_ = false;
};

// ---------------------------------------------------------------------------------------------

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kPoolFrames = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kPoolFrames = false;
#else
inline constexpr bool kPoolFrames = true;
#endif
#else
inline constexpr bool kPoolFrames = true;
#endif

inline void* FramePool::Allocate(size_t size) {
  FramePool* pool = context.frames;
  size_t size_class = ClassOf(size);
  if (size_class >= kClasses || !kPoolFrames) return pool->AllocateFromHeap(size);
  void* block = pool->free_[size_class];
  if (block == nullptr) [[unlikely]]
    return pool->Refill(size);
  pool->free_[size_class] = std::exchange(HeaderOf(block).next_free, block);
  return block;
}

inline void FramePool::Free(void* block, size_t size) noexcept {
  FramePool* pool = context.frames;
  size_t size_class = ClassOf(size);
  // The pool at hand is almost always the right one: what follows then need not wait for the header.
  if (HeaderOf(block).pool != pool || size_class >= kClasses || !kPoolFrames) [[unlikely]] {
    return FreeElsewhere(block, size);
  }
  pool->PutBack(block, size_class);
}

}  // namespace fate
