// SharedMemory: zeroed memory that processes forked after it share.
//
// Pointers into it mean the same in all of them. It is address space: it takes memory only where something is written.
// Nothing in it is destroyed; it goes as a whole. Linux. Tested by tests/explore/shared_memory_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace fate::sim {

class SharedMemory {
 public:
  // `bytes`, rounded up to whole pages: where one part of it may end and the next begin.
  static constexpr size_t Paged(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

  // Errors: our limit, that much cannot be mapped for so many `jobs`.
  static absl::StatusOr<SharedMemory> Map(size_t bytes, uint32_t jobs);
  SharedMemory() = default;
  ~SharedMemory();
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;

  // From the beginning on; null: nothing is mapped.
  char* data() const { return data_; }

 private:
  static constexpr size_t kPage = 4096;

  SharedMemory(char* data, size_t bytes) : data_(data), bytes_(bytes) {}

  char* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace fate::sim
