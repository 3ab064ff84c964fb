#include "fate/runtime/frame_pool.h"

#include <cstdlib>
#include <new>

namespace fate {

namespace {
constexpr size_t kChunkBytes = 64 * 1024;
}  // namespace

FramePool::~FramePool() {
  while (chunks_ != nullptr) {
    void* next = *static_cast<void**>(chunks_);
    std::free(chunks_);
    chunks_ = next;
  }
}

void FramePool::Close() {
  closed_ = true;
  if (live_ == 0) delete this;
}

void* FramePool::Refill(size_t size_class) {
  size_t bytes = (size_class + 1) * kGrain;
  if (chunk_next_ == nullptr || static_cast<size_t>(chunk_end_ - chunk_next_) < bytes) {
    char* chunk = static_cast<char*>(std::malloc(kChunkBytes));
    if (chunk == nullptr) throw std::bad_alloc();
    *reinterpret_cast<void**>(chunk) = chunks_;
    chunks_ = chunk;
    chunk_next_ = chunk + kGrain;
    chunk_end_ = chunk + kChunkBytes;
    reserved_bytes_ += kChunkBytes;
  }
  Header* header = reinterpret_cast<Header*>(chunk_next_);
  chunk_next_ += bytes;
  header->pool = this;
  return header + 1;
}

void* FramePool::AllocateFromHeap(size_t size) {
  FramePool* pool = context.frames;
  Header* header = static_cast<Header*>(std::malloc(size + sizeof(Header)));
  if (header == nullptr) throw std::bad_alloc();
  // A frame too large for the classes is still counted, so that a leak of it is seen.
  header->pool = pool;
  if (pool != nullptr) ++pool->live_;
  return header + 1;
}

void FramePool::FreeElsewhere(void* memory, size_t size) noexcept {
  FramePool* pool = (static_cast<Header*>(memory) - 1)->pool;
  size_t size_class = (size + sizeof(Header) - 1) / kGrain;
  if (pool == nullptr || size_class >= kClasses || !kPoolFrames) return FreeToHeap(memory);
  pool->PutBack(memory, size_class);
  if (pool->live_ == 0 && pool->closed_) delete pool;
}

void FramePool::FreeToHeap(void* memory) noexcept {
  Header* header = static_cast<Header*>(memory) - 1;
  FramePool* pool = header->pool;
  std::free(header);
  if (pool != nullptr && --pool->live_ == 0 && pool->closed_) delete pool;
}

}  // namespace fate
