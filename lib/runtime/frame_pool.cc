#include "fate/runtime/frame_pool.h"

#include <cstdlib>
#include <new>

namespace fate {

namespace {
constexpr size_t kChunkBytes = 64 * 1024;
}  // namespace

constinit FramePool heap_frames;

void FramePool::Delete() {
  while (chunks_ != nullptr) {
    void* next = *static_cast<void**>(chunks_);
    std::free(chunks_);
    chunks_ = next;
  }
  delete this;
}

size_t FramePool::live() const {
  size_t live = carved_ + on_heap_;
  for (void* block : free_) {
    for (; block != nullptr; block = HeaderOf(block).next_free) --live;
  }
  return live;
}

void FramePool::Close() {
  closed_ = true;
  left_ = live();
  if (left_ == 0) Delete();
}

void FramePool::CountLeft() {
  if (closed_ && --left_ == 0) Delete();
}

void* FramePool::Refill(size_t size) {
  if (this == &heap_frames) return AllocateFromHeap(size);
  size_t bytes = (ClassOf(size) + 1) * kGrain;
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
  ++carved_;
  header->pool = this;
  header->next_free = header + 1;
  return header + 1;
}

void* FramePool::AllocateFromHeap(size_t size) {
  Header* header = static_cast<Header*>(std::malloc(size + sizeof(Header)));
  if (header == nullptr) throw std::bad_alloc();
  // A frame too large for the classes is still counted, so that a leak of it is seen.
  header->pool = this == &heap_frames ? nullptr : this;
  if (header->pool != nullptr) ++on_heap_;
  header->next_free = header + 1;
  return header + 1;
}

void FramePool::FreeElsewhere(void* block, size_t size) noexcept {
  FramePool* pool = HeaderOf(block).pool;
  size_t size_class = ClassOf(size);
  if (pool == nullptr || size_class >= kClasses || !kPoolFrames) {
    std::free(&HeaderOf(block));
    if (pool == nullptr) return;
    --pool->on_heap_;
  } else {
    pool->PutBack(block, size_class);
  }
  pool->CountLeft();
}

}  // namespace fate
