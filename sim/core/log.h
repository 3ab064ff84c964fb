// Log<T>: an append-only array that keeps its memory when it is cleared.
//
// What a vector does, without constructing elsewhere and copying in: Append gives the place to write
// to. The simulator writes two of these at every step. T is trivially copyable.
// Tested by tests/core/log_test.cc.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>

namespace fate::sim {

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
    if (end_ == limit_) [[unlikely]] Grow();
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
    T* larger = static_cast<T*>(std::realloc(static_cast<void*>(begin_), capacity * sizeof(T)));
    if (larger == nullptr) throw std::bad_alloc();
    begin_ = larger;
    end_ = begin_ + used;
    limit_ = begin_ + capacity;
  }

  T* begin_ = nullptr;
  T* end_ = nullptr;
  T* limit_ = nullptr;
};

}  // namespace fate::sim
