// FramePool: where coroutine frames and task records live: free lists by size, owned by a runtime.
//
// A frame made while a runtime turns comes from its pool and goes back there, whoever frees it; in
// steady state no step allocates. Sizes are rounded up to 32 bytes; above 4 KiB, and in builds with
// AddressSanitizer (whose quarantine a pool would defeat), the heap serves directly.
// A pool that is closed while frames live stays until the last of them is gone.
// Confined to the thread of its runtime. Tested by tests/runtime/frame_pool_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fate/runtime/context.h"

namespace fate {

class FramePool {
 public:
  FramePool() = default;
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;

  // `size` bytes from the pool of the running runtime, else from the heap; aligned to 16.
  static void* Allocate(size_t size);
  // Gives back what Allocate returned for `size`.
  static void Free(void* memory, size_t size) noexcept;

  // Blocks handed out and not yet freed.
  size_t live() const { return live_; }
  // Bytes taken from the heap so far for pooled blocks.
  size_t reserved_bytes() const { return reserved_bytes_; }

  // Ends the owner's interest: the pool deletes itself as soon as no block is live.
  // REQUIRES: the pool was made with new.
  void Close();

 private:
  // Before each block: the pool it belongs to (null: the heap). 16 bytes keep the alignment.
  struct alignas(16) Header {
    FramePool* pool;
  };
  struct Free_ {
    Free_* next;
  };
  static constexpr size_t kGrain = 32;
  static constexpr size_t kClasses = 128;

  ~FramePool();
  void* Refill(size_t size_class);
  static void* AllocateFromHeap(size_t size);
  // Of a frame that is not from the pool of the running runtime.
  static void FreeElsewhere(void* memory, size_t size) noexcept;
  static void FreeToHeap(void* memory) noexcept;
  void PutBack(void* memory, size_t size_class) {
    --live_;
    Free_* block = static_cast<Free_*>(static_cast<void*>(static_cast<Header*>(memory) - 1));
    block->next = free_[size_class];
    free_[size_class] = block;
  }

  Free_* free_[kClasses] = {};  // by size class, last freed first
  size_t live_ = 0;
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
  size_t size_class = (size + sizeof(Header) - 1) / kGrain;
  if (pool == nullptr || size_class >= kClasses || !kPoolFrames) return AllocateFromHeap(size);
  ++pool->live_;
  Free_* block = pool->free_[size_class];
  if (block == nullptr) [[unlikely]] return pool->Refill(size_class);
  pool->free_[size_class] = block->next;
  Header* header = reinterpret_cast<Header*>(block);
  header->pool = pool;
  return header + 1;
}

inline void FramePool::Free(void* memory, size_t size) noexcept {
  FramePool* pool = context.frames;
  size_t size_class = (size + sizeof(Header) - 1) / kGrain;
  // The pool at hand is almost always the right one: what follows then need not wait for the header.
  if ((static_cast<Header*>(memory) - 1)->pool != pool || pool == nullptr || size_class >= kClasses ||
      !kPoolFrames) [[unlikely]] {
    return FreeElsewhere(memory, size);
  }
  pool->PutBack(memory, size_class);
}

}  // namespace fate
