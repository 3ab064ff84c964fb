// Log<T>: an append-only array that keeps its memory when it is cleared.
//
// What a vector does, without constructing elsewhere and copying in: Append gives the place to write
// to. The simulator writes two of these at every step, and a million steps are 40 MB: a large one is in
// huge pages where the system gives them, or the faults of its pages take longer than the steps.
// T is trivially copyable.
// Tested by tests/core/log_test.cc.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <type_traits>

namespace fate::sim {

// The memory of a log (null: none yet), of which `used` bytes count, moved to where there are `bytes`. It is
// given back with std::free. Throws std::bad_alloc.
void* GrowLog(void* memory, size_t used, size_t bytes);

template <class T>
class Log {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Log() = default;
  Log(const Log& other) { *this = other; }
  ~Log() { std::free(static_cast<void*>(begin_)); }
  Log& operator=(const Log& other) {
    if (this == &other) return *this;
    clear();
    for (const T& entry : other) *Append() = entry;
    return *this;
  }

  // The place of a new last entry, to be written by the caller; valid until the next Append.
  T* Append() {
    if (end_ == limit_) [[unlikely]]
      Grow();
    return end_++;
  }
  void push_back(const T& entry) { *Append() = entry; }
  void pop_back() { --end_; }
  void clear() { end_ = begin_; }
  // Forgets all from `size` on. REQUIRES: there are as many.
  void Truncate(size_t size) { end_ = begin_ + size; }

  size_t size() const { return static_cast<size_t>(end_ - begin_); }
  bool empty() const { return end_ == begin_; }
  T& operator[](size_t index) { return begin_[index]; }
  const T& operator[](size_t index) const { return begin_[index]; }
  T& back() { return end_[-1]; }
  const T& back() const { return end_[-1]; }
  const T* data() const { return begin_; }
  const T* begin() const { return begin_; }
  const T* end() const { return end_; }

 private:
  [[gnu::noinline]] void Grow() {
    size_t used = size();
    size_t capacity = used == 0 ? 64 : used * 2;
    begin_ = static_cast<T*>(GrowLog(begin_, used * sizeof(T), capacity * sizeof(T)));
    end_ = begin_ + used;
    limit_ = begin_ + capacity;
  }

  T* begin_ = nullptr;
  T* end_ = nullptr;
  T* limit_ = nullptr;
};

}  // namespace fate::sim
