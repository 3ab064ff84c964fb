#include "fate/sim/core/log.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace fate::sim {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

void* GrowLog(void* memory, size_t used, size_t bytes) {
  if (bytes < kHugePage) {
    void* larger = std::realloc(memory, bytes);
    if (larger == nullptr) throw std::bad_alloc();
    return larger;
  }
  bytes = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* larger = std::aligned_alloc(kHugePage, bytes);
  if (larger == nullptr) throw std::bad_alloc();
  // A wish: where it is not granted, the pages are small ones.
  madvise(larger, bytes, MADV_HUGEPAGE);
  if (used != 0) std::memcpy(larger, memory, used);
  std::free(memory);
  return larger;
}

}  // namespace fate::sim
